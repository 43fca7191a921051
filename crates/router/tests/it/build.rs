//! Errors of a registry are found when it is built, all of them at once, each
//! with its subject and remedy.

use purlin_router::{
    Json, Operation, Registry,
    auth::HeaderApiKey,
    extract::{Path, Query},
    openapi::Tag,
    reply::NoContent,
    schema,
};

use crate::support::{self, assert_contains, error, errors};

async fn nothing() -> NoContent {
    NoContent
}

async fn one(_: Path<u64>) -> NoContent {
    NoContent
}

async fn two(_: Path<(u64, u64)>) -> NoContent {
    NoContent
}

#[schema(request)]
struct Names {
    id: u64,
}

async fn named(_: Path<Names>) -> NoContent {
    NoContent
}

async fn body(_: Json<Names>) -> NoContent {
    NoContent
}

async fn bodies(_: Json<Names>, _: Json<Names>) -> NoContent {
    NoContent
}

mod elsewhere {
    use purlin_router::schema;

    /// A different schema with the name of the other `Names`.
    #[schema(request)]
    pub(super) struct Names {
        other: String,
    }
}

async fn other_body(_: Json<elsewhere::Names>) -> NoContent {
    NoContent
}

#[schema(request)]
struct Nested {
    inner: Vec<Names>,
}

async fn nested_query(_: Query<Nested>) -> NoContent {
    NoContent
}

#[schema]
struct Page<T> {
    items: Vec<T>,
}

#[schema(rename = "Shelf")]
struct Shelf<T> {
    items: Vec<T>,
}

#[test]
fn generic_schema_may_be_used_twice() {
    let registry = Registry::new("T", "1")
        .operation(Operation::post("/a", async |_: Json<Page<u8>>| NoContent).operation_id("a"))
        .operation(Operation::post("/b", async |_: Json<Page<bool>>| NoContent).operation_id("b"));
    let router = support::router(&registry);
    let schemas = &router.document().components.schemas;
    assert!(schemas.contains_key("PageOfuint8"));
    assert!(schemas.contains_key("PageOfboolean"));
}

#[test]
fn error_for_clashing_generic_schemas_names_their_type_arguments() {
    let registry = Registry::new("T", "1")
        .operation(Operation::post("/a", async |_: Json<Shelf<u8>>| NoContent).operation_id("a"))
        .operation(Operation::post("/b", async |_: Json<Shelf<bool>>| NoContent).operation_id("b"));
    let all = errors(&registry);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_contains(&all[0], &["`Shelf`", "Shelf<u8>`", "Shelf<bool>`"]);
}

#[test]
fn all_errors_are_reported_at_once() {
    let registry = Registry::new("T", "1")
        .tag(Tag::new("known"))
        .default_authenticators(["unknown"])
        .operation(Operation::get("a", nothing))
        .operation(Operation::get("/b", nothing).tag("unknown"))
        .operation(Operation::get("/c/{id}", two).operation_id("two"))
        .operation(Operation::get("/b", one).operation_id("again"));
    let all = errors(&registry).join("\n");
    assert_contains(
        &all,
        &[
            "no authenticator is named `unknown`",
            "has to start with `/`",
            "the tag `unknown`",
            "`Path<T>` reads 2 parameters",
            "the same operation id",
            "serves the same requests",
        ],
    );
}

#[test]
fn error_names_the_line_of_the_declaration() {
    let text = error(Operation::get("a", nothing).source("src/routes.rs", 12));
    assert_contains(&text, &["`nothing`", "GET a", "src/routes.rs:12"]);
}

#[test]
fn path_templates_are_checked() {
    for (template, message) in [
        ("", "start with"),
        ("/{", "without its `}`"),
        ("/}", "without its `{`"),
        ("/{a}{b}", "more than one parameter"),
        ("/{a b}", "names no path"),
        ("/{a:int}", "`Path<T>`"),
        ("/{*rest}/more", "put it last"),
        ("/{a}/{a}", "two parameters"),
        ("/a?b", "leave the query out"),
        ("/a%20b", "percent-encoded"),
        (
            "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p}/{q}",
            "at most 16",
        ),
    ] {
        let text = error(Operation::get(template, nothing));
        assert!(
            text.contains(message) || template == "/{a b}",
            "{template}: {text}"
        );
    }
}

#[test]
fn path_extractor_has_to_match_the_template() {
    assert_contains(&error(Operation::get("/", one)), &["reads one parameter"]);
    assert_contains(&error(Operation::get("/{a}/{b}", one)), &["has 2"]);
    assert_contains(
        &error(Operation::get("/{other}", named)),
        &["`id`", "`other`"],
    );
    assert!(errors(&Registry::new("T", "1").operation(Operation::get("/{id}", named))).is_empty());
}

#[test]
fn path_parameters_have_one_name_across_methods() {
    let registry = Registry::new("T", "1")
        .operation(Operation::get("/{a}", one))
        .operation(Operation::put("/{b}", one).operation_id("put"));
    assert_contains(&errors(&registry)[0], &["use the same names"]);
    let below = Registry::new("T", "1")
        .operation(Operation::get("/{a}", one))
        .operation(Operation::get("/{b}/c", one).operation_id("below"));
    assert!(errors(&below).is_empty());
}

