#!/usr/bin/env bash
# The native half: the library of this machine's platform, stripped, and the Kotlin sources that are written out of it.
set -euo pipefail
cd "$(dirname "$0")/../.."

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
generated=bindings/kotlin/target/generated

# The folder in which JNA looks for it in a jar.
case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) platform=linux-x86-64 ;;
    Linux-aarch64) platform=linux-aarch64 ;;
    Darwin-x86_64) platform=darwin-x86-64 ;;
    Darwin-arm64) platform=darwin-aarch64 ;;
    *) printf 'no native library is built for %s\n' "$(uname -sm)" >&2; exit 1 ;;
esac

library=$(bindings/uniffi/build.sh)
stripped=$generated/native/$platform/$(basename "$library")

rm -rf "$generated"
mkdir -p "$generated/kotlin" "$generated/native/$platform"
"$CARGO_TARGET_DIR/debug/uniffi-bindgen" generate --language kotlin --no-format \
    --out-dir "$generated/kotlin" "$library"

# The sources are written out of the symbols, so they are taken away afterwards.
cp "$library" "$stripped"
case $stripped in
    *.so) strip --strip-unneeded "$stripped" ;;
    *) strip -x "$stripped" ;;
esac

bytes=$(wc -c <"$stripped" | tr -d ' ')
budget=$(awk -v platform="$platform" '$1 == platform { print $2 }' bindings/uniffi/size-budget)
printf 'size: %s, stripped: %s bytes, of %s allowed\n' "${stripped#"$generated/native/"}" "$bytes" "${budget:-no number}"
if [ -n "$budget" ] && [ "$bytes" -gt "$budget" ]; then
    printf 'the library is larger than bindings/uniffi/size-budget allows\n' >&2
    exit 1
fi
