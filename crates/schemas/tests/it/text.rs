//! Query strings, headers and paths: text read as the declared type.

use std::collections::BTreeSet;

use purlin_schemas::{CommaSeparated, Location, Schema, Validator, Violation, schema};

use crate::support::{code_pairs, codes};
use serde::de::DeserializeOwned;

#[schema(request)]
#[derive(Debug, PartialEq)]
struct Search {
    text: String,
    #[garde(range(min = 1, max = 50))]
    limit: Option<u8>,
    offset: Option<i32>,
    ratio: Option<f32>,
    exact: Option<bool>,
    order: Option<Order>,
    letter: Option<char>,
    #[serde(default)]
    tag: Vec<String>,
    #[serde(default)]
    id: BTreeSet<u16>,
    ids: Option<CommaSeparated<i8>>,
}

#[schema(request)]
#[derive(Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Order {
    Up,
    Down,
}

/// Returns the pointers and codes of violations, all of one section.
fn codes_in(violations: &[Violation], location: Location) -> Vec<(String, String)> {
    let elsewhere = violations
        .iter()
        .find(|violation| violation.location != location);
    assert!(elsewhere.is_none(), "{elsewhere:?}");
    codes(violations)
}

fn read<T: Schema + DeserializeOwned>(raw: &str) -> Result<T, Vec<(String, String)>> {
    Validator::of::<T>()
        .unwrap()
        .read_query(raw)
        .map_err(|violations| codes_in(&violations, Location::Query))
}

#[test]
fn query_is_decoded_by_the_types_of_its_fields() {
    let search: Search = read(
        "text=a+b%26%C3%A9&limit=50&offset=-7&ratio=1.5e1&exact=true&order=down&letter=%C3%9F&tag=x&id=2&tag=&id=1&ids=1,-2",
    )
    .unwrap();
    let expected = Search {
        text: "a b&é".into(),
        limit: Some(50),
        offset: Some(-7),
        ratio: Some(15.0),
        exact: Some(true),
        order: Some(Order::Down),
        letter: Some('ß'),
        tag: vec!["x".into(), String::new()],
        id: [1, 2].into(),
        ids: Some(CommaSeparated(vec![1, -2])),
    };
    assert_eq!(search, expected);
    let search: Search = read("text=").unwrap();
    assert_eq!(
        (search.text.as_str(), search.tag.len(), search.order),
        ("", 0, None)
    );
    assert_eq!(
        read::<Search>("text=true&order=up").unwrap().order,
        Some(Order::Up)
    );
    assert_eq!(read::<Search>("&text=12&&").unwrap().text, "12");
    assert_eq!(read::<Search>("text").unwrap().text, "");
    assert_eq!(read::<Search>("text=a=b").unwrap().text, "a=b");
    assert_eq!(
        read::<Search>("text=a&ids=").unwrap().ids,
        Some(CommaSeparated(vec![]))
    );
}

#[test]
fn every_violation_of_a_query_is_reported() {
    assert_eq!(
        read::<Search>("limit=0&offset=x&ratio=1e39&exact=yes&order=sideways&letter=ab&id=1&id=x&id=70000&ids=1,,3&extra=1")
            .unwrap_err(),
        code_pairs(&[
            ("/exact", "type"),
            ("/extra", "unknown_field"),
            ("/id/1", "type"),
            ("/id/2", "maximum"),
            ("/ids/1", "type"),
            ("/letter", "max_length"),
            ("/limit", "minimum"),
            ("/offset", "type"),
            ("/order", "enum"),
            ("/ratio", "maximum"),
            ("/text", "required"),
        ])
    );
}

#[test]
fn numbers_have_the_grammar_of_json() {
    for text in [
        "+5", "05", "5.0", "%205", "5+", "1e1", "0x5", "", "٣", "-", "--1",
    ] {
        assert_eq!(
            read::<Search>(&format!("text=a&offset={text}")).unwrap_err(),
            code_pairs(&[("/offset", "type")]),
            "{text}"
        );
    }
    assert_eq!(read::<Search>("text=a&offset=-0").unwrap().offset, Some(0));
    assert_eq!(
        read::<Search>("text=a&limit=-0").unwrap_err(),
        code_pairs(&[("/limit", "minimum")])
    );
    for text in [".5", "5.", "inf", "NaN", "1_0", "%2B5", "1e", "01"] {
        assert_eq!(
            read::<Search>(&format!("text=a&ratio={text}")).unwrap_err(),
            code_pairs(&[("/ratio", "type")]),
            "{text}"
        );
    }
    for text in ["1e3", "1E%2B3", "-0.5", "7"] {
        assert!(
            read::<Search>(&format!("text=a&ratio={text}")).is_ok(),
            "{text}"
        );
    }
    for text in ["True", "1", "yes", "", "TRUE", "+true"] {
        assert_eq!(
            read::<Search>(&format!("text=a&exact={text}")).unwrap_err(),
            code_pairs(&[("/exact", "type")]),
            "{text}"
        );
    }
}

