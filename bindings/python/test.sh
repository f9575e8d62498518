#!/usr/bin/env bash
# Builds and installs the package as a user would, into a virtual environment under `target`, and tests it.
# Ends with one line that counts the tests.
set -uo pipefail
cd "$(dirname "$0")/../.."

venv=target/python-venv
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv" || {
        printf 'Python 3.11 or newer with its module venv is needed (Debian: apt-get install python3-venv)\n' >&2
        exit 1
    }
fi
export CARGO_TARGET_DIR=$PWD/target
# The build asks for `maturin` by its name, and `stubs.sh` for `ruff`.
export PATH=$PWD/$venv/bin:$PATH
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0

step() {
    printf '\n=== %s\n' "$*"
    "$@" || { failed=1; printf '=== failed: %s\n' "$*"; }
}

# Without isolation the build uses this `maturin`, and nothing is fetched twice.
step "$venv/bin/pip" install --quiet --disable-pip-version-check 'maturin>=1.16,<2' \
    -r bindings/python/requirements-test.txt
step "$venv/bin/pip" install --quiet --disable-pip-version-check --no-build-isolation --force-reinstall --no-deps \
    ./bindings/python
if [ "$failed" -ne 0 ]; then
    # What is installed from before says nothing about this tree.
    printf '\npython: 0 passed, 1 failed\n'
    exit 1
fi

cd bindings/python || exit 1
for what in tests '--nbmake notebooks'; do
    printf '\n=== pytest %s\n' "$what"
    # shellcheck disable=SC2086 # these are words
    "../../$venv/bin/python" -m pytest $what 2>&1 | tee -a "$log"
    [ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
done
# The stubs are what the library that was just installed says of itself.
stubs=$(mktemp)
step ./stubs.sh "$stubs" --profile release
step diff -u python/caseload/_caseload.pyi "$stubs"
rm -f "$stubs"
step "../../$venv/bin/mypy"
step "../../$venv/bin/python" -m mypy.stubtest caseload._caseload
step "../../$venv/bin/ruff" check .
step "../../$venv/bin/ruff" format --check .

passed=$(grep -oE '[0-9]+ passed' "$log" | awk '{n += $1} END {print n + 0}')
broken=$(grep -oE '[0-9]+ (failed|error)' "$log" | grep -oE '[0-9]+' | awk '{n += $1} END {print n + 0}')
[ "$passed" -gt 0 ] || failed=1
if [ "$failed" -ne 0 ] && [ "$broken" -eq 0 ]; then broken=1; fi
printf '\npython: %s passed, %s failed\n' "$passed" "$broken"
exit "$failed"
