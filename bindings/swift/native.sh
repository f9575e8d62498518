#!/usr/bin/env bash
# The native half: the library of this machine's platform in `.build/native`, and the Swift that is generated from it.
set -euo pipefail
cd "$(dirname "$0")/../.."
package=bindings/swift
target=${CARGO_TARGET_DIR:-$PWD/target}
native=$package/.build/native

library=$(bindings/uniffi/build.sh)
mkdir -p "$native"
cp "$library" "$native/"
"$package/generate.sh" "$library" "$target/debug/uniffi-bindgen-swift"
