#!/usr/bin/env bash
# Every test of the project: the Rust workspace, then the Python, Kotlin and Swift packages.
# Ends with one line that counts them.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0

cargo test --workspace --locked --no-fail-fast 2>&1 | tee "$log"
[ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
for package in python kotlin swift; do
    "bindings/$package/test.sh" 2>&1 | tee -a "$log"
    [ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
done

# Cargo counts in `test result: ok. 7 passed; 0 failed; ...`, the packages in `python: 7 passed, 0 failed`.
counted=$(grep -E '^(test result|python|kotlin|swift):' "$log")
# What was not tested is said beside what was.
grep -E '^skipped: ' "$log"
passed=$(grep -oE '[0-9]+ passed' <<<"$counted" | awk '{n += $1} END {print n + 0}')
broken=$(grep -oE '[0-9]+ failed' <<<"$counted" | awk '{n += $1} END {print n + 0}')
[ "$passed" -gt 0 ] || failed=1
if [ "$failed" -ne 0 ] && [ "$broken" -eq 0 ]; then broken=1; fi
printf '\n%s passed, %s failed\n' "$passed" "$broken"
exit "$failed"
