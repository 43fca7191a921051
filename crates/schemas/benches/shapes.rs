//! What decoding costs for the shapes people have: each beside serde_json with the same types (and garde where there are
//! rules), on the same valid bytes.
//!
//! Instructions of a case, as `docs/benchmarks.md` counts them:
//! `valgrind --tool=callgrind --toggle-collect='*::measured' <this binary> date/purlin 200`. Without arguments the
//! cases are listed.

#![allow(clippy::unwrap_used, reason = "a bench that cannot go on should stop")]
#![allow(
    dead_code,
    reason = "fields and variants are there to be read from the body"
)]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::hint::black_box;

use chrono::{DateTime, Utc};
use garde::Validate;
use purlin_schemas::{Schema, Validator, schema};
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// Declares the types of a shape twice: for Purlin, and as they are written by hand.
macro_rules! shape {
    ($module:ident, $root:ident, { $($ours:tt)* }, { $($theirs:tt)* }) => {
        mod $module {
            pub(super) mod ours {
                #[allow(unused_imports, reason = "not each shape needs all of them")]
                use super::super::*;
                $($ours)*
            }
            pub(super) mod theirs {
                #[allow(unused_imports, reason = "not each shape needs all of them")]
                use super::super::*;
                use serde::Deserialize;
                $($theirs)*
            }
        }
    };
}

shape!(
    date,
    Booking,
    {
        #[schema(request)]
        pub(crate) struct Booking {
            #[garde(length(chars, min = 1, max = 80))]
            name: String,
            #[garde(email)]
            email: String,
            #[garde(range(min = 1, max = 12))]
            guests: u8,
            express: bool,
            #[garde(length(chars, max = 200))]
            note: Option<String>,
            starts_at: Option<DateTime<Utc>>,
        }
    },
    {
        #[derive(Deserialize, Validate)]
        #[serde(deny_unknown_fields)]
        #[garde(allow_unvalidated)]
        pub(crate) struct Booking {
            #[garde(length(chars, min = 1, max = 80))]
            name: String,
            #[garde(email)]
            email: String,
            #[garde(range(min = 1, max = 12))]
            guests: u8,
            express: bool,
            #[garde(length(chars, max = 200))]
            note: Option<String>,
            starts_at: Option<DateTime<Utc>>,
        }
    }
);

const DATE: &str = r#"{"name":"Ada Lovelace","email":"ada.lovelace@example.com","guests":3,"express":true,"note":"leave it at the back door","starts_at":"2026-11-30T12:30:00Z"}"#;

