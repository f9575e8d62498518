#!/usr/bin/env bash
# The native half: the library of this machine's platform in `.build/native`, and the Swift that is generated from it.
set -euo pipefail
cd "$(dirname "$0")/../.."
package=bindings/swift
target=${CARGO_TARGET_DIR:-$PWD/target}
native=$package/.build/native

# Alone: together with the generator, what only the generator needs would be in it.
cargo build --locked --release -p caseload-uniffi
cargo build --locked -p caseload-uniffi-bindgen

for library in "$target"/release/libcaseload_ffi.{so,dylib}; do [ ! -e "$library" ] || break; done
mkdir -p "$native"
cp "$library" "$native/"
"$package/generate.sh" "$library" "$target/debug/uniffi-bindgen-swift"
