//! Operations that are deprecated, and that end.

use purlin_router::{
    Operation, Registry, error::http::NotFound, extract::Query, get, openapi::Dialect,
    reply::NoContent, schema, testing::TestClient,
};

#[schema(request)]
struct Wanted {
    number: u8,
}

/// Does nothing any more.
#[get(
    "/old",
    deprecated = "2026-01-01",
    sunset = "2027-01-01T12:00:00Z",
    deprecation_link = "https://example.com/moving"
)]
async fn old(wanted: Query<Wanted>) -> Result<NoContent, NotFound> {
    match wanted.number {
        0 => Err(NotFound::new("there is no such number")),
        1 => panic!("one"),
        _ => Ok(NoContent),
    }
}

fn registry() -> Registry {
    Registry::new("Old", "1.0.0").operation(old)
}

#[test]
fn every_response_of_a_deprecated_operation_says_so() {
    let client = TestClient::new(&registry().build().unwrap());
    for (number, status) in [("2", 204), ("0", 404), ("1", 500), ("x", 400)] {
        let response = client.get(&format!("/old?number={number}")).send();
        assert_eq!(response.status(), status);
        assert_eq!(response.header("deprecation"), Some("@1767225600"));
        assert_eq!(
            response.header("sunset"),
            Some("Fri, 01 Jan 2027 12:00:00 GMT")
        );
        assert_eq!(
            response.header("link"),
            Some("<https://example.com/moving>; rel=\"deprecation\"")
        );
    }
}

#[test]
fn document_has_the_headers_and_the_day_of_the_end() {
    let api = registry().build().unwrap();
    for dialect in [Dialect::V3_1, Dialect::V3_0, Dialect::V2_0] {
        let document = api.document().to_value(dialect);
        let operation = &document["paths"]["/old"]["get"];
        assert_eq!(operation["deprecated"], true);
        assert_eq!(operation["x-sunset"], "2027-01-01");
        for status in ["204", "400", "404", "500"] {
            for header in ["Deprecation", "Sunset", "Link"] {
                let documented = &operation["responses"][status]["headers"][header];
                assert!(documented.is_object(), "{dialect:?} {status} {header}");
            }
        }
    }
}

#[test]
fn dates_and_links_that_are_none_are_errors_of_the_build() {
    let operation = |path: &'static str| {
        Operation::get(path, async || NoContent).operation_id(path.trim_start_matches('/'))
    };
    let errors = Registry::new("Old", "1.0.0")
        .operation(operation("/a").deprecated_since("soon"))
        .operation(operation("/b").sunset("2027-02-30"))
        .operation(operation("/c").deprecation_link("a b"))
        .operation(
            operation("/d")
                .deprecated_since("2027-01-02")
                .sunset("2027-01-01"),
        )
        .build()
        .unwrap_err();
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "`a` (GET /a): `deprecated` is not a date; write one such as `2026-11-30` or `2026-11-30T12:00:00Z` (RFC 3339)",
            "`b` (GET /b): `sunset` is not a date; write one such as `2026-11-30` or `2026-11-30T12:00:00Z` (RFC 3339)",
            "`c` (GET /c): the deprecation link `a b` is not a URI; percent-encode what a URI cannot contain (RFC 3986)",
            "`d` (GET /d): it ends before it is deprecated; give `sunset` a later date (RFC 9745 section 4)",
        ]
    );
}
