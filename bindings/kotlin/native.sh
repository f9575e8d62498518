#!/usr/bin/env bash
# The native half: the library of this machine's platform, stripped, and the Kotlin sources that are written out of it.
set -euo pipefail
cd "$(dirname "$0")/../.."

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
generated=bindings/kotlin/target/generated

# The folder in which JNA looks for it in a jar.
case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) platform=linux-x86-64 library=libcaseload_ffi.so ;;
    Linux-aarch64) platform=linux-aarch64 library=libcaseload_ffi.so ;;
    Darwin-x86_64) platform=darwin-x86-64 library=libcaseload_ffi.dylib ;;
    Darwin-arm64) platform=darwin-aarch64 library=libcaseload_ffi.dylib ;;
    *) printf 'no native library is built for %s\n' "$(uname -sm)" >&2; exit 1 ;;
esac

# Alone: together with the other package, what only the generator needs would be in it.
cargo build --quiet --release -p caseload-uniffi
cargo build --quiet -p caseload-uniffi-bindgen

rm -rf "$generated"
mkdir -p "$generated/kotlin" "$generated/native/$platform"
"$CARGO_TARGET_DIR/debug/uniffi-bindgen" generate --language kotlin --no-format \
    --out-dir "$generated/kotlin" "$CARGO_TARGET_DIR/release/$library"

# The sources are written out of the symbols, so they are taken away afterwards.
cp "$CARGO_TARGET_DIR/release/$library" "$generated/native/$platform/$library"
case $library in
    *.so) strip --strip-unneeded "$generated/native/$platform/$library" ;;
    *) strip -x "$generated/native/$platform/$library" ;;
esac

bytes=$(wc -c <"$generated/native/$platform/$library" | tr -d ' ')
budget=$(awk -v platform="$platform" '$1 == platform { print $2 }' bindings/uniffi/size-budget)
printf 'size: %s, stripped: %s bytes, of %s allowed\n' "$platform/$library" "$bytes" "${budget:-no number}"
if [ -n "$budget" ] && [ "$bytes" -gt "$budget" ]; then
    printf 'the library is larger than bindings/uniffi/size-budget allows\n' >&2
    exit 1
fi
