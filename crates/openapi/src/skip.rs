//! Conditions under which serde leaves out a member.

/// Returns whether a flag has its default, which is not written.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(crate) fn is_false(flag: &bool) -> bool {
    !flag
}
