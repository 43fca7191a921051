//! Features of a registry beside its operations: default headers and media
//! types, typed response headers, extensions, examples, links, hidden
//! operations, servers.

use purlin_router::{
    Json, Operation, Registry,
    extract::{Headers, Path, Query},
    openapi::{ExternalDocs, Server, ServerVariable, Tag},
    reply::{Created, NoContent, WithHeaders},
    schema,
    schemas::Message,
};
use serde_json::{Value, json};

use crate::support::{client, document, errors};

async fn done() -> NoContent {
    NoContent
}

async fn hello() -> Json<Message> {
    Json(Message::new("Hello"))
}

/// Something to be done.
#[schema]
#[derive(Clone)]
struct Todo {
    id: u64,
    #[garde(length(max = 5))]
    title: String,
}

#[schema(request)]
struct Client {
    /// Who calls.
    #[serde(rename = "X-Client")]
    client: String,
}

#[schema(request)]
struct Trace {
    #[serde(rename = "X-Trace")]
    trace: u32,
}

#[schema(request)]
struct Page {
    limit: Option<u8>,
}

#[test]
fn default_headers_apply_unless_an_operation_has_its_own() {
    async fn list(_: Query<Page>) -> NoContent {
        NoContent
    }
    async fn traced(_: Headers<Trace>) -> NoContent {
        NoContent
    }
    let registry = Registry::new("T", "1")
        .default_headers::<Client>()
        .operation(Operation::get("/list", list))
        .operation(Operation::get("/traced", traced))
        .operation(Operation::get("/without", done).without_default_headers());
    let client = client(&registry);
    let status = |target: &str, name: &'static str| {
        client
            .get(target)
            .header(name, "7")
            .send()
            .status()
            .as_u16()
    };
    assert_eq!(
        (status("/list", "x-client"), status("/list", "x-trace")),
        (204, 400)
    );
    assert_eq!(
        (status("/traced", "x-trace"), status("/traced", "x-client")),
        (204, 400)
    );
    assert_eq!(status("/without", "x-other"), 204);
    let problem: Value = client.get("/list?limit=x").send().json();
    let violations: Vec<_> = problem["violations"].as_array().unwrap().iter().collect();
    assert_eq!(
        violations.len(),
        2,
        "the header and the query in one response: {problem}"
    );

    let document = document(&registry);
    let names = |path: &str| {
        let operation = &document["paths"][path]["get"];
        let parameters = operation["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let names = parameters
            .iter()
            .map(|p| p["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names("/list"), ["limit", "X-Client"]);
    assert_eq!(names("/traced"), ["X-Trace"]);
    assert!(names("/without").is_empty());
}

#[test]
fn json_replies_may_have_another_media_type() {
    let registry = Registry::new("T", "1")
        .default_media_type("application/vnd.api+json")
        .operation(Operation::get("/a", hello))
        .operation(
            Operation::get("/b", hello)
                .operation_id("b")
                .media_type("application/json"),
        );
    let client = client(&registry);
    let media_type = |target| {
        client
            .get(target)
            .send()
            .header("content-type")
            .map(ToOwned::to_owned)
    };
    assert_eq!(
        media_type("/a").as_deref(),
        Some("application/vnd.api+json")
    );
    assert_eq!(media_type("/b").as_deref(), Some("application/json"));
    let document = document(&registry);
    let content = &document["paths"]["/a"]["get"]["responses"]["200"]["content"];
    assert!(content["application/vnd.api+json"].is_object(), "{content}");
    for wrong in ["json", "a/b/c", "text/\u{e9}", "a b/c"] {
        let registry =
            Registry::new("T", "1").operation(Operation::get("/a", hello).media_type(wrong));
        assert!(
            errors(&registry)[0].contains("is not a media type"),
            "{wrong}"
        );
    }
}

#[test]
fn typed_headers_are_sent_and_documented() {
    #[schema(response)]
    struct Limits {
        /// How many requests are left.
        #[serde(rename = "X-Remaining")]
        remaining: u32,
        #[serde(rename = "X-Groups")]
        groups: Vec<String>,
        #[serde(rename = "Retry-After")]
        retry_after: Option<u32>,
    }
    async fn limited() -> WithHeaders<Created<Message>, Limits> {
        let limits = Limits {
            remaining: 41,
            groups: vec!["a".to_owned(), "b".to_owned()],
            retry_after: None,
        };
        WithHeaders(Created::new(Message::new("made")).location("/7"), limits)
    }
    async fn broken() -> WithHeaders<NoContent, Limits> {
        let limits = Limits {
            remaining: 0,
            groups: vec!["\n".to_owned()],
            retry_after: None,
        };
        WithHeaders(NoContent, limits)
    }
    let registry = Registry::new("T", "1")
        .operation(Operation::post("/limited", limited))
        .operation(Operation::post("/broken", broken));
    let client = client(&registry);
    let response = client.post("/limited").send();
    assert_eq!(response.header("x-remaining"), Some("41"));
    assert_eq!(response.header("x-groups"), Some("a, b"));
    assert_eq!(response.header("retry-after"), None);
    assert_eq!(response.header("location"), Some("/7"));
    assert_eq!(client.post("/broken").send().status(), 500);

    let document = document(&registry);
    let headers = &document["paths"]["/limited"]["post"]["responses"]["201"]["headers"];
    assert_eq!(
        headers["X-Remaining"]["description"],
        "How many requests are left."
    );
    assert_eq!(headers["X-Remaining"]["required"], true);
    assert_eq!(headers["X-Remaining"]["schema"]["type"], "integer");
    assert_eq!(headers["Retry-After"]["schema"]["type"], "integer");
    assert!(headers["Retry-After"].get("required").is_none());
    assert!(headers["Location"].is_object());
    assert!(document["components"]["schemas"].get("Limits").is_none());
}

#[test]
fn document_contains_servers_extensions_and_external_docs() {
    let server = Server::new("https://{region}.example.org")
        .variable("region", ServerVariable::new("eu").choices(["eu", "us"]));
    let tag = Tag::new("todos").external_docs(ExternalDocs::new("https://example.org/todos"));
    let registry = Registry::new("T", "1")
        .server(server)
        .tag(tag)
        .extension("x-audience", "partners")
        .external_docs(ExternalDocs::new("https://example.org"))
        .operation(
            Operation::get("/", hello)
                .tag("todos")
                .deprecated()
                .extension("x-cost", 5)
                .external_docs(ExternalDocs::new("https://example.org/hello"))
                .response_example(200, "usual", json!({"message": "Hello, Being!"})),
        );
    let document = document(&registry);
    assert_eq!(
        document["servers"][0]["variables"]["region"]["enum"],
        json!(["eu", "us"])
    );
    assert_eq!(
        document["tags"][0]["externalDocs"]["url"],
        "https://example.org/todos"
    );
    assert_eq!(document["x-audience"], "partners");
    assert_eq!(document["externalDocs"]["url"], "https://example.org");
    let operation = &document["paths"]["/"]["get"];
    assert_eq!(
        (&operation["x-cost"], &operation["deprecated"]),
        (&json!(5), &json!(true))
    );
    assert_eq!(
        operation["externalDocs"]["url"],
        "https://example.org/hello"
    );
    let content = &operation["responses"]["200"]["content"]["application/json"];
    assert_eq!(
        content["examples"]["usual"]["value"]["message"],
        "Hello, Being!"
    );
}

#[test]
fn examples_and_extensions_are_checked() {
    async fn add(todo: Json<Todo>) -> Json<Todo> {
        todo
    }
    let built = |operation: Operation| errors(&Registry::new("T", "1").operation(operation));
    let add = || Operation::post("/", add);
    let good = json!({"id": 1, "title": "rest"});
    let fine = add()
        .request_example("a", good.clone())
        .response_example(200, "b", good);
    assert!(built(fine).is_empty());
    let long = json!({"id": 1, "title": "too long"});
    let request = built(add().request_example("long", long.clone()));
    assert!(
        request[0].contains("the example `long` breaks its schema: `/title`"),
        "{request:?}"
    );
    let response = built(add().response_example(200, "long", long));
    assert!(response[0].contains("`/title`"), "{response:?}");
    assert!(built(add().response_example(404, "none", json!({})))[0].contains("404"));
    let no_body = Operation::get("/", hello).request_example("none", json!({}));
    assert!(built(no_body)[0].contains("the operation reads none"));
    assert!(built(add().extension("cost", 5))[0].contains("x-"));
    assert_eq!(
        errors(&Registry::new("T", "1").extension("cost", 5)).len(),
        1
    );
}

#[test]
fn created_response_links_to_operations_on_the_resource() {
    async fn add(todo: Json<Todo>) -> Created<Todo> {
        Created::new(todo.into_inner()).location("todos/1")
    }
    async fn one(_: Path<(String, u64)>) -> NoContent {
        NoContent
    }
    async fn other(_: Path<(String, String)>) -> NoContent {
        NoContent
    }
    async fn add_in(_: Path<String>, todo: Json<Todo>) -> Created<Todo> {
        add(todo).await
    }
    let registry = Registry::new("T", "1")
        .operation(Operation::post("/{owner}/todos", add_in))
        .operation(Operation::get("/{owner}/todos/{id}", one).operation_id("get_todo"))
        .operation(Operation::delete("/{owner}/todos/{id}", one).operation_id("delete_todo"))
        .operation(Operation::get("/{owner}/todos/by/{name}", other));
    let document = document(&registry);
    let response = &document["paths"]["/{owner}/todos"]["post"]["responses"]["201"];
    assert_eq!(
        response["links"],
        json!({
            "delete_todo": {
                "operationId": "delete_todo",
                "parameters": {"id": "$response.body#/id", "owner": "$request.path.owner"},
            },
            "get_todo": {
                "operationId": "get_todo",
                "parameters": {"id": "$response.body#/id", "owner": "$request.path.owner"},
            },
        })
    );
}

#[test]
fn hidden_operations_are_in_an_internal_document_alone() {
    async fn secret() -> Json<Todo> {
        Json(Todo {
            id: 1,
            title: "rest".to_owned(),
        })
    }
    let registry = Registry::new("T", "1")
        .operation(Operation::get("/", hello))
        .operation(Operation::get("/secret", secret).hidden());
    let public = document(&registry);
    assert!(public["paths"].get("/secret").is_none());
    assert!(
        public["components"]["schemas"].get("Todo").is_none(),
        "pruned"
    );
    let internal = document(&registry.clone().include_hidden());
    assert!(internal["paths"]["/secret"].is_object());
    assert!(internal["components"]["schemas"]["Todo"].is_object());
}

#[test]
fn each_version_has_its_own_document() {
    let v1 = Registry::new("T", "1.0.0").operation(Operation::get("/hello", hello));
    let v2 = v1
        .clone()
        .prefix("/v2")
        .operation(Operation::get("/more", done));
    let (v1, v2) = (document(&v1), document(&v2));
    assert_eq!(v1["paths"].as_object().unwrap().len(), 1);
    let paths: Vec<_> = v2["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/v2/hello", "/v2/more"]);
}
