//! The floats that are read as integers and as `f32`.

/// The largest magnitude of a float that is read as an integer: beyond 2^53 several integers share one float, and the
/// integer received might not be the one sent.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// The largest number that is read as `f32`: the decimal form of `f32::MAX`, which is slightly larger.
pub(crate) const LARGEST_SINGLE: f64 = 3.402_823_5e38;

/// Returns the integer a float is equal to, if it is unambiguous.
#[inline]
pub(crate) fn whole(float: f64) -> Option<i64> {
    (float.abs() <= LARGEST_WHOLE && float.fract() == 0.0).then_some(float as i64)
}
