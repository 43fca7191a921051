//! The server accepts exactly what the document accepts, for mutated values.
//!
//! The remaining differences are listed in `docs/document-and-server.md` and tested in `known_differences.rs`; the
//! inputs on which serde and schemars disagree by themselves are in `closed_differences.rs`.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use purlin_schemas::{Direction, Schema, Validator, describe, example};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::document_validator;
use crate::{
    mutate,
    shapes::{self, more, patches},
};

/// Returns whether a value contains a listed difference: a float beyond 2^53, or a time that jiff's types cannot hold.
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

/// Returns whether a string is a timestamp near the end of the year 9999, has more than nine fractional digits, or is a
/// duration of other units than hours, minutes and seconds, or of more than `i64::MAX` seconds.
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
    let validator = Validator::of::<T>().unwrap();
    let validator_of_document = document_validator::<T>(Direction::Input);
    let verdicts = |value: &Value| {
        let text = serde_json::to_string(value).unwrap();
        // A float may be read back as its neighbour; both verdicts are about the value that is read.
        let read: Value = serde_json::from_str(&text).unwrap();
        let document = validator_of_document
            .validate(&read)
            .map_err(|error| error.to_string());
        let server = validator.decode::<T>(text.as_bytes()).map(|_| ());
        (text, document, server)
    };
    // A generated example is as valid as the seeds.
    let example_of = |direction| example(&describe::<T>(direction).unwrap()).unwrap();
    let output = example_of(Direction::Output);
    assert!(
        document_validator::<T>(Direction::Output).is_valid(&output),
        "{output}"
    );
    let input = example_of(Direction::Input);
    for seed in seeds.iter().chain([&input]) {
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
    ($($name:ident: $type:ty, from $seeds:path),* $(,)?) => {$(
        #[test]
        fn $name() {
            agree::<$type>($seeds());
        }
    )*};
}

shapes_agree! {
    nested_structs: shapes::Order, from shapes::orders,
    externally_tagged_enums: shapes::External, from shapes::externals,
    internally_tagged_enums: shapes::Internal, from shapes::internals,
    adjacently_tagged_enums: shapes::Adjacent, from shapes::adjacents,
    untagged_enums: shapes::Untagged, from shapes::untagged,
    maps_with_string_and_integer_keys: shapes::Maps, from shapes::maps,
    lists_sets_and_arrays: shapes::Lists, from shapes::lists,
    options_and_defaults: shapes::Options, from shapes::options,
    integers_of_every_width: shapes::Integers, from shapes::integers,
    floats_of_both_widths: shapes::Floats, from shapes::floats,
    dates_and_times_of_chrono: shapes::ChronoTimes, from shapes::chrono_times,
    dates_and_times_of_jiff: shapes::JiffTimes, from shapes::jiff_times,
    strings_with_formats_and_patterns: shapes::Texts, from shapes::texts,
    tuples_and_tuple_structs: shapes::Tuples, from shapes::tuples,
    flattened_structs: shapes::Flat, from shapes::flats,
    flattened_maps: shapes::FlatMap, from shapes::flat_maps,
    recursive_types: shapes::Tree, from shapes::trees,
    free_form_json_units_and_names: shapes::Odds, from shapes::odds,
    enums_in_options_lists_and_maps: more::EnumsInside, from more::enums_inside,
    flattened_enums: more::FlatEnum, from more::flat_enums,
    flattened_untagged_enums_and_options: more::FlatUnions, from more::flat_unions,
    renamed_and_defaulted_fields: more::Renamed, from more::renamed,
    newtypes_and_transparent_types: more::Wrappers, from more::wrappers,
    rules_of_every_kind: more::Rules, from more::rules,
    maps_with_keys_of_every_kind: more::Keys, from more::keys,
    overlapping_untagged_enums: more::Overlapping, from more::overlapping,
    exact_numbers_strings_and_keys: more::Exact, from more::exact,
    fields_absent_null_or_a_value: patches::Patches, from patches::patches,
    partial_structs: patches::WholeUpdate, from patches::whole_updates,
    read_only_and_write_only_fields: patches::OneWay, from patches::one_way,
}
