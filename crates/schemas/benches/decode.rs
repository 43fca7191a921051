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

const VALID: &str = r#"{"id":"ord-000123","customer":"Ada Lovelace","email":"ada.lovelace@example.com","quantity":3,"price":19.95,"express":true,"note":"leave it at the back door, behind the pots","address":{"street":"12 St James's Square","city":"London","zip":"12345","country":"GB"},"tags":["fragile","gift","blue"],"kind":"Book"}"#;

/// Five violations: `/email`, `/quantity`, `/price`, `/address/zip`, `/kind`.
const INVALID: &str = r#"{"id":"ord-000123","customer":"Ada Lovelace","email":"ada.lovelace.example","quantity":0,"price":-1.5,"express":true,"note":"leave it at the back door, behind the pots","address":{"street":"12 St James's Square","city":"London","zip":"1234","country":"GB"},"tags":["fragile","gift","blue"],"kind":"Tool"}"#;

type Case = (&'static str, &'static str, fn(&Validator, usize));

const CASES: [Case; 4] = [
    ("hand", "serde_json and garde by hand", |_, times| {
        for _ in 0..times {
            let order: by_hand::Order =
                serde_json::from_slice(black_box(VALID.as_bytes())).unwrap();
            order.validate().unwrap();
            black_box(&order);
        }
    }),
    ("fast", "Validator::decode, valid", |validator, times| {
        for _ in 0..times {
            black_box(
                validator
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
        |validator, times| {
            for _ in 0..times {
                drop(black_box(
                    validator.decode::<Order>(black_box(INVALID.as_bytes())),
                ));
            }
        },
    ),
];

fn main() {
    let validator = Validator::of::<Order>().unwrap();
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments
        .iter()
        .position(|argument| argument == "--callgrind")
    {
        let name = &arguments[at + 1];
        let times = arguments[at + 2].parse().unwrap();
        let (_, _, run) = CASES.iter().find(|(case, _, _)| case == name).unwrap();
        run(&validator, times);
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
                run(&validator, 5000);
                start.elapsed().as_nanos() as f64 / 5000.0
            })
            .collect();
        rounds.sort_by(f64::total_cmp);
        println!("{name:5} {what:34} {:7.0} {:7.0}", rounds[15], rounds[0]);
    }
}