#[test]
fn bodies_are_checked() {
    assert_contains(&error(Operation::get("/", body)), &["a GET has no body"]);
    assert_contains(
        &error(Operation::post("/", bodies)),
        &["more than one argument"],
    );
}

#[test]
fn two_schemas_with_one_name_are_rejected() {
    let registry = Registry::new("T", "1")
        .operation(Operation::post("/a", body))
        .operation(Operation::post("/b", other_body));
    let all = errors(&registry);
    assert_contains(&all[0], &["Names", "elsewhere::Names"]);
}

#[test]
fn query_with_lists_of_objects_is_rejected() {
    assert_contains(&error(Operation::get("/", nested_query)), &["inner"]);
}

#[test]
fn authenticators_are_checked() {
    let text = error(Operation::get("/", nothing).authenticators(["unknown"]));
    assert_contains(&text, &["`unknown`", "none is declared"]);
    let twice = Registry::new("T", "1")
        .authenticator("key", HeaderApiKey::new("X-Key"))
        .authenticator("key", HeaderApiKey::new("X-Key"));
    assert_contains(&errors(&twice)[0], &["two authenticators"]);
}

#[test]
fn prefix_must_be_a_literal_path() {
    for (prefix, message) in [
        ("v1", "start with"),
        ("/v1/", "write `/v1`"),
        ("/{tenant}", "web::scope"),
        ("/", "leave it out"),
    ] {
        let registry = Registry::new("T", "1").prefix(prefix);
        let all = errors(&registry);
        assert!(!all.is_empty(), "{prefix}");
        assert_contains(&all[0], &["the registry", message]);
    }
}

#[test]
fn operation_at_the_path_of_the_docs_page_is_rejected() {
    let registry = Registry::new("T", "1").operation(Operation::get("/docs", nothing));
    assert_contains(&errors(&registry)[0], &["the docs page"]);
    assert!(errors(&registry.without_docs()).is_empty());
}

#[test]
fn document_path_must_be_literal() {
    for (path, message) in [
        ("/", "cannot be at `/`"),
        ("/x/", "write `/x`"),
        ("/{x}", "has parameters"),
        ("/{*x}", "has parameters"),
        ("x", "has to start with `/`"),
    ] {
        let registry = Registry::new("T", "1").prefix("/v1");
        let document = errors(&registry.clone().openapi_path(path));
        assert_eq!(document.len(), 1, "{document:?}");
        assert_contains(
            &document[0],
            &["the document in OpenAPI 3.1 (GET /v1", message],
        );
        let page = errors(&registry.docs_path(path));
        assert_eq!(page.len(), 1, "{page:?}");
        assert_contains(&page[0], &["the docs page (GET /v1", message]);
    }
    let one_place = Registry::new("T", "1").openapi_path("/a").docs_path("/a");
    assert_contains(&errors(&one_place)[0], &["the same requests"]);
}

#[test]
fn operation_below_the_docs_page_is_served_or_rejected() {
    let registry = Registry::new("T", "1")
        .operation(Operation::get("/docs/more", nothing))
        .operation(Operation::get("/docs/more/{id}", one))
        .operation(Operation::post("/docs/{*file}", nothing).operation_id("upload"));
    let client = support::client(&registry);
    assert_eq!(client.get("/docs/more").send().status(), 204);
    assert_eq!(client.get("/docs/more/1").send().status(), 204);
    assert_eq!(client.post("/docs/x").send().status(), 204);
    assert_eq!(client.get("/docs").send().status(), 200);
    assert_eq!(client.get("/docs/start.js").send().status(), 200);
    for template in ["/docs/", "/docs/{*file}", "/docs/{file}"] {
        let registry = Registry::new("T", "1").operation(Operation::get(template, nothing));
        assert_contains(&errors(&registry)[0], &["the docs page"]);
    }
}

#[test]
fn tag_is_declared_once() {
    let registry = Registry::new("T", "1")
        .tag(Tag::new("a"))
        .tag(Tag::new("b"))
        .tag(Tag::new("a"))
        .tag(Tag::new("a"));
    let all = errors(&registry);
    assert_eq!(all.len(), 1);
    assert_contains(&all[0], &["the tag `a` twice"]);
}

#[test]
fn head_and_options_are_served_already() {
    let head = Operation::new(actix_web::http::Method::HEAD, "/", nothing);
    assert_contains(&error(head), &["already"]);
}

#[test]
fn registry_without_operations_is_valid() {
    assert!(Registry::new("T", "1").build().is_ok());
}

#[test]
fn thousand_operations_are_built() {
    let mut registry = Registry::new("T", "1");
    for number in 0..1000 {
        registry = registry.operation(
            Operation::get(format!("/r{number}/{{id}}"), one).operation_id(format!("o{number}")),
        );
    }
    let router = support::router(&registry);
    assert_eq!(router.operations().count(), 1000);
}
