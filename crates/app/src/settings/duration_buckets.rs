//! The buckets of the histogram of durations.

use std::{borrow::Cow, time::Duration};

use purlin_router::schemas::schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// The most buckets; each is a series for each operation.
const MOST: usize = 32;

/// The smallest and the largest bound, in seconds.
const SMALLEST: f64 = 0.000_001;
const LARGEST: f64 = 86_400.0;

/// The upper bounds of the buckets of a histogram, in seconds, ascending; one more bucket has no bound.
///
/// The default is 0.5 ms to 10 s in 14 steps.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct DurationBuckets(Vec<f64>);

impl DurationBuckets {
    /// Returns buckets with these bounds, in seconds; nothing unless there are 1 to 32 in ascending order, from a microsecond
    /// to a day.
    #[must_use]
    pub fn new(seconds: impl Into<Vec<f64>>) -> Option<Self> {
        let seconds = seconds.into();
        let is_valid = (1..=MOST).contains(&seconds.len())
            && seconds.is_sorted_by(|one, next| one < next)
            && seconds
                .iter()
                .all(|bound| (SMALLEST..=LARGEST).contains(bound));
        is_valid.then_some(Self(seconds))
    }

    /// Returns the bounds in seconds.
    #[must_use]
    pub fn seconds(&self) -> &[f64] {
        &self.0
    }

    /// Returns the bounds in whole nanoseconds.
    pub(crate) fn nanoseconds(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|bound| {
            let bound = Duration::try_from_secs_f64(*bound).unwrap_or(Duration::MAX);
            u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX)
        })
    }
}

impl Default for DurationBuckets {
    fn default() -> Self {
        Self(vec![
            0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
        ])
    }
}

impl<'de> Deserialize<'de> for DurationBuckets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = Vec::<f64>::deserialize(deserializer)?;
        let shown = seconds.clone();
        Self::new(seconds).ok_or_else(|| {
            D::Error::custom(format!(
                "expected 1 to {MOST} bounds in ascending order, in seconds, from {SMALLEST} to {LARGEST}, found {shown:?}"
            ))
        })
    }
}

impl JsonSchema for DurationBuckets {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "DurationBuckets".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": {"type": "number", "minimum": SMALLEST, "maximum": LARGEST},
            "minItems": 1,
            "maxItems": MOST,
            "uniqueItems": true,
        })
    }
}
