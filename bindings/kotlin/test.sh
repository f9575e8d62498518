#!/usr/bin/env bash
# Builds the native library, writes the Kotlin sources out of it, and tests the package as Maven builds it.
# Ends with one line that counts the tests. From nothing it takes some minutes, most of them for the Rust side.
# Where the tools cannot be had that line says `skipped`, and the run fails unless that is allowed in
# `bindings/allowed-to-skip.txt`.
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

skip() {
    bindings/skip.sh kotlin "$1"
    exit
}

has_tools() {
    command -v mvn >/dev/null && command -v javac >/dev/null
}

if ! has_tools; then
    command -v apt-get >/dev/null || skip 'there is no JDK with Maven on the path'
    printf 'a JDK and Maven are missing: installing them, about two minutes\n'
    # What is installed already keeps its version: a test run upgrades nobody's JDK.
    apt-get update -qq &&
        apt-get install -y -qq --no-install-recommends --no-upgrade maven openjdk-17-jdk-headless
    has_tools || skip 'there is no JDK with Maven on the path, and apt-get did not bring them'
fi

step "$package/native.sh"

# What an earlier run left says nothing about this one.
rm -rf "$package/target/surefire-reports"
printf '\n=== mvn verify (the first time some hundred files are fetched, about a minute)\n'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
(cd "$package" && mvn -q -ntp -B verify) 2>&1 | tee "$log"
[ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
# Not what does not exist, which is a mistake in the pom, but what did not come.
if [ "$failed" -ne 0 ] && grep -qE 'Could not transfer artifact|Failure to transfer' "$log"; then
    skip 'Maven cannot fetch what the package is built with'
fi

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
