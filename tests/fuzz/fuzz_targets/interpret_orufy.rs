//! What calls of Orufy say.
#![no_main]

use bellhop_core::provider::Provider;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bellhop_fuzz::interpretation::check(
    Provider::Orufy,
    data
));
