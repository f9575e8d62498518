#!/usr/bin/env bash
# Builds the native library, writes the Kotlin sources out of it, and tests the package as Maven builds it.
# Ends with one line that counts the tests. From nothing it takes some minutes, most of them for the Rust side.
set -uo pipefail
cd "$(dirname "$0")/../.."

export CARGO_TARGET_DIR=$PWD/target
package=bindings/kotlin
failed=0

stop() {
    printf '=== failed: %s\n\nkotlin: 0 passed, 1 failed\n' "$*"
    exit 1
}

step() {
    printf '\n=== %s\n' "$*"
    "$@" || stop "$*"
}

if ! command -v mvn >/dev/null || ! command -v javac >/dev/null; then
    printf 'a JDK and Maven are missing: installing them, about two minutes\n'
    step apt-get update -qq
    step apt-get install -y -qq --no-install-recommends maven openjdk-17-jdk-headless
fi

step "$package/native.sh"

# What an earlier run left says nothing about this one.
rm -rf "$package/target/surefire-reports"
printf '\n=== mvn verify (the first time some hundred files are fetched, about a minute)\n'
(cd "$package" && mvn -q -ntp -B verify) || failed=1

# Tests, and of them those that failed or were skipped: nothing passes by skipping.
counts=$(cat "$package"/target/surefire-reports/TEST-*.xml 2>/dev/null | grep -oE '<testsuite [^>]*>' | awk '
    function number(name) { return match($0, " " name "=\"[0-9]+") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) + 0 : 0 }
    { tests += number("tests"); bad += number("errors") + number("failures") + number("skipped") }
    END { print tests - bad, bad + 0 }')
read -r passed broken <<<"$counts"
[ "$passed" -gt 0 ] && [ "$broken" -eq 0 ] || failed=1

if [ "$failed" -eq 0 ]; then
    "$package/bench.sh" || failed=1
fi
if [ "$failed" -ne 0 ] && [ "$broken" -eq 0 ]; then broken=1; fi
printf '\nkotlin: %s passed, %s failed\n' "$passed" "$broken"
exit "$failed"
