//! What makes two calls the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bellhop_fuzz::keys::check(data));
