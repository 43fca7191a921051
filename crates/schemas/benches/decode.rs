//! What decoding costs: Purlin beside serde_json and garde put together by hand, on the same body.
//!
//! `cargo bench -p purlin-schemas` prints wall-clock times. To count instructions, run one case on its own:
//! `valgrind --tool=callgrind <this binary> --callgrind fast 1000`, where `fast` is any name of [`CASES`].

#![allow(clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

use std::hint::black_box;
use std::time::Instant;

use garde::Validate;
use purlin_schemas::{Validator, schema};

#[schema(request)]
pub(crate) struct Order {
    #[garde(length(chars, min = 1, max = 40))]
    pub(crate) id: String,
    #[garde(length(chars, min = 1, max = 80))]
    pub(crate) customer: String,
    #[garde(email)]
    pub(crate) email: String,
    #[garde(range(min = 1, max = 100))]
    pub(crate) quantity: u32,
    #[garde(range(min = 0.0))]
    pub(crate) price: f64,
    pub(crate) express: bool,
    #[garde(length(chars, max = 200))]
    pub(crate) note: Option<String>,
    pub(crate) address: Address,
    #[garde(length(max = 10))]
    pub(crate) tags: Vec<String>,
    pub(crate) kind: Kind,
}

#[schema(request)]
pub(crate) struct Address {
    #[garde(length(chars, min = 1))]
    pub(crate) street: String,
    #[garde(length(chars, min = 1))]
    pub(crate) city: String,
    #[garde(pattern("^[0-9]{5}$"))]
    pub(crate) zip: String,
    #[garde(length(chars, equal = 2))]
    pub(crate) country: String,
}

#[schema(request)]
pub(crate) enum Kind {
    Book,
    Food,
}

/// The same types as their author would write them without Purlin.
#[expect(dead_code, reason = "fields are there to be read from the body")]
mod by_hand {
    use garde::Validate;
    use serde::Deserialize;

    #[derive(Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    #[garde(allow_unvalidated)]
    pub(crate) struct Order {
        #[garde(length(chars, min = 1, max = 40))]
        pub(crate) id: String,
        #[garde(length(chars, min = 1, max = 80))]
        pub(crate) customer: String,
        #[garde(email)]
        pub(crate) email: String,
        #[garde(range(min = 1, max = 100))]
        pub(crate) quantity: u32,
        #[garde(range(min = 0.0))]
        pub(crate) price: f64,
        pub(crate) express: bool,
        #[garde(length(chars, max = 200))]
        pub(crate) note: Option<String>,
        #[garde(dive)]
        pub(crate) address: Address,
        #[garde(length(max = 10))]
        pub(crate) tags: Vec<String>,
        pub(crate) kind: Kind,
    }

    #[derive(Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    #[garde(allow_unvalidated)]
    pub(crate) struct Address {
        #[garde(length(chars, min = 1))]
        pub(crate) street: String,
        #[garde(length(chars, min = 1))]
        pub(crate) city: String,
        #[garde(pattern("^[0-9]{5}$"))]
        pub(crate) zip: String,
        #[garde(length(chars, equal = 2))]
        pub(crate) country: String,
    }

    #[derive(Deserialize)]
    pub(crate) enum Kind {
        Book,
        Food,
    }
}

/// The same for an author who reports every violation: the kind is a string that a rule compares with the allowed ones,
/// since serde would end at it. A missing or unknown member, and a value of another type, are still serde's first error.
#[expect(dead_code, reason = "fields are there to be read from the body")]
mod by_hand_all {
    use chrono::{DateTime, Utc};
    use garde::Validate;
    use serde::Deserialize;

    use super::by_hand::Address;

    #[derive(Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    #[garde(allow_unvalidated)]
    pub(crate) struct Order {
        #[garde(length(chars, min = 1, max = 40))]
        pub(crate) id: String,
        #[garde(length(chars, min = 1, max = 80))]
        pub(crate) customer: String,
        #[garde(email)]
        pub(crate) email: String,
        #[garde(range(min = 1, max = 100))]
        pub(crate) quantity: u32,
        #[garde(range(min = 0.0))]
        pub(crate) price: f64,
        pub(crate) express: bool,
        #[garde(length(chars, max = 200))]
        pub(crate) note: Option<String>,
        #[garde(dive)]
        pub(crate) address: Address,
        #[garde(length(max = 10))]
        pub(crate) tags: Vec<String>,
        #[garde(custom(is_kind))]
        pub(crate) kind: String,
    }

    fn is_kind(kind: &str, _: &()) -> garde::Result {
        match kind {
            "Book" | "Food" => Ok(()),
            _ => Err(garde::Error::new("must be one of \"Book\", \"Food\"")),
        }
    }

