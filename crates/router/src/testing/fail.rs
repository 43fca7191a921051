//! How a test fails.

/// Fails the test.
#[expect(
    clippy::panic,
    reason = "this module runs in tests, where a panic is how a test fails"
)]
#[track_caller]
pub(super) fn fail(why: &str) -> ! {
    panic!("{why}")
}
