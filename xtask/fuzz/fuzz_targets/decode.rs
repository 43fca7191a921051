//! The target `decode` for libFuzzer; what it asserts lives in the library.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| purlin_fuzz::decode::decode(data));

#[cfg(not(fuzzing))]
fn main() {}
