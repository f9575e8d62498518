#!/usr/bin/env bash
# Builds CaseloadFFI.xcframework for iOS and macOS, on a Mac with Xcode and rustup.
#
# UNTESTED: it was written without a Mac at hand, and has never run. The same steps by hand (cargo for one target,
# the header, a Swift program that links the static library) run in the Linux tests.
set -euo pipefail
cd "$(dirname "$0")/../.."
package=$PWD/bindings/swift
target=${CARGO_TARGET_DIR:-$PWD/target}
build=$package/.build/xcframework

[ "$(uname -s)" = Darwin ] || {
    printf 'this needs a Mac with Xcode: `lipo` and `xcodebuild` make the framework\n' >&2
    exit 69
}
device=aarch64-apple-ios
simulators=(aarch64-apple-ios-sim x86_64-apple-ios)
macs=(aarch64-apple-darwin x86_64-apple-darwin)
for each in "$device" "${simulators[@]}" "${macs[@]}"; do
    rustup target add "$each"
    # The library alone: together with the generator it would carry the generator's features.
    IPHONEOS_DEPLOYMENT_TARGET=17.0 MACOSX_DEPLOYMENT_TARGET=14.0 \
        cargo build --locked --release -p caseload-uniffi --target "$each"
done
cargo build --locked -p caseload-uniffi-bindgen

# Generated before anything is stripped: the description of the surface is in the symbols.
library=$target/$device/release/libcaseload_ffi.a
rm -rf "$build"
mkdir -p "$build/headers" "$build/simulator" "$build/mac"
"$package/generate.sh" "$library" "$target/debug/uniffi-bindgen-swift"
cp "$package/Sources/CaseloadFFI/CaseloadFFI.h" "$build/headers/"
# As the package's own module map, without the `link`: the framework says what is linked.
grep -v '^ *link ' "$package/Sources/CaseloadFFI/module.modulemap" >"$build/headers/module.modulemap"

join() {
    local output=$1
    shift
    local slices=()
    for each in "$@"; do slices+=("$target/$each/release/libcaseload_ffi.a"); done
    lipo -create "${slices[@]}" -output "$output"
}
join "$build/simulator/libcaseload_ffi.a" "${simulators[@]}"
join "$build/mac/libcaseload_ffi.a" "${macs[@]}"

rm -rf "$package/CaseloadFFI.xcframework"
xcodebuild -create-xcframework \
    -library "$library" -headers "$build/headers" \
    -library "$build/simulator/libcaseload_ffi.a" -headers "$build/headers" \
    -library "$build/mac/libcaseload_ffi.a" -headers "$build/headers" \
    -output "$package/CaseloadFFI.xcframework"
printf 'bindings/swift/CaseloadFFI.xcframework is there: the package takes it from now on\n'
