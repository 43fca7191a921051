//! Texts and times.

use std::ops::Deref;

use chrono::{DateTime, SubsecRound, Utc};
use purlin_router::schema;
use serde::Serializer;

/// A text of `MIN` to `MAX` characters, one of them visible, without NUL, which PostgreSQL cannot store, and those after it.
#[schema(request)]
#[derive(sqlx::Type)]
#[sqlx(transparent)]
pub struct LimitedText<const MAX: usize, const MIN: usize = 1>(
    #[garde(length(min = MIN, max = MAX), pattern(r"^([\x09-\x20]*[^\x00-\x20][^\x00-\x08]*)?$"))]
    String,
);

impl<const MAX: usize, const MIN: usize> Deref for LimitedText<MAX, MIN> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A point in time, with milliseconds even where they are zero.
#[schema(response)]
#[derive(Clone, Copy, Debug, sqlx::Type)]
#[sqlx(transparent)]
pub struct Timestamp(
    #[serde(serialize_with = "with_milliseconds")]
    #[schemars(with = "DateTime<Utc>")]
    DateTime<Utc>,
);

impl Timestamp {
    /// Returns the current time.
    pub fn now() -> Self {
        Self(Utc::now().trunc_subsecs(3))
    }
}

fn with_milliseconds<S: Serializer>(
    time: &DateTime<Utc>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.format("%Y-%m-%dT%H:%M:%S%.3fZ"))
}
