//! What the document accepts the server accepts, and the reverse: the crate `jsonschema`, which Purlin does not
//! use itself, judges the document; `Contract::decode` is the server.
//!
//! What remains of differences is listed in `docs/document-and-server.md` and held by `known_differences.rs`.

mod shapes;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use purlin_schemas::{Contract, Direction, Schema, describe};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use shapes::mutate;

/// The document of a type as a schema that stands alone.
fn judge<T: Schema>() -> jsonschema::Validator {
    let described = describe::<T>(Direction::Input).unwrap();
    let definitions: Map<String, Value> = described
        .definitions
        .into_iter()
        .map(|(name, definition)| (name, definition.schema))
        .collect();
    let document = json!({"allOf": [described.root], "components": {"schemas": definitions}});
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&document)
        .unwrap()
}

/// Differences that are listed: a whole float beyond 2^53 for an integer, and what jiff's types have no room for.
fn is_listed(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.is_f64()
                && number
                    .as_f64()
                    .is_some_and(|float| float.abs() > 9_007_199_254_740_992.0)
        }
        Value::String(text) => is_beyond_jiff(text),
        Value::Array(items) => items.iter().any(is_listed),
        Value::Object(members) => members.values().any(is_listed),
        _ => false,
    }
}

/// Instants near the end of the year 9999, more than nine digits of a fraction, and durations that are not a
/// number of hours, minutes and seconds, or of more than `i64::MAX` seconds.
fn is_beyond_jiff(text: &str) -> bool {
    if text.starts_with("9999-12-3") && text.len() > 10 {
        return true;
    }
    if let Some(duration) = text.strip_prefix('P') {
        return !duration.starts_with('T') || duration.len() > 18;
    }
    text.split_once('.').is_some_and(|(_, fraction)| {
        fraction
            .bytes()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
            > 9
    })
}

fn agree<T: Schema + DeserializeOwned>(seeds: Vec<Value>) {
    let contract = Contract::of::<T>().unwrap();
    let judge = judge::<T>();
    let verdicts = |value: &Value| {
        let text = serde_json::to_string(value).unwrap();
        // What was written may be read back as a neighbouring float; both verdicts are about what is read.
        let read: Value = serde_json::from_str(&text).unwrap();
        let document = judge.validate(&read).map_err(|error| error.to_string());
        let server = contract.decode::<T>(text.as_bytes()).map(|_| ());
        (text, document, server)
    };
    for seed in &seeds {
        let (text, document, server) = verdicts(seed);
        assert!(
            document.is_ok() && server.is_ok(),
            "valid: {text}\ndocument: {document:?}\nserver: {server:?}"
        );
    }
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(1500);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let strategy = (any::<Index>(), mutate::changes(3)).prop_map(move |(at, changes)| {
        mutate::apply(seeds[at.index(seeds.len())].clone(), &changes)
    });
    let result = TestRunner::new(config).run(&strategy, |value| {
        let (text, document, server) = verdicts(&value);
        if document.is_ok() == server.is_ok() || is_listed(&value) {
            return Ok(());
        }
        Err(TestCaseError::fail(format!(
            "{text}\ndocument: {document:?}\nserver: {server:?}"
        )))
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

macro_rules! shapes_agree {
    ($($name:ident: $type:ident from $seeds:ident),* $(,)?) => {$(
        #[test]
        fn $name() {
            agree::<shapes::$type>(shapes::$seeds());
        }
    )*};
}

shapes_agree! {
    nested_structs: Order from orders,
    externally_tagged_enums: External from externals,
    internally_tagged_enums: Internal from internals,
    adjacently_tagged_enums: Adjacent from adjacents,
    untagged_enums: Untagged from untagged,
    maps_with_string_and_integer_keys: Maps from maps,
    lists_sets_and_arrays: Lists from lists,
    options_and_defaults: Options from options,
    integers_of_every_width: Integers from integers,
    floats_of_both_widths: Floats from floats,
    dates_and_times_of_chrono: ChronoTimes from chrono_times,
    dates_and_times_of_jiff: JiffTimes from jiff_times,
    strings_with_formats_and_patterns: Texts from texts,
    tuples_and_tuple_structs: Tuples from tuples,
    flattened_structs: Flat from flats,
    flattened_maps: FlatMap from flat_maps,
    recursive_types: Tree from trees,
    free_json_units_and_names: Odds from odds,
}
