//! Writes the Swift sources, the C header and the module map, each where it belongs.

fn main() {
    uniffi::uniffi_bindgen_swift();
}
