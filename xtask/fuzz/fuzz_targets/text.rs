//! The target `text` for libFuzzer; what it asserts lives in the library.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| purlin_fuzz::text::text(data));

#[cfg(not(fuzzing))]
fn main() {}
