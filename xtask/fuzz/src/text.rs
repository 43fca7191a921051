//! Text read as types: query strings, forms, headers, path segments and the parts of a multipart body.
//!
//! The first byte selects the location of the text (`Q`uery, `O`bjects in a query and a form, `F`orm, `H`eaders, `P`ath, `T`uple of a path, one value of it
//! (`V`), `M`ultipart), the rest is the text: of headers, segments and parts one per line. A decoded value is
//! valid by the document; a rejected one has at least one violation, of that location only.

use std::{borrow::Cow, sync::LazyLock};

use purlin_schemas::{
    __router::Part, CommaSeparated, Direction, Location, PipeDelimited, Schema, SpaceDelimited,
    Validator, Violations, schema,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    bodies::{Coordinates, Priority},
    decode::check_violations,
    document_validator::document_validator,
};

/// Parameters of every type.
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

/// A query with objects, lists in one text, and a map of all other parameters.
#[schema]
#[derive(Debug)]
pub struct Objects {
    filter: Option<Filter>,
    #[serde(default)]
    labels: std::collections::BTreeMap<String, u8>,
    spaces: Option<SpaceDelimited<i8>>,
    #[garde(length(max = 3))]
    pipes: Option<PipeDelimited<Order>>,
    #[serde(flatten)]
    others: std::collections::BTreeMap<String, Vec<String>>,
}

#[schema]
#[derive(Debug)]
pub struct Filter {
    #[garde(length(chars, min = 1))]
    name: String,
    age: Option<u8>,
    order: Option<Order>,
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
    #[serde(rename = "X-Tags", default)]
    tags: Vec<String>,
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
    place: Vec<Coordinates>,
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
        b'O' => {
            if let Ok(raw) = std::str::from_utf8(rest) {
                let read = OBJECTS.validator.read_query_by_policy(raw, false);
                check(&OBJECTS, Location::Query, read);
                check(&OBJECTS, Location::Body, OBJECTS.validator.read_form(rest));
            }
        }
        b'F' => check(&SEARCH, Location::Body, SEARCH.validator.read_form(rest)),
        b'H' => {
            let lookup = |_, name: &str, values: &mut Vec<_>| {
                values.extend(lines().filter_map(|line| {
                    let (before, value) = line.split_at_checked(name.len())?;
                    let same = before.eq_ignore_ascii_case(name.as_bytes());
                    value.strip_prefix(b":").filter(|_| same)
                }));
            };
            let read = HEADINGS.validator.read_headers(&lookup, Vec::new());
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

/// The validators of a type: ours, and that of its document.
struct Validators<T> {
    validator: Validator,
    document: jsonschema::Validator,
    of: std::marker::PhantomData<fn() -> T>,
}

impl<T: Schema> Validators<T> {
    fn new() -> Self {
        match Validator::of::<T>() {
            Ok(validator) => Self {
                validator,
                document: document_validator::<T>(Direction::Input),
                of: std::marker::PhantomData,
            },
            Err(errors) => panic!("no validator: {errors}"),
        }
    }
}

static SEARCH: LazyLock<Validators<Search>> = LazyLock::new(Validators::new);
static OBJECTS: LazyLock<Validators<Objects>> = LazyLock::new(Validators::new);
static HEADINGS: LazyLock<Validators<Headings>> = LazyLock::new(Validators::new);
static SEGMENTS: LazyLock<Validators<Segments>> = LazyLock::new(Validators::new);
static TUPLE: LazyLock<Validators<Three>> = LazyLock::new(Validators::new);
static VALUE: LazyLock<Validators<rust_decimal::Decimal>> = LazyLock::new(Validators::new);
static PARTS: LazyLock<Validators<Parts>> = LazyLock::new(Validators::new);

/// Decodes the parameters of a path and compares with whether they fit.
fn path<'d, T: Schema + DeserializeOwned + Serialize, const N: usize>(
    validators: &Validators<T>,
    names: [&'static str; N],
    lines: impl Iterator<Item = &'d [u8]>,
) {
    let texts = lines.map(String::from_utf8_lossy);
    let parameters: Vec<(&str, Cow<'_, str>)> = names.into_iter().zip(texts).collect();
    if parameters.len() != N {
        return; // A template has all of its parameters.
    }
    let read = validators.validator.read_path::<T>(&parameters);
    let fits = validators.validator.fits_path(&parameters);
    assert_eq!(
        fits,
        read.is_ok(),
        "they fit and they are decoded, or neither: {parameters:?}"
    );
    check(validators, Location::Path, read);
}

fn check<T: Serialize>(
    validators: &Validators<T>,
    location: Location,
    read: Result<T, Violations>,
) {
    match read {
        Ok(value) => match serde_json::to_value(&value) {
            Ok(value) => {
                if let Err(error) = validators.document.validate(&value) {
                    panic!("{value} was decoded, but is invalid by the document: {error}");
                }
            }
            Err(error) => panic!("a decoded value cannot be encoded: {error}"),
        },
        Err(violations) => {
            check_violations(&violations);
            let elsewhere = violations
                .iter()
                .find(|violation| violation.location != location);
            assert!(elsewhere.is_none(), "of another location: {elsewhere:?}");
            for (at, violation) in violations.iter().enumerate() {
                let before = &violations[..at];
                assert!(!before.contains(violation), "reported twice: {violation:?}");
            }
        }
    }
}
