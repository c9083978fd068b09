//! Every binary is this: the target that is called as it is.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    assert!(kohort_fuzz::run(env!("CARGO_BIN_NAME"), bytes));
});
