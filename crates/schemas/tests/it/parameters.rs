//! Parameters beyond scalars and lists: objects, maps of all others, delimited lists, cookies.

use std::collections::BTreeMap;

use purlin_schemas::{
    __router::{GeneratedSchema, OtherTexts, TextStyle},
    CommaSeparated, Direction, Location, PipeDelimited, Schema, SpaceDelimited, Validator, schema,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::{code_pairs, codes};

type Codes = Vec<(String, String)>;

fn read<T: Schema + DeserializeOwned>(raw: &str) -> Result<T, Codes> {
    let validator = Validator::of::<T>().unwrap();
    validator.read_query(raw).map_err(|all| codes(&all))
}

fn generated<T: Schema>() -> GeneratedSchema {
    GeneratedSchema::of::<T>(Direction::Input).unwrap()
}

#[track_caller]
fn error<T: Schema>(location: Location) -> String {
    let errors = generated::<T>().parameters(location).unwrap_err();
    errors.to_string()
}

#[schema(request)]
#[derive(Debug, PartialEq)]
struct Search {
    filter: Option<Filter>,
    #[serde(default)]
    labels: BTreeMap<String, u8>,
    limit: Option<u8>,
}

#[schema(request)]
#[derive(Debug, PartialEq)]
struct Filter {
    #[garde(length(min = 1))]
    name: String,
    age: Option<u8>,
    state: Option<State>,
}

#[schema(request)]
#[derive(Debug, PartialEq)]
enum State {
    /// Not yet done.
    Open,
    /// No more to do.
    Done,
}

#[test]
fn object_is_read_from_a_parameter_for_each_member() {
    let search: Search = read(
        "filter[name]=Ada&filter%5Bage%5D=36&filter[state]=Done&labels[x]=1&labels[y z]=2&limit=3",
    )
    .unwrap();
    let filter = Filter {
        name: "Ada".into(),
        age: Some(36),
        state: Some(State::Done),
    };
    assert_eq!(search.filter, Some(filter));
    assert_eq!(
        search.labels,
        BTreeMap::from([("x".into(), 1), ("y z".into(), 2)])
    );
    assert_eq!(search.limit, Some(3));
    let nothing: Search = read("").unwrap();
    assert_eq!((nothing.filter, nothing.labels.len()), (None, 0));
}

#[test]
fn every_violation_of_an_object_is_reported_with_its_member() {
    assert_eq!(
        read::<Search>(
            "filter[age]=300&filter[nope]=1&filter[state]=x&filter[name]=a&filter[name]=b&labels[a]=x&limit=no&other[a]=1&filter[a][b]=1"
        )
        .unwrap_err(),
        code_pairs(&[
            ("/filter/a][b", "unknown_field"),
            ("/filter/age", "maximum"),
            ("/filter/name", "duplicate_parameter"),
            ("/filter/nope", "unknown_field"),
            ("/filter/state", "enum"),
            ("/labels/a", "type"),
            ("/limit", "type"),
            ("/other[a]", "unknown_field"),
        ])
    );
    assert_eq!(
        read::<Search>("filter[age]=3").unwrap_err(),
        code_pairs(&[("/filter/name", "required")])
    );
    assert_eq!(
        read::<Search>("filter=Ada").unwrap_err(),
        code_pairs(&[("/filter", "type")])
    );
    assert_eq!(
        read::<Search>("filter=Ada&filter[name]=Ada").unwrap_err(),
        code_pairs(&[("/filter", "duplicate_parameter"), ("/filter", "type")])
    );
}

#[test]
fn object_is_a_deep_object_of_the_document() {
    let docs = generated::<Search>().parameters(Location::Query).unwrap();
    let styles: Vec<_> = docs.iter().map(|doc| (&*doc.name, doc.style)).collect();
    assert_eq!(
        styles,
        [
            ("filter", TextStyle::DeepObject),
            ("labels", TextStyle::DeepObject),
            ("limit", TextStyle::Plain)
        ]
    );
    // Nothing is null in text.
    assert_eq!(
        docs[0].schema["properties"]["age"],
        json!({"type": "integer", "format": "uint8", "minimum": 0, "maximum": 255})
    );
    assert_eq!(docs[0].schema["required"], json!(["name"]));
    assert_eq!(docs[0].schema["additionalProperties"], json!(false));
    assert!(docs[0].definitions.contains_key("State"));
}

#[test]
fn parameter_with_brackets_in_its_name_is_read_by_that_name() {
    #[schema(request)]
    struct Named {
        #[serde(rename = "filter[name]")]
        name: String,
        #[serde(rename = "tags[]", default)]
        tags: Vec<u8>,
    }
    let named: Named = read("filter[name]=x&tags[]=1&tags%5B%5D=2").unwrap();
    assert_eq!((named.name.as_str(), named.tags), ("x", vec![1, 2]));
}

#[test]
fn required_object_without_required_members_has_a_member() {
    #[schema(request)]
    #[derive(Debug)]
    struct Required {
        #[serde(rename = "range")]
        _range: Range,
    }
    #[schema(request)]
    #[derive(Debug)]
    struct Range {
        #[serde(rename = "from")]
        _from: Option<u8>,
    }
    assert_eq!(
        read::<Required>("").unwrap_err(),
        code_pairs(&[("/range", "required")])
    );
    let docs = generated::<Required>().parameters(Location::Query).unwrap();
    assert_eq!(docs[0].schema["minProperties"], json!(1));
}

#[test]
fn objects_deeper_than_one_level_are_errors() {
    #[schema(request)]
    struct Deep {
        _outer: Outer,
    }
    #[schema(request)]
    struct Outer {
        _inner: Filter,
    }
    #[schema(request)]
    struct Listed {
        _inner: Lists,
    }
    #[schema(request)]
    struct Lists {
        _list: Vec<u8>,
    }
    for message in [
        error::<Deep>(Location::Query),
        error::<Listed>(Location::Body),
    ] {
        assert!(
            message.contains("a struct or map of them (without lists)"),
            "{message}"
        );
    }
    for location in [Location::Header, Location::Cookie, Location::Path] {
        let message = error::<Search>(location);
        assert!(message.contains("field `filter`"), "{message}");
        assert!(message.contains("objects belong in the body"), "{message}");
    }
}

#[schema(request)]
#[derive(Debug)]
struct Callback {
    code: String,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

#[test]
fn flattened_map_collects_all_other_parameters() {
    let callback: Callback = read("code=a&scope=email&authuser=0&a[b]=").unwrap();
    assert_eq!(callback.code, "a");
    let expected = [("a[b]", ""), ("authuser", "0"), ("scope", "email")];
    let rest: Vec<_> = callback.rest.iter().map(|(k, v)| (&**k, &**v)).collect();
    assert_eq!(rest, expected);
    assert_eq!(
        read::<Callback>("x=1&x=2").unwrap_err(),
        code_pairs(&[("/code", "required"), ("/x", "duplicate_parameter")])
    );
}

#[test]
fn flattened_map_has_values_of_its_type() {
    #[schema(request)]
    struct Numbers {
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }
    #[schema(request)]
    struct Lists {
        #[serde(flatten)]
        rest: BTreeMap<String, Vec<u8>>,
    }
    #[schema(request)]
    struct Anything {
        #[serde(flatten)]
        rest: BTreeMap<String, Value>,
    }
    let numbers: Numbers = read("a=1&b=2").unwrap();
    assert_eq!(numbers.rest.values().sum::<u8>(), 3);
    let violations = read::<Numbers>("a=1&b=x").err().unwrap();
    assert_eq!(violations, code_pairs(&[("/b", "type")]));
    let lists: Lists = read("a=1&a=2&b=3").unwrap();
    assert_eq!(lists.rest["a"], [1, 2]);
    let anything: Anything = read("a=1&a=2&b=3").unwrap();
    assert_eq!(json!(anything.rest), json!({"a": ["1", "2"], "b": "3"}));
}

#[test]
fn flattened_map_is_a_free_form_parameter_of_the_document() {
    let docs = generated::<Callback>().parameters(Location::Query).unwrap();
    let [code, others] = docs.as_slice() else {
        panic!("{docs:?}")
    };
    assert_eq!(code.name, "code");
    assert_eq!(others.name, "additionalParameters");
    assert_eq!((others.style, others.required), (TextStyle::Others, false));
    assert_eq!(
        others.schema,
        json!({
            "type": "object",
            "additionalProperties": {"type": "string"},
            "propertyNames": {"not": {"enum": ["code"]}},
        })
    );
    for location in [Location::Body, Location::Header, Location::Cookie] {
        let docs = generated::<Callback>().parameters(location).unwrap();
        assert_eq!(docs.len(), 1, "{location:?}");
    }
}

#[test]
fn maps_that_no_text_can_fill_are_errors() {
    #[schema(request)]
    struct Objects {
        #[serde(flatten)]
        _rest: BTreeMap<String, Filter>,
    }
    #[schema(request)]
    struct Numbers {
        #[serde(flatten)]
        _rest: BTreeMap<String, u8>,
    }
    let message = error::<Objects>(Location::Query);
    assert!(message.contains("a map of scalars"), "{message}");
    let message = error::<Numbers>(Location::Header);
    assert!(message.contains("use a map of `String`s"), "{message}");
    let message = error::<Callback>(Location::Path);
    assert!(message.contains("remove the map"), "{message}");
}

#[schema(request)]
#[derive(Debug, PartialEq)]
struct Lists {
    spaces: Option<SpaceDelimited<u8>>,
    #[garde(length(max = 2))]
    pipes: Option<PipeDelimited<String>>,
    commas: Option<CommaSeparated<u8>>,
}

#[test]
fn lists_are_split_at_their_delimiter() {
    let lists: Lists = read("spaces=1%202+3&pipes=a|b%2C c&commas=1,2").unwrap();
    assert_eq!(lists.spaces, Some(SpaceDelimited(vec![1, 2, 3])));
    assert_eq!(
        lists.pipes,
        Some(PipeDelimited(vec!["a".into(), "b, c".into()]))
    );
    assert_eq!(lists.commas, Some(CommaSeparated(vec![1, 2])));
    let lists: Lists = read("spaces=&pipes=").unwrap();
    assert_eq!(lists.spaces, Some(SpaceDelimited(vec![])));
    assert_eq!(lists.pipes, Some(PipeDelimited(vec![])));
    assert_eq!(
        read::<Lists>("spaces=1,2&pipes=a|b|c&commas=1&commas=2").unwrap_err(),
        code_pairs(&[
            ("/commas", "duplicate_parameter"),
            ("/pipes", "max_items"),
            ("/spaces/0", "type")
        ])
    );
    let message = error::<Lists>(Location::Header);
    assert!(
        message.contains("use `Vec` or `CommaSeparated`"),
        "{message}"
    );
    let message = error::<Lists>(Location::Cookie);
    assert!(message.contains("a cookie has one text"), "{message}");
}

#[test]
fn blank_number_is_not_missing_in_a_query() {
    #[schema(request)]
    #[derive(Debug)]
    struct Page {
        #[serde(rename = "n")]
        _n: Option<u8>,
    }
    assert_eq!(
        read::<Page>("n=").unwrap_err(),
        code_pairs(&[("/n", "type")])
    );
}

#[test]
fn undeclared_parameters_are_ignored_by_policy() {
    let validator = Validator::of::<Search>().unwrap();
    let raw = "utm_source=x&limit=3&filter[name]=a&%zz=1&nope=%ff&utm_source=y&filter2[name]=b";
    let search: Search = validator.read_query_by_policy(raw, true).unwrap();
    assert_eq!(search.limit, Some(3));
    assert_eq!(search.filter.map(|filter| filter.name), Some("a".into()));
    let violations = validator.read_query_by_policy::<Search>("limit=%ff&filter[x]=1&x=1", true);
    assert_eq!(
        codes(&violations.unwrap_err()),
        code_pairs(&[
            ("/filter/name", "required"),
            ("/filter/x", "unknown_field"),
            ("/limit", "encoding")
        ])
    );
    let validator = Validator::of::<Callback>().unwrap();
    let callback: Callback = validator.read_query_by_policy("code=a&x=1", true).unwrap();
    assert_eq!(callback.rest["x"], "1");
}

#[schema(request)]
#[derive(Debug)]
struct Crumbs {
    session: String,
    visits: Option<u8>,
}

fn read_cookies<T: Schema + DeserializeOwned>(
    sent: &[(&str, &'static [u8])],
    others: OtherTexts<'static>,
) -> Result<T, Codes> {
    let lookup = |_: usize, name: &str, values: &mut Vec<&'static [u8]>| {
        let found = sent.iter().filter(|(cookie, _)| *cookie == name);
        values.extend(found.map(|(_, value)| *value));
    };
    let validator = Validator::of::<T>().unwrap();
    let read = validator.read_cookies(&lookup, others);
    read.map_err(|all| {
        assert!(all.iter().all(|it| it.location == Location::Cookie));
        codes(&all)
    })
}

#[test]
fn cookies_are_read_by_name_and_the_first_of_a_name_counts() {
    let sent: [(&str, &[u8]); 4] = [
        ("visits", b"3"),
        ("session", b"a%20b"),
        ("session", b"c"),
        ("x", b"\xff"),
    ];
    let crumbs: Crumbs = read_cookies(&sent, Vec::new()).unwrap();
    assert_eq!((crumbs.session.as_str(), crumbs.visits), ("a%20b", Some(3)));
    let sent: [(&str, &[u8]); 2] = [("visits", b"300"), ("session", b"\xff")];
    assert_eq!(
        read_cookies::<Crumbs>(&sent, Vec::new()).unwrap_err(),
        code_pairs(&[("/session", "encoding"), ("/visits", "maximum")])
    );
}

#[test]
fn flattened_map_collects_other_headers_and_cookies_that_are_text() {
    let others: OtherTexts<'static> = vec![
        ("x-one".into(), vec![b"1".as_slice()]),
        ("x-two".into(), vec![b"a".as_slice(), b"b".as_slice()]),
        ("x-latin".into(), vec![b"\xe9".as_slice()]),
    ];
    let callback: Callback = read_cookies(&[("code", b"c".as_slice())], others).unwrap();
    let expected = [("x-one", "1"), ("x-two", "a, b")];
    let rest: Vec<_> = callback.rest.iter().map(|(k, v)| (&**k, &**v)).collect();
    assert_eq!(rest, expected);
}
