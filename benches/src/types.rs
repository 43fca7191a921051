//! The types of requests and responses as they are written by hand, with serde and garde; `bin/purlin.rs` has the same with
//! `#[schema]`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A greeting.
#[derive(Serialize)]
pub struct Message {
    /// The text.
    pub message: &'static str,
}

/// The query of an item.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Page {
    /// How many entries to return.
    #[garde(range(min = 1, max = 100))]
    pub limit: Option<u32>,
    /// Whether to return all that is known.
    pub verbose: Option<bool>,
}

/// An item and what was asked of it.
#[derive(Serialize)]
pub struct Item {
    /// Its number.
    pub id: u64,
    /// The entries.
    pub limit: u32,
    /// All that is known.
    pub verbose: bool,
}

/// A query with lists.
#[derive(Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Search {
    /// Words to find.
    #[garde(length(max = 10), inner(length(chars, min = 1, max = 40)))]
    pub tag: Vec<String>,
    /// Years to search in.
    #[garde(length(max = 10))]
    pub year: Vec<u16>,
    /// The page.
    #[garde(range(min = 1))]
    pub page: u32,
}

/// A booking: six fields, one of them an optional time.
#[derive(Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Booking {
    /// Who books.
    #[garde(length(chars, min = 1, max = 80))]
    pub guest: String,
    /// How to write to them.
    #[garde(email)]
    pub email: String,
    /// How many come.
    #[garde(range(min = 1, max = 20))]
    pub seats: u32,
    /// What each pays.
    #[garde(range(min = 0.0))]
    pub price: f64,
    /// Whether there is a menu without meat.
    pub vegetarian: bool,
    /// When it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<DateTime<Utc>>,
}

/// A booking without a time.
#[derive(Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Visit {
    /// Who books.
    #[garde(length(chars, min = 1, max = 80))]
    pub guest: String,
    /// How to write to them.
    #[garde(email)]
    pub email: String,
    /// How many come.
    #[garde(range(min = 1, max = 20))]
    pub seats: u32,
    /// What each pays.
    #[garde(range(min = 0.0))]
    pub price: f64,
    /// Whether there is a menu without meat.
    pub vegetarian: bool,
}

/// A payment between accounts that UUIDs name.
#[derive(Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Transfer {
    /// Its own number.
    pub id: Uuid,
    /// The account that pays.
    pub from: Uuid,
    /// The account that is paid.
    pub to: Uuid,
    /// The amount.
    #[garde(range(min = 1, max = 1_000_000_000))]
    pub cents: u64,
    /// What it is for.
    #[garde(length(chars, max = 140))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One of several figures, named by a tag within the object.
#[derive(Serialize, Deserialize, Validate)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub enum Figure {
    /// A circle.
    Circle {
        /// Its centre.
        x: f64,
        /// Its centre.
        y: f64,
        /// Its radius.
        #[garde(range(min = 0.0))]
        radius: f64,
    },
    /// A rectangle.
    Rectangle {
        /// Its corner.
        x: f64,
        /// Its corner.
        y: f64,
        /// Its size.
        #[garde(range(min = 0.0))]
        width: f64,
        /// Its size.
        #[garde(range(min = 0.0))]
        height: f64,
        /// What is written in it.
        #[garde(length(chars, max = 40))]
        label: String,
    },
    /// A text.
    Text {
        /// Its position.
        x: f64,
        /// Its position.
        y: f64,
        /// The text.
        #[garde(length(chars, min = 1, max = 40))]
        text: String,
    },
}

/// An invitation, with a place whose members are its own.
#[derive(Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Invitation {
    /// What is celebrated.
    #[garde(length(chars, min = 1, max = 80))]
    pub title: String,
    /// How many may come.
    #[garde(range(min = 1, max = 1000))]
    pub seats: u32,
    /// Where.
    #[serde(flatten)]
    #[garde(dive)]
    pub place: Place,
}

