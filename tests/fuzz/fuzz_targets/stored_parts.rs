//! The parts of a call that the store keeps as text and reads back.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bellhop_fuzz::stored::check(data));
