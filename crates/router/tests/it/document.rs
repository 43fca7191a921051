//! The document is generated from the types of the handlers, and served as it was built.

use std::{env, fs, path::Path as FilePath};

use purlin_router::{
    ApiError, Json, Operation, Registry,
    auth::HeaderApiKey,
    delete,
    error::ErrorStyle,
    extract::{Headers, Path, Query},
    get,
    openapi::{Dialect, Tag},
    patch, post, put,
    reply::{Accepted, Created, NoContent},
    schema,
    schemas::CommaSeparated,
    testing::TestClient,
};
use serde_json::Value;

use crate::support;

/// Something to be done.
#[schema]
struct Todo {
    /// What is to be done.
    #[garde(length(min = 1, max = 200))]
    title: String,
    done: bool,
    priority: Option<Priority>,
    /// What has to be done first.
    #[serde(default)]
    after: Vec<Todo>,
}

/// How soon.
#[schema]
#[serde(rename_all = "snake_case")]
enum Priority {
    Low,
    High,
}

/// Which todos to list.
#[schema(request)]
struct Filter {
    /// How many at most.
    #[garde(range(min = 1, max = 100))]
    limit: Option<u32>,
    tag: Option<Vec<String>>,
    ids: Option<CommaSeparated<u64>>,
    done: bool,
}

#[schema(request)]
struct Client {
    /// Which client asks.
    #[serde(rename = "X-Client")]
    client: String,
}

#[schema(request)]
struct TodoPath {
    list: String,
    /// The number of the todo.
    id: u64,
}

#[derive(Debug, thiserror::Error, ApiError)]
enum TodoError {
    /// There is no such todo.
    #[error("todo {0} does not exist")]
    #[status(404)]
    NotFound(u64),
}

/// List todos.
///
/// Newest first.
/// Done ones only when asked for.
#[get("/lists/{list}/todos", tags = ["todos"])]
async fn list_todos(_: Path<String>, _: Query<Filter>, _: Headers<Client>) -> Json<Vec<Todo>> {
    Json(Vec::new())
}

/// Add a todo.
#[post("/lists/{list}/todos", tags = ["todos"], authenticators = ["apiKey"])]
async fn add_todo(_: Path<String>, todo: Json<Todo>) -> Result<Created<Todo>, TodoError> {
    Ok(Created::new(todo.into_inner()))
}

/// Read a todo.
#[get("/lists/{list}/todos/{id}", tags = ["todos"])]
async fn get_todo(path: Path<TodoPath>) -> Result<Json<Todo>, TodoError> {
    Err(TodoError::NotFound(path.id))
}

#[put("/lists/{list}/todos/{id}", operation_id = "replaceTodo", deprecated)]
async fn put_todo(_: Path<(String, u64)>, _: Json<Todo>) -> NoContent {
    NoContent
}

#[patch(
    "/lists/{list}",
    summary = "Rename a list",
    description = "It keeps its todos."
)]
async fn rename(_: Path<String>, name: Json<String>) -> Accepted<String> {
    Accepted(name.into_inner())
}

#[delete("/files/{*path}")]
async fn drop_file(_: Path<String>) -> NoContent {
    NoContent
}

#[get("/secret", hidden)]
async fn secret() -> NoContent {
    NoContent
}

fn registry() -> Registry {
    Registry::new("Todos", "1.2.3")
        .description("What is to be done.")
        .tag(Tag::new("todos"))
        .authenticator("apiKey", HeaderApiKey::new("X-Key").key("ada", "s3cret"))
        .operation(list_todos)
        .operation(add_todo)
        .operation(get_todo)
        .operation(put_todo)
        .operation(rename)
        .operation(drop_file)
        .operation(secret)
}

/// Compares a document with a golden file; `UPDATE_GOLDEN=1` rewrites it.
fn golden(name: &str, found: &str) {
    let path = FilePath::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(&path, found).expect("the golden file is written");
    }
    let expected = fs::read_to_string(&path).expect("the golden file is there");
    assert_eq!(
        found, expected,
        "{name}: run with UPDATE_GOLDEN=1 and read the difference"
    );
}

#[test]
fn whole_document() {
    golden(
        "todos.openapi.json",
        support::router(&registry()).openapi_json(),
    );
}

#[test]
fn whole_document_in_the_rebar_style() {
    let registry = registry().error_style(ErrorStyle::Rebar).prefix("/v2");
    golden(
        "todos.rebar.openapi.json",
        support::router(&registry).openapi_json(),
    );
}

#[test]
fn hidden_operations_are_served_but_not_documented() {
    let api = support::router(&registry());
    assert!(!api.openapi_json().contains("/secret"));
    assert_eq!(TestClient::new(&api).get("/secret").send().status(), 204);
}

#[test]
fn document_is_served_as_it_was_built() {
    let api = support::router(&registry());
    let client = TestClient::new(&api);
    let response = client.get("/openapi.json").send();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.text(), api.openapi_json());
    let etag = response.header("etag").expect("an ETag").to_owned();
    let again = client
        .get("/openapi.json")
        .header("if-none-match", etag)
        .send();
    assert_eq!(
        (again.status().as_u16(), again.bytes()),
        (304, b"".as_slice())
    );
    let gzip = client
        .get("/openapi.json")
        .header("accept-encoding", "gzip")
        .send();
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert!(gzip.bytes().len() < response.bytes().len());
}

