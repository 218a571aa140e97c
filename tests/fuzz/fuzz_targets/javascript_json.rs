//! A body as a JavaScript engine writes it.
#![no_main]

libfuzzer_sys::fuzz_target!(
    init: bellhop_fuzz::stringify::check_recorded(),
    |data: &[u8]| bellhop_fuzz::stringify::check(data)
);