    #[derive(Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    #[garde(allow_unvalidated)]
    pub(crate) struct Booking {
        #[garde(length(chars, min = 1, max = 80))]
        pub(crate) name: String,
        #[garde(email)]
        pub(crate) email: String,
        #[garde(range(min = 1, max = 20))]
        pub(crate) count: u32,
        #[garde(length(max = 10))]
        pub(crate) tags: Vec<String>,
        #[garde(length(chars, max = 200))]
        pub(crate) note: Option<String>,
        pub(crate) at: Option<DateTime<Utc>>,
    }
}

/// A type of six fields with an optional date-time.
#[schema(request)]
pub(crate) struct Booking {
    #[garde(length(chars, min = 1, max = 80))]
    pub(crate) name: String,
    #[garde(email)]
    pub(crate) email: String,
    #[garde(range(min = 1, max = 20))]
    pub(crate) count: u32,
    #[garde(length(max = 10))]
    pub(crate) tags: Vec<String>,
    #[garde(length(chars, max = 200))]
    pub(crate) note: Option<String>,
    pub(crate) at: Option<chrono::DateTime<chrono::Utc>>,
}

/// Three violations: `/name`, `/email`, `/count`.
const THREE: &str = r#"{"name":"","email":"ada.lovelace.example","count":0,"tags":["window","quiet"],"note":"two of us are late","at":"2027-03-01T19:30:00Z"}"#;

const VALID: &str = r#"{"id":"ord-000123","customer":"Ada Lovelace","email":"ada.lovelace@example.com","quantity":3,"price":19.95,"express":true,"note":"leave it at the back door, behind the pots","address":{"street":"12 St James's Square","city":"London","zip":"12345","country":"GB"},"tags":["fragile","gift","blue"],"kind":"Book"}"#;

/// Five violations: `/email`, `/quantity`, `/price`, `/address/zip`, `/kind`.
const INVALID: &str = r#"{"id":"ord-000123","customer":"Ada Lovelace","email":"ada.lovelace.example","quantity":0,"price":-1.5,"express":true,"note":"leave it at the back door, behind the pots","address":{"street":"12 St James's Square","city":"London","zip":"1234","country":"GB"},"tags":["fragile","gift","blue"],"kind":"Tool"}"#;

type Case = (&'static str, &'static str, fn(&Validators, usize));

struct Validators {
    order: Validator,
    booking: Validator,
}

const CASES: [Case; 7] = [
    ("hand", "serde_json and garde by hand", |_, times| {
        for _ in 0..times {
            let order: by_hand::Order =
                serde_json::from_slice(black_box(VALID.as_bytes())).unwrap();
            order.validate().unwrap();
            black_box(&order);
        }
    }),
    ("fast", "Validator::decode, valid", |validators, times| {
        for _ in 0..times {
            black_box(
                validators
                    .order
                    .decode::<Order>(black_box(VALID.as_bytes()))
                    .unwrap(),
            );
        }
    }),
    ("free", "decode, valid", |_, times| {
        for _ in 0..times {
            black_box(purlin_schemas::decode::<Order>(black_box(VALID.as_bytes())).unwrap());
        }
    }),
    (
        "slow",
        "Validator::decode, five violations",
        |validators, times| {
            for _ in 0..times {
                let body = black_box(INVALID.as_bytes());
                drop(black_box(validators.order.decode::<Order>(body)));
            }
        },
    ),
    (
        "slow-hand",
        "serde_json and garde by hand, five violations",
        |_, times| {
            for _ in 0..times {
                let body = black_box(INVALID.as_bytes());
                let order: by_hand_all::Order = serde_json::from_slice(body).unwrap();
                drop(black_box(order.validate()));
            }
        },
    ),
    (
        "three",
        "Validator::decode, three violations",
        |validators, times| {
            for _ in 0..times {
                let body = black_box(THREE.as_bytes());
                drop(black_box(validators.booking.decode::<Booking>(body)));
            }
        },
    ),
    (
        "three-hand",
        "serde_json and garde by hand, three violations",
        |_, times| {
            for _ in 0..times {
                let body = black_box(THREE.as_bytes());
                let booking: by_hand_all::Booking = serde_json::from_slice(body).unwrap();
                drop(black_box(booking.validate()));
            }
        },
    ),
];

fn main() {
    let validators = Validators {
        order: Validator::of::<Order>().unwrap(),
        booking: Validator::of::<Booking>().unwrap(),
    };
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments
        .iter()
        .position(|argument| argument == "--callgrind")
    {
        let name = &arguments[at + 1];
        let times = arguments[at + 2].parse().unwrap();
        let (_, _, run) = CASES.iter().find(|(case, _, _)| case == name).unwrap();
        run(&validators, times);
        return;
    }
    println!(
        "{} bytes; median and least of 30 rounds, ns a body",
        VALID.len()
    );
    for (name, what, run) in CASES {
        let mut rounds: Vec<f64> = (0..30)
            .map(|_| {
                let start = Instant::now();
                run(&validators, 5000);
                start.elapsed().as_nanos() as f64 / 5000.0
            })
            .collect();
        rounds.sort_by(f64::total_cmp);
        println!("{name:10} {what:46} {:7.0} {:7.0}", rounds[15], rounds[0]);
    }
}
