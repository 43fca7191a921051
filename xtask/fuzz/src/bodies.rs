//! Types that are decoded and encoded, so that encoded values can be validated by the document of the output.

use std::collections::{BTreeMap, BTreeSet};

use purlin_schemas::{Patch, WriteOnly, schema};
use rust_decimal::Decimal;

/// Fields of most types.
#[schema]
pub struct Ticket {
    /// The author's address.
    #[garde(email)]
    pub from: String,
    #[garde(length(chars, min = 1, max = 40))]
    pub title: String,
    #[garde(pattern("^[a-z][a-z0-9-]{0,15}$"))]
    pub slug: Option<String>,
    pub priority: Priority,
    #[garde(length(max = 4))]
    pub steps: Vec<Step>,
    #[serde(default)]
    pub labels: BTreeSet<String>,
    pub price: Option<Decimal>,
    #[garde(range(min = -1.5, max = 1000.0))]
    pub weight: Option<f32>,
    pub opened: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub due: Option<jiff::civil::Date>,
    pub id: Option<uuid::Uuid>,
    #[garde(url)]
    pub link: Option<String>,
    pub counts: Option<BTreeMap<i16, u64>>,
    pub by_priority: Option<BTreeMap<Priority, bool>>,
    pub payment: Option<Payment>,
    pub value: Option<Loose>,
}

/// An integer by value.
#[schema(by_value)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i16)]
pub enum Priority {
    Never = -1,
    Low = 1,
    High = 300,
}

/// An adjacently tagged enum.
#[schema]
#[serde(tag = "do", content = "with")]
pub enum Step {
    Wait,
    Say(#[garde(length(chars, max = 10))] String),
    Move { x: i32, y: Option<i32> },
    All(Vec<Step>),
}

/// An internally tagged enum.
#[schema]
#[serde(tag = "by")]
pub enum Payment {
    Card {
        #[garde(pattern("^[0-9]{4}$"))]
        number: String,
        amount: Decimal,
    },
    Cash,
    Both {
        first: Box<Payment>,
        #[garde(range(min = 1, max = 9))]
        times: u8,
    },
}

/// An untagged enum.
#[schema]
#[serde(untagged)]
pub enum Loose {
    Whole(i64),
    Broken(f64),
    Word(#[garde(length(chars, max = 8))] String),
    Pair(u8, Option<bool>),
    Named {
        name: String,
        of: Option<Box<Loose>>,
    },
    Many(BTreeMap<String, Vec<Loose>>),
}

/// Fields that are absent, null or a value, and a write-only field.
#[schema]
pub struct Change {
    pub secret: WriteOnly<Option<String>>,
    #[garde(length(chars, min = 1, max = 3))]
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    pub name: Patch<String>,
    #[garde(range(min = 3, max = 9))]
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    pub count: Patch<i16>,
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    pub payment: Patch<Payment>,
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    pub price: Patch<Decimal>,
}

/// A struct with a struct and a map flattened into it.
#[schema]
pub struct Flattened {
    pub own: u8,
    #[serde(flatten)]
    pub coordinates: Coordinates,
    #[serde(flatten)]
    pub rest: BTreeMap<String, Loose>,
}

#[schema]
pub struct Coordinates {
    #[garde(range(min = -90.0, max = 90.0))]
    pub latitude: f64,
    pub longitude: Option<f32>,
}

/// Numbers of every width, and numbers with `multipleOf`.
#[schema]
pub struct Numbers {
    pub small: Option<i8>,
    pub wide: Option<u64>,
    pub signed: Option<i64>,
    pub nonzero: Option<std::num::NonZeroI32>,
    #[schemars(extend("multipleOf" = 0.01))]
    pub cents: Option<f64>,
    #[schemars(extend("multipleOf" = 3))]
    pub dozen: Option<i64>,
    pub single: Option<f32>,
    pub double: Option<f64>,
    #[garde(range(min = 0.1, max = 3e38))]
    pub limited: Option<f32>,
    pub decimal: Option<Decimal>,
    pub tuple: Option<(u8, (i16, f32))>,
    pub array: Option<[i8; 2]>,
}

/// Dates and times of chrono and jiff.
#[schema]
pub struct Times {
    pub utc: Option<chrono::DateTime<chrono::Utc>>,
    pub offset: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub day: Option<chrono::NaiveDate>,
    pub time: Option<chrono::NaiveTime>,
    pub local: Option<chrono::NaiveDateTime>,
    pub instant: Option<jiff::Timestamp>,
    pub date: Option<jiff::civil::Date>,
    pub clock: Option<jiff::civil::Time>,
    pub civil: Option<jiff::civil::DateTime>,
    pub lasts: Option<jiff::SignedDuration>,
    pub span: Option<std::time::Duration>,
    pub by_day: Option<BTreeMap<chrono::NaiveDate, u8>>,
}
