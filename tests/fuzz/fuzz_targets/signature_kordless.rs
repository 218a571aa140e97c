//! How calls of Kordless prove that they are genuine.
#![no_main]

use bellhop_core::provider::Provider;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bellhop_fuzz::signature::check(Provider::Kordless, data));