macro_rules! same {
    ($module:ident, $root:ident, $($item:item)+) => {
        shape!(
            $module, $root,
            { $(#[schema(request)] $item)+ },
            { $(#[derive(Deserialize)] $item)+ }
        );
    };
}

same! {
    uuid_and_text,
    Member,
    pub(crate) struct Member {
        id: Uuid,
        team: Uuid,
        name: String,
        joined: chrono::NaiveDate,
    }
}

const UUID: &str = r#"{"id":"67e55044-10b1-426f-9247-bb680e5fe0c8","team":"67e55044-10b1-426f-9247-bb680e5fe0c9","name":"Ada Lovelace","joined":"2026-11-30"}"#;

same! {
    internal,
    Event,
    #[serde(tag = "type", rename_all = "snake_case")]
    pub(crate) enum Event {
        Opened {
            id: u64,
            by: String,
            note: Option<String>,
        },
        Moved {
            id: u64,
            from: String,
            to: String,
            reason: String,
        },
        Paid(Payment),
        Closed,
    }
    pub(crate) struct Payment {
        id: u64,
        amount: f64,
        currency: String,
    }
}

const INTERNAL: &str =
    r#"{"type":"moved","id":17,"from":"backlog","to":"in progress","reason":"it is next"}"#;

same! {
    adjacent,
    Event,
    #[serde(tag = "type", content = "data", rename_all = "snake_case")]
    pub(crate) enum Event {
        Opened {
            id: u64,
            by: String,
            note: Option<String>,
        },
        Moved {
            id: u64,
            from: String,
            to: String,
            reason: String,
        },
        Paid(Payment),
        Closed,
    }
    pub(crate) struct Payment {
        id: u64,
        amount: f64,
        currency: String,
    }
}

const ADJACENT: &str = r#"{"type":"moved","data":{"id":17,"from":"backlog","to":"in progress","reason":"it is next"}}"#;

same! {
    flat,
    Article,
    pub(crate) struct Article {
        title: String,
        #[serde(flatten)]
        audit: Audit,
        body: String,
        #[serde(flatten)]
        place: Site,
    }
    pub(crate) struct Audit {
        created_by: String,
        version: u32,
    }
    pub(crate) struct Site {
        city: String,
        country: String,
    }
}

const FLAT: &str = r#"{"title":"On engines","created_by":"ada","version":3,"body":"It weaves algebraic patterns.","city":"London","country":"GB"}"#;

same! {
    untagged,
    Target,
    #[serde(untagged)]
    pub(crate) enum Target {
        User {
            user: u64,
            name: String,
        },
        Group {
            group: u64,
            members: Vec<u64>,
            name: String,
        },
        Name(String),
    }
}

const UNTAGGED: &str = r#"{"group":5,"members":[1,2,3,4],"name":"the engines"}"#;

same! {
    map,
    Settings,
    pub(crate) struct Settings {
        labels: BTreeMap<String, String>,
        limits: HashMap<String, Limit>,
    }
    pub(crate) struct Limit {
        most: u32,
        per: u32,
    }
}

const MAP: &str = r#"{"labels":{"app":"web","tier":"front","region":"eu-west","team":"core"},"limits":{"read":{"most":100,"per":60},"write":{"most":10,"per":60},"login":{"most":5,"per":300}}}"#;

same! {
    list,
    Page,
    pub(crate) struct Page {
        items: Vec<Item>,
    }
    pub(crate) struct Item {
        id: Uuid,
        name: String,
        price: f64,
        count: u32,
        created: DateTime<Utc>,
        active: bool,
    }
}

fn list_of(count: usize) -> String {
    let mut body = String::from(r#"{"items":["#);
    for index in 0..count {
        let comma = if index == 0 { "" } else { "," };
        write!(
            body,
            r#"{comma}{{"id":"67e55044-10b1-426f-9247-bb680e5f{index:04x}","name":"item {index}","price":{index}.25,"count":{index},"created":"2026-11-30T12:30:00Z","active":true}}"#
        )
        .unwrap();
    }
    body.push_str("]}");
    body
}

same! {
    set,
    Tags,
    pub(crate) struct Tags {
        tags: std::collections::BTreeSet<String>,
        price: rust_decimal::Decimal,
    }
}

const SET: &str = r#"{"tags":["fragile","gift","blue","large"],"price":"19.95"}"#;

fn purlin<T: DeserializeOwned + Schema>(body: &str, times: usize) {
    let validator = Validator::of::<T>().unwrap();
    measured(times, || {
        validator.decode::<T>(black_box(body.as_bytes())).unwrap()
    });
}

fn hand<T: DeserializeOwned>(body: &str, times: usize) {
    measured(times, || {
        serde_json::from_slice::<T>(black_box(body.as_bytes())).unwrap()
    });
}

fn hand_with_rules<T: DeserializeOwned + Validate<Context = ()>>(body: &str, times: usize) {
    measured(times, || {
        let value: T = serde_json::from_slice(black_box(body.as_bytes())).unwrap();
        value.validate().unwrap();
        value
    });
}

#[schema(request)]
struct Search {
    #[serde(default)]
    tag: Vec<String>,
    #[serde(default)]
    id: Vec<u32>,
    since: Option<DateTime<Utc>>,
    limit: Option<u32>,
}

const QUERY: &str = "tag=blue&tag=large&id=1&id=2&id=3&since=2026-11-30T12%3A30%3A00Z&limit=20";

#[inline(never)]
fn measured<T>(times: usize, once: impl Fn() -> T) {
    for _ in 0..times {
        drop(black_box(once()));
    }
}

fn run(name: &str, times: usize) -> bool {
    match name {
        "date/purlin" => purlin::<date::ours::Booking>(DATE, times),
        "date/hand" => hand_with_rules::<date::theirs::Booking>(DATE, times),
        "uuid/purlin" => purlin::<uuid_and_text::ours::Member>(UUID, times),
        "uuid/hand" => hand::<uuid_and_text::theirs::Member>(UUID, times),
        "internal/purlin" => purlin::<internal::ours::Event>(INTERNAL, times),
        "internal/hand" => hand::<internal::theirs::Event>(INTERNAL, times),
        "adjacent/purlin" => purlin::<adjacent::ours::Event>(ADJACENT, times),
        "adjacent/hand" => hand::<adjacent::theirs::Event>(ADJACENT, times),
        "flat/purlin" => purlin::<flat::ours::Article>(FLAT, times),
        "flat/hand" => hand::<flat::theirs::Article>(FLAT, times),
        "untagged/purlin" => purlin::<untagged::ours::Target>(UNTAGGED, times),
        "untagged/hand" => hand::<untagged::theirs::Target>(UNTAGGED, times),
        "map/purlin" => purlin::<map::ours::Settings>(MAP, times),
        "map/hand" => hand::<map::theirs::Settings>(MAP, times),
        "list/purlin" => purlin::<list::ours::Page>(&list_of(100), times),
        "list/hand" => hand::<list::theirs::Page>(&list_of(100), times),
        "set/purlin" => purlin::<set::ours::Tags>(SET, times),
        "set/hand" => hand::<set::theirs::Tags>(SET, times),
        "query/purlin" => {
            let validator = Validator::of::<Search>().unwrap();
            measured(times, || {
                validator.read_query::<Search>(black_box(QUERY)).unwrap()
            });
        }
        _ => return false,
    }
    true
}

const CASES: &str = "date uuid internal adjacent flat untagged map list set query";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let times = arguments.get(1).and_then(|times| times.parse().ok());
    if let (Some(name), Some(times)) = (arguments.first(), times)
        && run(name, times)
    {
        return;
    }
    println!("NAME/purlin or NAME/hand (not for query), and how often; names: {CASES}");
}
