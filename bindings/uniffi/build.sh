#!/usr/bin/env bash
# Builds the native library of this machine's platform, and the programs that write Kotlin and Swift out of it.
# Prints where the library is; the programs are in `debug` of the same target folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-$PWD/target}

# Alone: together with the generator, what only the generator needs would be in it.
cargo build --locked --release -p caseload-uniffi >&2
cargo build --locked -p caseload-uniffi-bindgen >&2

for library in "$target"/release/libcaseload_ffi.{so,dylib}; do [ ! -e "$library" ] || break; done
printf '%s\n' "$library"