#[test]
fn out_of_range_number_is_distinguished_from_malformed_one() {
    assert_eq!(
        read::<Search>("text=a&limit=256").unwrap_err(),
        code_pairs(&[("/limit", "maximum")])
    );
    assert_eq!(
        read::<Search>("text=a&offset=2147483648").unwrap_err(),
        code_pairs(&[("/offset", "maximum")])
    );
    assert_eq!(
        read::<Search>("text=a&offset=-2147483649").unwrap_err(),
        code_pairs(&[("/offset", "minimum")])
    );
    let huge = "9".repeat(400);
    assert_eq!(
        read::<Search>(&format!("text=a&offset={huge}")).unwrap_err(),
        code_pairs(&[("/offset", "maximum")])
    );
    assert_eq!(
        read::<Search>(&format!("text=a&ratio=-{huge}")).unwrap_err(),
        code_pairs(&[("/ratio", "minimum")])
    );
}

#[test]
fn repeated_scalar_parameter_is_rejected() {
    assert_eq!(
        read::<Search>("text=a&text=a").unwrap_err(),
        code_pairs(&[("/text", "duplicate_parameter")])
    );
    assert_eq!(
        read::<Search>("text=a&limit=1&limit=2&limit=3&ids=1&ids=2").unwrap_err(),
        code_pairs(&[
            ("/ids", "duplicate_parameter"),
            ("/limit", "duplicate_parameter")
        ])
    );
    assert_eq!(
        read::<Search>("text=a&x=1&x=2").unwrap_err(),
        code_pairs(&[("/x", "unknown_field")])
    );
}

#[test]
fn undecodable_text_is_an_encoding_violation() {
    assert_eq!(
        read::<Search>("text=%ff&limit=%&offset=%2&ratio=%zz&order=%C3").unwrap_err(),
        code_pairs(&[
            ("/limit", "encoding"),
            ("/offset", "encoding"),
            ("/order", "encoding"),
            ("/ratio", "encoding"),
            ("/text", "encoding"),
        ])
    );
    assert_eq!(
        read::<Search>("text=a&a~/%ff=1").unwrap_err(),
        code_pairs(&[("/a~0~1\u{fffd}", "encoding")])
    );
}

#[test]
fn thousands_of_parameters_are_decoded_in_time() {
    let raw: String = (0..10_000).map(|number| format!("p{number}=1&")).collect();
    assert_eq!(
        read::<Search>(&raw).unwrap_err().len(),
        purlin_schemas::MAX_VIOLATIONS
    );
    let raw = "%=1&".repeat(10_000);
    assert_eq!(
        read::<Search>(&raw).unwrap_err(),
        code_pairs(&[("/%", "encoding"), ("/text", "required")])
    );
    let raw = format!("text=a{}", "&tag=x".repeat(10_000));
    assert_eq!(read::<Search>(&raw).unwrap().tag.len(), 10_000);
    let raw = format!("text=a{}", "&id=x".repeat(10_000));
    assert_eq!(
        read::<Search>(&raw).unwrap_err().len(),
        purlin_schemas::MAX_VIOLATIONS
    );
}

/// Types that serde buffers, or whose formats are stricter than Rust's, are validated by the schema first.
#[schema(request)]
struct Strictly {
    id: uuid::Uuid,
    since: Option<chrono::DateTime<chrono::Utc>>,
    #[serde(flatten)]
    page: Page,
}

#[schema(request)]
struct Page {
    #[serde(default)]
    number: u32,
    size: Option<u8>,
}

#[test]
fn flattened_structs_and_strict_formats_are_decoded() {
    let read_it = read::<Strictly>;
    let query = read_it(
        "id=67e55044-10b1-426f-9247-bb680e5fe0c8&number=3&size=2&since=2024-01-01T00:00:00Z",
    )
    .unwrap();
    assert_eq!(
        (query.page.number, query.page.size, query.since.is_some()),
        (3, Some(2), true)
    );
    assert_eq!(query.id.as_u128() >> 96, 0x67e5_5044);
    assert_eq!(
        read_it("id=67e5504410b1426f9247bb680e5fe0c8&number=x&size=256&since=2024-01-01")
            .err()
            .unwrap(),
        code_pairs(&[
            ("/id", "format"),
            ("/number", "type"),
            ("/since", "format"),
            ("/size", "maximum")
        ])
    );
}

#[schema(request)]
#[derive(Debug)]
struct Wanted {
    #[serde(rename = "X-Trace")]
    #[garde(length(chars, max = 5))]
    trace: Option<String>,
    #[serde(rename = "X-Depth")]
    depth: u8,
    #[serde(rename = "X-Ids", default)]
    ids: Vec<u8>,
}

