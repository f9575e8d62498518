//! Writes Kotlin (and Swift) out of the library's own description of itself.

fn main() {
    uniffi::uniffi_bindgen_main();
}
