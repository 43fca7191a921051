//! Mistakes of a registry are found when it is built, all of them at once, each
//! naming the subject and the mend.

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

    /// Not the same as the other `Names`.
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
    inner: Names,
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
fn a_generic_schema_may_be_used_twice() {
    let registry = Registry::new("T", "1")
        .operation(Operation::post("/a", async |_: Json<Page<u8>>| NoContent).operation_id("a"))
        .operation(Operation::post("/b", async |_: Json<Page<bool>>| NoContent).operation_id("b"));
    let router = support::router(&registry);
    let schemas = &router.document().components.schemas;
    assert!(schemas.contains_key("PageOfuint8"));
    assert!(schemas.contains_key("PageOfboolean"));
}

#[test]
fn a_clash_of_generic_schemas_names_their_arguments() {
    let registry = Registry::new("T", "1")
        .operation(Operation::post("/a", async |_: Json<Shelf<u8>>| NoContent).operation_id("a"))
        .operation(Operation::post("/b", async |_: Json<Shelf<bool>>| NoContent).operation_id("b"));
    let all = errors(&registry);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_contains(&all[0], &["`Shelf`", "Shelf<u8>`", "Shelf<bool>`"]);
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let registry = Registry::new("T", "1")
        .tag(Tag::new("known"))
        .default_authenticators(["nobody"])
        .operation(Operation::get("a", nothing))
        .operation(Operation::get("/b", nothing).tag("unknown"))
        .operation(Operation::get("/c/{id}", two).operation_id("two"))
        .operation(Operation::get("/b", one).operation_id("again"));
    let all = errors(&registry).join("\n");
    assert_contains(
        &all,
        &[
            "no authenticator is named `nobody`",
            "has to start with `/`",
            "the tag `unknown`",
            "`Path<T>` reads 2 parameters",
            "the same operation id",
            "serves the same requests",
        ],
    );
}

#[test]
fn a_mistake_names_the_line_that_declares_it() {
    let text = error(Operation::get("a", nothing).source("src/routes.rs", 12));
    assert_contains(&text, &["`nothing`", "GET a", "src/routes.rs:12"]);
}

#[test]
fn templates_are_checked() {
    for (template, words) in [
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
            text.contains(words) || template == "/{a b}",
            "{template}: {text}"
        );
    }
}

#[test]
fn path_and_template_have_to_agree() {
    assert_contains(&error(Operation::get("/", one)), &["reads one parameter"]);
    assert_contains(&error(Operation::get("/{a}/{b}", one)), &["has 2"]);
    assert_contains(
        &error(Operation::get("/{other}", named)),
        &["`id`", "`other`"],
    );
    assert!(errors(&Registry::new("T", "1").operation(Operation::get("/{id}", named))).is_empty());
}

#[test]
fn parameters_of_one_path_have_one_name() {
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
fn two_schemas_of_one_name_are_refused() {
    let registry = Registry::new("T", "1")
        .operation(Operation::post("/a", body))
        .operation(Operation::post("/b", other_body));
    let all = errors(&registry);
    assert_contains(&all[0], &["Names", "elsewhere::Names"]);
}

#[test]
fn a_query_of_nested_objects_is_refused() {
    assert_contains(&error(Operation::get("/", nested_query)), &["inner"]);
}

#[test]
fn authenticators_are_checked() {
    let text = error(Operation::get("/", nothing).authenticators(["nobody"]));
    assert_contains(&text, &["`nobody`", "none is declared"]);
    let twice = Registry::new("T", "1")
        .authenticator("key", HeaderApiKey::new("X-Key"))
        .authenticator("key", HeaderApiKey::new("X-Key"));
    assert_contains(&errors(&twice)[0], &["two authenticators"]);
}

#[test]
fn a_prefix_is_literal() {
    for (prefix, words) in [
        ("v1", "start with"),
        ("/v1/", "write `/v1`"),
        ("/{tenant}", "web::scope"),
        ("/", "leave it out"),
    ] {
        let registry = Registry::new("T", "1").prefix(prefix);
        let all = errors(&registry);
        assert!(!all.is_empty(), "{prefix}");
        assert_contains(&all[0], &["the registry", words]);
    }
}

#[test]
fn an_operation_cannot_take_the_documents_place() {
    let registry = Registry::new("T", "1").operation(Operation::get("/docs", nothing));
    assert_contains(&errors(&registry)[0], &["the docs page"]);
    assert!(errors(&registry.without_docs()).is_empty());
}

#[test]
fn the_document_stands_at_a_literal_path() {
    for (path, words) in [
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
            &["the document in OpenAPI 3.1 (GET /v1", words],
        );
        let page = errors(&registry.docs_path(path));
        assert_eq!(page.len(), 1, "{page:?}");
        assert_contains(&page[0], &["the docs page (GET /v1", words]);
    }
    let one_place = Registry::new("T", "1").openapi_path("/a").docs_path("/a");
    assert_contains(&errors(&one_place)[0], &["the same requests"]);
}

#[test]
fn an_operation_below_the_docs_page_is_reached_or_reported() {
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
fn a_tag_is_declared_once() {
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
fn head_and_options_are_answered_already() {
    let head = Operation::new(actix_web::http::Method::HEAD, "/", nothing);
    assert_contains(&error(head), &["already"]);
}

#[test]
fn a_registry_without_operations_serves_its_document() {
    assert!(Registry::new("T", "1").build().is_ok());
}

#[test]
fn a_thousand_operations_are_built() {
    let mut registry = Registry::new("T", "1");
    for number in 0..1000 {
        registry = registry.operation(
            Operation::get(format!("/r{number}/{{id}}"), one).operation_id(format!("o{number}")),
        );
    }
    let router = support::router(&registry);
    assert_eq!(router.operations().count(), 1000);
}