fn read_headers(lines: &[(&str, &'static [u8])]) -> Result<Wanted, Vec<(String, String)>> {
    let lookup = |_: usize, name: &str, values: &mut Vec<&'static [u8]>| {
        values.extend(
            lines
                .iter()
                .filter(|(line, _)| line.eq_ignore_ascii_case(name))
                .map(|(_, value)| *value),
        );
    };
    let validator = Validator::of::<Wanted>().unwrap();
    validator
        .read_headers(&lookup, Vec::new())
        .map_err(|violations| codes_in(&violations, Location::Header))
}

#[test]
fn header_names_are_case_insensitive() {
    let wanted = read_headers(&[
        ("x-TRACE", b"abc"),
        ("x-depth", b" 3\t"),
        ("accept", b"*/*"),
    ])
    .unwrap();
    assert_eq!(
        (wanted.trace.as_deref(), wanted.depth, wanted.ids),
        (Some("abc"), 3, vec![])
    );
}

#[test]
fn list_in_a_header_is_split_at_commas_across_field_lines() {
    let wanted = read_headers(&[("x-depth", b"3"), ("x-ids", b"1, 2,,"), ("x-ids", b"3")]).unwrap();
    assert_eq!(wanted.ids, [1, 2, 3]);
}

#[test]
fn headers_are_text_in_utf_8() {
    let wanted = read_headers(&[("x-depth", b"3"), ("x-trace", "é-7 ".as_bytes())]).unwrap();
    assert_eq!(wanted.trace.as_deref(), Some("é-7"));
}

#[test]
fn every_violation_of_the_headers_is_reported() {
    assert_eq!(
        read_headers(&[
            ("x-trace", b"abcdef"),
            ("x-ids", b"1, x"),
            ("x-ids", b"256")
        ])
        .unwrap_err(),
        code_pairs(&[
            ("/X-Depth", "required"),
            ("/X-Ids/1", "type"),
            ("/X-Ids/2", "maximum"),
            ("/X-Trace", "max_length")
        ])
    );
    assert_eq!(
        read_headers(&[("x-trace", b"\xe9"), ("x-depth", b"1"), ("x-depth", b"1")]).unwrap_err(),
        code_pairs(&[
            ("/X-Depth", "duplicate_parameter"),
            ("/X-Trace", "encoding")
        ])
    );
    assert_eq!(
        read_headers(&[("x-depth", "é".as_bytes())]).unwrap_err(),
        code_pairs(&[("/X-Depth", "type")])
    );
}

fn read_path<T: Schema + DeserializeOwned>(
    params: &[(&str, &str)],
) -> Result<T, Vec<(String, String)>> {
    let params: Vec<_> = params
        .iter()
        .map(|(name, text)| (*name, (*text).into()))
        .collect();
    let validator = Validator::of::<T>().unwrap();
    validator
        .read_path(&params)
        .map_err(|violations| codes_in(&violations, Location::Path))
}

#[schema(request)]
#[derive(Debug, PartialEq)]
struct PostPath {
    user: String,
    #[garde(range(min = 1))]
    post: u64,
}

#[test]
fn path_is_decoded_into_a_struct_by_name() {
    let expected = PostPath {
        user: "a b".into(),
        post: 7,
    };
    assert_eq!(
        read_path::<PostPath>(&[("post", "7"), ("user", "a b")]).unwrap(),
        expected
    );
    assert_eq!(
        read_path::<PostPath>(&[("post", "0"), ("user", "")]).unwrap_err(),
        code_pairs(&[("/post", "minimum")])
    );
}

#[test]
fn path_is_decoded_into_a_tuple_by_position() {
    assert_eq!(
        read_path::<(u8, String)>(&[("id", "7"), ("name", "8")]).unwrap(),
        (7, "8".to_owned())
    );
    assert_eq!(
        read_path::<(u8, bool)>(&[("id", "300"), ("on", "1")]).unwrap_err(),
        code_pairs(&[("/id", "maximum"), ("/on", "type")])
    );
}

#[test]
fn path_with_one_parameter_is_decoded_into_a_scalar() {
    assert_eq!(read_path::<u32>(&[("id", "7")]).unwrap(), 7);
    assert_eq!(read_path::<String>(&[("id", "7")]).unwrap(), "7");
    assert_eq!(read_path::<Order>(&[("order", "up")]).unwrap(), Order::Up);
    assert_eq!(read_path::<(u32,)>(&[("id", "7")]).unwrap(), (7,));
    assert!(read_path::<uuid::Uuid>(&[("id", "67e55044-10b1-426f-9247-bb680e5fe0c8")]).is_ok());
    assert_eq!(
        read_path::<u32>(&[("id", "-1")]).unwrap_err(),
        code_pairs(&[("/id", "minimum")])
    );
    assert_eq!(
        read_path::<u32>(&[("id", "x")]).unwrap_err(),
        code_pairs(&[("/id", "type")])
    );
    assert_eq!(
        read_path::<(u32,)>(&[("id", "x")]).unwrap_err(),
        code_pairs(&[("/id", "type")])
    );
    assert_eq!(
        read_path::<uuid::Uuid>(&[("id", "x")]).unwrap_err(),
        code_pairs(&[("/id", "format")])
    );
    assert_eq!(
        read_path::<Order>(&[("order", "left")]).unwrap_err(),
        code_pairs(&[("/order", "enum")])
    );
}
