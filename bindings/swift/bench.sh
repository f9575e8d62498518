#!/usr/bin/env bash
# How large the native library and a program over it are, stripped, and how much processor time a fresh process
# takes until it has opened a file, stored a command and answered a question.
# After `test.sh`, which builds the native library. The first time the package is built for release, some minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
package=bindings/swift
built=$package/.build
library=$(ls "$built"/native/libcaseload_ffi.*)
measured=$(mktemp -d)
trap 'rm -rf "$measured"' EXIT

# Apple's systems link the library into the program, so that is measured, too: in a folder without the dynamic one.
mkdir -p "$built/static"
cp "${CARGO_TARGET_DIR:-$root/target}/release/libcaseload_ffi.a" "$built/static/"

# Builds a program for release over the library in a folder.
release() {
    "$package/toolchain.sh" "$root" sh -c '
        swift build --package-path bindings/swift -c release --product "$2" -Xlinker "-L$PWD/$1"' sh "$@" >&2
}

# Without symbols, as it is shipped.
stripped() {
    case "$(uname -s)" in
        Darwin) strip -x -o "$measured/stripped" "$1" ;;
        *) strip --strip-unneeded -o "$measured/stripped" "$1" ;;
    esac
    wc -c <"$measured/stripped" | awk -v what="$2" '{ printf "%-52s %6.2f MB\n", what, $1 / 1e6 }'
}

release "$built/static" FieldVisit
cp "$built/release/FieldVisit" "$measured/whole"
release "$built/native" FieldVisit
release "$built/native" ColdStart

printf '\n=== size and cold start on %s, stripped\n' "$(uname -sm)"
stripped "$library" 'the native library'
stripped "$built/release/FieldVisit" 'the program FieldVisit beside it'
stripped "$measured/whole" 'FieldVisit with the library linked into it'

"$package/toolchain.sh" "$root" sh -c '
    native=$PWD/bindings/swift/.build/native
    export LD_LIBRARY_PATH=$native DYLD_LIBRARY_PATH=$native
    for run in 1 2 3 4 5 6 7 8 9; do bindings/swift/.build/release/ColdStart; done' |
    sed -E 's/[^0-9]//g' | sort -n | awk '
        { spent[NR] = $1 }
        END { printf "cold start, processor time of %d runs: %d ms, from %d to %d\n", NR, spent[int((NR + 1) / 2)], spent[1], spent[NR] }'