/// A place.
#[derive(Serialize, Deserialize, Validate)]
#[garde(allow_unvalidated)]
pub struct Place {
    /// Street and number.
    #[garde(length(chars, min = 1))]
    pub street: String,
    /// The city.
    #[garde(length(chars, min = 1))]
    pub city: String,
    /// The postal code.
    #[garde(pattern("^[0-9]{5}$"))]
    pub zip: String,
}

/// A map.
#[derive(Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Stock {
    /// How many there are, by article.
    #[garde(length(min = 1, max = 100))]
    pub articles: BTreeMap<String, u32>,
}

/// A list of objects.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Basket {
    /// What is bought.
    #[garde(length(max = 1000), dive)]
    pub lines: Vec<Line>,
}

/// An object of a list.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Line {
    /// The article.
    #[garde(length(chars, min = 1, max = 20))]
    pub article: String,
    /// How many.
    #[garde(range(min = 1, max = 100))]
    pub quantity: u32,
    /// What each costs.
    #[garde(range(min = 0.0))]
    pub price: f64,
    /// Whether it is a present.
    pub gift: bool,
}

/// What a list costs.
#[derive(Serialize)]
pub struct Receipt {
    /// How many lines there are.
    pub lines: usize,
    /// The sum.
    pub total: f64,
}

impl Receipt {
    /// Adds the lines.
    #[must_use]
    pub fn of(basket: &Basket) -> Self {
        let prices = basket.lines.iter();
        Self {
            lines: basket.lines.len(),
            total: prices.map(|it| it.price * f64::from(it.quantity)).sum(),
        }
    }
}

/// A long text.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Article {
    /// The title.
    #[garde(length(chars, min = 1, max = 200))]
    pub title: String,
    /// What it is about.
    #[garde(length(max = 10))]
    pub tags: Vec<String>,
    /// The text.
    #[garde(length(chars, max = 100_000))]
    pub text: String,
}

/// What is known of a long text.
#[derive(Serialize)]
pub struct Summary {
    /// The title.
    pub title: String,
    /// The length of the text in bytes.
    pub bytes: usize,
}

/// Who a token was issued for.
#[derive(Serialize, Deserialize)]
pub struct Claims {
    /// The subject.
    pub sub: String,
}

/// An order: 14 fields.
#[derive(Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Order {
    /// Its number.
    #[garde(length(chars, min = 1, max = 40))]
    pub id: String,
    /// Who orders.
    #[garde(length(chars, min = 1, max = 80))]
    pub customer: String,
    /// How to write to them.
    #[garde(email)]
    pub email: String,
    /// How many.
    #[garde(range(min = 1, max = 100))]
    pub quantity: u32,
    /// What each costs.
    #[garde(range(min = 0.0))]
    pub price: f64,
    /// Whether it is urgent.
    pub express: bool,
    /// What else there is to say.
    #[garde(length(chars, max = 200))]
    pub note: Option<String>,
    /// Where to.
    #[garde(dive)]
    pub address: Address,
    /// Labels.
    #[garde(length(max = 10))]
    pub tags: Vec<String>,
    /// What is ordered.
    #[garde(custom(known))]
    pub kind: Kind,
}

/// An address.
#[derive(Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Address {
    /// Street and number.
    #[garde(length(chars, min = 1))]
    pub street: String,
    /// The city.
    #[garde(length(chars, min = 1))]
    pub city: String,
    /// The postal code.
    #[garde(pattern("^[0-9]{5}$"))]
    pub zip: String,
    /// The country, by its two letters.
    #[garde(length(chars, equal = 2))]
    pub country: String,
}

/// What is ordered.
#[derive(Serialize, Deserialize)]
pub enum Kind {
    /// To read.
    Book,
    /// To eat.
    Food,
    /// Anything else, which is read only to be reported with all other violations.
    #[serde(other)]
    Unknown,
}

fn known(kind: &Kind, (): &()) -> garde::Result {
    match kind {
        Kind::Book | Kind::Food => Ok(()),
        Kind::Unknown => Err(garde::Error::new("is neither `Book` nor `Food`")),
    }
}
