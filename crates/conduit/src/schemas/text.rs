//! Texts and times.

use std::ops::Deref;

use chrono::{DateTime, SubsecRound, Utc};
use purlin_router::schema;
use serde::Serializer;

/// A text of 1 to `MAX` characters, without NUL, which PostgreSQL cannot store.
#[schema(request)]
#[derive(Clone, Debug)]
pub struct Text<const MAX: usize>(
    #[garde(length(min = 1, max = MAX), pattern(r"^[^\x00]*$"))] String,
);

impl<const MAX: usize> Deref for Text<MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A line of 1 to 50 characters.
#[schema(request)]
#[derive(Clone, Debug)]
pub struct Tag(#[garde(length(min = 1, max = 50), pattern(r"^[^\x00\n]*$"))] String);

impl Deref for Tag {
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
