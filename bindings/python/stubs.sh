#!/usr/bin/env bash
# Writes the stubs of the native half from what the library says of itself:
#     stubs.sh python/caseload/_caseload.pyi --profile release
# Options are those of `maturin generate-stubs`. With the profile that was built last nothing is compiled again:
# `--profile release` after `pip install`, none after `maturin develop`. It asks for `maturin` and `ruff` by their names.
set -euo pipefail
to=$(realpath "$1")
shift
cd "$(dirname "$0")"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/../../target}
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
maturin generate-stubs --quiet --out "$made" "$@"
found=$(find "$made" -name '_caseload.pyi' -o -name '__init__.pyi' | head -1)
[ -n "$found" ] || {
    printf 'no stubs were found in the library: was it stripped?\n' >&2
    exit 1
}
# As every other file of the package is laid out.
ruff check --silent --config pyproject.toml --fix --unsafe-fixes --exit-zero --stdin-filename python/caseload/_caseload.pyi - <"$found" |
    ruff format --quiet --config pyproject.toml --stdin-filename python/caseload/_caseload.pyi - >"$to"