#[test]
fn docs_page_links_to_its_files_relatively() {
    let client = support::client(&registry().prefix("/v2"));
    let page = client.get("/v2/docs").send();
    assert_eq!(page.status(), 200);
    let text = page.text();
    assert!(!text.contains("=\"/") && !text.contains("http"), "{text}");
    assert!(page.header("content-security-policy").is_some());
    assert_eq!(client.get("/v2/docs/swagger-ui.css").send().status(), 200);
    assert_eq!(client.get("/v2/docs/nope.js").send().status(), 404);
    // The page with a trailing slash refers to the files beside it.
    let slashed = client.get("/v2/docs/").send();
    assert_eq!(slashed.status(), 200);
    assert!(slashed.text().contains("\"./swagger-ui.css\""));
    assert!(slashed.text().contains("data-openapi=\"../openapi.json\""));
    assert_eq!(client.get("/v2/swagger/ui").send().status(), 200);
}

#[test]
fn each_dialect_is_served_at_its_own_path() {
    let client = support::client(&registry());
    for (path, member, version) in [
        ("/openapi.json", "openapi", "3.1.1"),
        ("/openapi-3.0.json", "openapi", "3.0.4"),
        ("/swagger", "swagger", "2.0"),
    ] {
        let document: Value = client.get(path).send().json();
        assert_eq!(document[member], version, "{path}");
    }
    let nested = registry().document_path(Dialect::V3_0, "/a/b.json");
    let client = support::client(&nested);
    let document: Value = client.get("/a/b.json").send().json();
    assert_eq!(
        document["servers"][0]["url"], "..",
        "relative to the path of the document"
    );
    assert_eq!(client.get("/openapi-3.0.json").send().status(), 404);
}

#[test]
fn document_paths_may_be_changed_or_removed() {
    let moved = registry().openapi_path("/swagger").docs_path("/swagger/ui");
    let client = support::client(&moved);
    let document: Value = client.get("/swagger").send().json();
    assert_eq!(
        document["openapi"], "3.1.1",
        "the default document at this path is replaced"
    );
    assert_eq!(client.get("/swagger/ui").send().status(), 200);
    assert_eq!(client.get("/docs").send().status(), 404);
    let client = support::client(&registry().without_document(Dialect::V3_1));
    assert_eq!(client.get("/openapi.json").send().status(), 404);
    assert!(
        client
            .get("/docs")
            .send()
            .text()
            .contains("\"openapi-3.0.json\"")
    );
    let none = support::client(&registry().without_openapi());
    assert_eq!(none.get("/openapi.json").send().status(), 404);
    assert_eq!(none.get("/docs").send().status(), 404);
    let no_page = support::client(&registry().without_docs());
    assert_eq!(no_page.get("/openapi.json").send().status(), 200);
    assert_eq!(no_page.get("/docs").send().status(), 404);
}

#[test]
fn schema_that_differs_by_direction_has_two_names() {
    let document = support::document(&registry());
    let schemas = &document["components"]["schemas"];
    // `after` may be left out of a request, and is always present in a response.
    assert!(schemas["Todo"].is_object() && schemas["TodoInput"].is_object());
    assert_eq!(
        schemas["TodoInput"]["properties"]["after"]["items"]["$ref"],
        "#/components/schemas/TodoInput"
    );
    assert!(schemas.get("PriorityInput").is_none());
}

#[test]
fn function_may_serve_several_operations() {
    async fn same() -> NoContent {
        NoContent
    }
    let registry = Registry::new("T", "1")
        .operation(Operation::get("/a", same))
        .operation(Operation::get("/b", same).operation_id("other"));
    let operations = support::router(&registry);
    assert_eq!(operations.operations().count(), 2);
}

#[test]
fn required_list_in_a_query_has_min_items_1() {
    /// Numbers.
    #[schema(request)]
    struct Ids(Vec<u64>);

    #[schema(request)]
    struct Lists {
        required: Vec<u32>,
        named: Ids,
        #[garde(length(min = 2))]
        longer: Vec<u32>,
        optional: Option<Vec<u32>>,
        comma: CommaSeparated<u32>,
    }
    async fn list(_: Query<Lists>) -> NoContent {
        NoContent
    }
    let registry = Registry::new("T", "1").operation(Operation::get("/", list));
    let document = support::document(&registry);
    let least: Vec<(&str, &Value)> = document["paths"]["/"]["get"]["parameters"]
        .as_array()
        .expect("parameters")
        .iter()
        .map(|p| {
            (
                p["name"].as_str().expect("a name"),
                &p["schema"]["minItems"],
            )
        })
        .collect();
    assert_eq!(
        least,
        [
            ("comma", &Value::Null),
            ("longer", &2.into()),
            ("named", &1.into()),
            ("optional", &Value::Null),
            ("required", &1.into()),
        ]
    );
    let client = support::client(&registry);
    let without = client.get("/?named=1&longer=1&longer=2&comma=1").send();
    assert_eq!(without.status(), 400);
}
