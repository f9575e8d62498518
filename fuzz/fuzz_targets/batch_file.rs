#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| caseload_fuzz_checks::batch_file(bytes));
