//! The target `compat` for libFuzzer; what it asserts lives in the library.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| purlin_fuzz::compat::compat(data));

#[cfg(not(fuzzing))]
fn main() {}
