//! Text read as types: query strings, forms, headers, path segments and the parts of a multipart body.
//!
//! The first byte picks where the text stands (`Q`uery, `F`orm, `H`eaders, `P`ath, `T`uple of a path, one value of it
//! (`V`), `M`ultipart), the rest is the text: of headers, segments and parts one a line. What was read has to be what
//! the document says, though it came as text; what was refused was refused for a reason of that place, in at least
//! one violation.

use std::{borrow::Cow, sync::LazyLock};

use purlin_schemas::{
    CommaSeparated, Direction, Location, Schema, Validator, Violation, __router::Part, schema,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    bodies::{InstanceLocation, Priority},
    decode::check_violations,
    judge::judge,
};

/// Parameters of every kind.
#[schema]
#[derive(Debug)]
pub struct Search {
    text: Option<String>,
    #[garde(range(min = 1, max = 50))]
    limit: Option<u8>,
    offset: i64,
    ratio: Option<f32>,
    #[garde(range(min = -0.5))]
    wide: Option<f64>,
    exact: Option<bool>,
    order: Option<Order>,
    priority: Option<Priority>,
    letter: Option<char>,
    #[garde(pattern("^[a-z]{2}$"))]
    language: Option<String>,
    since: Option<chrono::DateTime<chrono::Utc>>,
    #[serde(rename = "bis~/zu")]
    until: Option<jiff::civil::Date>,
    price: Option<rust_decimal::Decimal>,
    #[serde(default)]
    #[garde(length(max = 3), inner(length(chars, max = 5)))]
    tag: Vec<String>,
    #[serde(default)]
    id: std::collections::BTreeSet<u16>,
    ids: Option<CommaSeparated<i8>>,
    address: Option<std::net::IpAddr>,
    #[serde(default)]
    uuid: Vec<uuid::Uuid>,
}

#[schema]
#[derive(Debug)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    Up,
    Down,
}

/// Headers, lists among them.
#[schema]
#[derive(Debug)]
pub struct Headings {
    #[serde(rename = "X-Request-Id")]
    request: uuid::Uuid,
    #[serde(rename = "X-Count")]
    #[garde(range(max = 9))]
    count: Option<u32>,
    #[serde(rename = "X-List")]
    #[garde(length(min = 1, max = 3))]
    list: Option<Vec<i16>>,
    #[serde(rename = "X-Words", default)]
    words: Vec<String>,
    #[serde(rename = "X-When")]
    when: Option<chrono::NaiveDate>,
}

/// The parameters of a path by name.
#[schema]
#[derive(Debug)]
pub struct Segments {
    id: u32,
    #[garde(length(chars, min = 1, max = 8))]
    name: String,
    days: Vec<chrono::NaiveDate>,
    order: Order,
}

/// The parts of a multipart body.
#[schema]
pub struct Parts {
    title: String,
    #[garde(range(max = 9))]
    count: Option<u8>,
    #[serde(default)]
    place: Vec<InstanceLocation>,
    #[serde(default)]
    tags: Vec<String>,
}

/// The parameters of a path by position.
type Three = (Priority, f64, Vec<Option<bool>>);

/// The target.
pub fn text(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let lines = || rest.split(|byte| *byte == b'\n');
    match first {
        b'Q' => {
            if let Ok(raw) = std::str::from_utf8(rest) {
                check(&SEARCH, Location::Query, SEARCH.validator.read_query(raw));
            }
        }
        b'F' => check(&SEARCH, Location::Body, SEARCH.validator.read_form(rest)),
        b'H' => {
            let read = HEADINGS.validator.read_headers(&|_, name, values| {
                values.extend(lines().filter_map(|line| {
                    let (before, value) = line.split_at_checked(name.len())?;
                    let same = before.eq_ignore_ascii_case(name.as_bytes());
                    value.strip_prefix(b":").filter(|_| same)
                }));
            });
            check(&HEADINGS, Location::Header, read);
        }
        b'P' => path(&SEGMENTS, ["id", "name", "days", "order"], lines()),
        b'T' => path(&TUPLE, ["a/b", "~", "c"], lines()),
        b'V' => path(&VALUE, ["value"], lines()),
        b'M' => {
            let parts = lines().filter_map(|line| {
                let line = String::from_utf8_lossy(line);
                let (name, value) = line.split_once('=')?;
                let value = value.to_owned().into();
                Some((name.to_owned(), Part::Content(value)))
            });
            let read = PARTS.validator.read_parts(parts.collect());
            check(&PARTS, Location::Body, read);
        }
        _ => {}
    }
}

/// A type, and the document of it.
struct Told<T> {
    validator: Validator,
    judge: jsonschema::Validator,
    of: std::marker::PhantomData<fn() -> T>,
}

impl<T: Schema> Told<T> {
    fn new() -> Self {
        match Validator::of::<T>() {
            Ok(validator) => Self {
                validator,
                judge: judge::<T>(Direction::Input),
                of: std::marker::PhantomData,
            },
            Err(errors) => panic!("no validator: {errors}"),
        }
    }
}

static SEARCH: LazyLock<Told<Search>> = LazyLock::new(Told::new);
static HEADINGS: LazyLock<Told<Headings>> = LazyLock::new(Told::new);
static SEGMENTS: LazyLock<Told<Segments>> = LazyLock::new(Told::new);
static TUPLE: LazyLock<Told<Three>> = LazyLock::new(Told::new);
static VALUE: LazyLock<Told<rust_decimal::Decimal>> = LazyLock::new(Told::new);
static PARTS: LazyLock<Told<Parts>> = LazyLock::new(Told::new);

/// Reads the parameters of a path; whether they fit is asked in both ways there are.
fn path<'d, T: Schema + DeserializeOwned + Serialize, const N: usize>(
    told: &Told<T>,
    names: [&'static str; N],
    lines: impl Iterator<Item = &'d [u8]>,
) {
    let texts = lines.map(String::from_utf8_lossy);
    let parameters: Vec<(&str, Cow<'_, str>)> = names.into_iter().zip(texts).collect();
    if parameters.len() != N {
        return; // The template has all of them, or it is another one.
    }
    let read = told.validator.read_path::<T>(&parameters);
    let fits = told.validator.fits_path(&parameters);
    assert_eq!(
        fits,
        read.is_ok(),
        "whether they fit and whether they are read: {parameters:?}"
    );
    check(told, Location::Path, read);
}

fn check<T: Serialize>(told: &Told<T>, location: Location, read: Result<T, Vec<Violation>>) {
    match read {
        Ok(value) => match serde_json::to_value(&value) {
            Ok(value) => {
                if let Err(error) = told.judge.validate(&value) {
                    panic!("{value} was read, against the document: {error}");
                }
            }
            Err(error) => panic!("what was read cannot be written: {error}"),
        },
        Err(violations) => {
            check_violations(&violations);
            let elsewhere = violations
                .iter()
                .find(|violation| violation.location != location);
            assert!(elsewhere.is_none(), "of another place: {elsewhere:?}");
            for (at, violation) in violations.iter().enumerate() {
                let before = &violations[..at];
                assert!(!before.contains(violation), "said twice: {violation:?}");
            }
        }
    }
}
