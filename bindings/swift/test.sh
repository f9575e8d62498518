#!/usr/bin/env bash
# Builds the native library and the Swift over it, and tests the package. Ends with one line that counts the tests.
# Where no toolchain can be had that line says `skipped`, and the run fails unless that is allowed in
# `bindings/allowed-to-skip.txt`.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
package=bindings/swift
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Runs in the toolchain, from the root of the repository, with the library where the loader finds it.
in_toolchain() {
    "$package/toolchain.sh" "$root" sh -c '
        native=$PWD/bindings/swift/.build/native
        export LD_LIBRARY_PATH=$native DYLD_LIBRARY_PATH=$native
        exec "$@" -Xlinker "-L$native"' sh "$@"
}

printf '=== the Swift toolchain\n'
"$package/toolchain.sh" "$root" swift --version 2>&1 | tee "$log"
if [ "${PIPESTATUS[0]}" -eq 69 ]; then
    bindings/skip.sh swift "$(sed -n 's/^no Swift toolchain: //p' "$log" | tail -1)"
    exit
fi

printf '\n=== the native library, and the Swift that calls it\n'
"$package/native.sh" || {
    printf '\nswift: 0 passed, 1 failed\n'
    exit 1
}

printf '\n=== swift test\n'
in_toolchain swift test --package-path "$package" --disable-swift-testing "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}

printf '\n=== swift format lint: layout, and a doc comment on everything public\n'
(cd "$package" && find . -name '*.swift' -not -path '*/.build/*' -not -path './Sources/Caseload/Caseload.swift' \
    -exec ./toolchain.sh . swift format lint --strict {} +) || status=1

printf '\n=== an empty project that depends on the package\n'
in_toolchain swift run --package-path "$package/Examples/EmptyProject" 2>&1 | tee -a "$log"
[ "${PIPESTATUS[0]}" -eq 0 ] || status=1

# XCTest ends with `Executed 57 tests, with 0 failures (0 unexpected) in ...`, once for each bundle and once for all.
counts=$(grep -oE 'Executed [0-9]+ tests?, with .*[0-9]+ failures?' "$log" | tail -1)
ran=$(grep -oE 'Executed [0-9]+' <<<"$counts" | grep -oE '[0-9]+')
failed=$(grep -cE "^.*Test Case '.*' failed" "$log")
ran=${ran:-0}
[ "$ran" -gt 0 ] || status=1
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
passed=$((ran - failed))
[ "$passed" -ge 0 ] || passed=0
printf '\nswift: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
