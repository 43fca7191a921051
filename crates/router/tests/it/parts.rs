//! Objects that consist of several types, in each place they are read from, and types without a value.

use purlin_router::{
    Json, Operation, Registry,
    extract::{Form, Multipart, Query},
    reply::NoContent,
    schema,
    schemas::{JsonSchema, Schema},
    testing::TestClient,
};
use serde_json::{Value, json};

use crate::support::{
    assert_contains, document, document_in, error, errors,
    multipart::{Body, send, send_as},
};

#[schema]
#[derive(Debug)]
struct Geo {
    x: u8,
    y: u8,
}

#[schema]
#[derive(Debug)]
struct Thing {
    name: String,
    #[serde(flatten)]
    geo: Option<Geo>,
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Returns the pointers and codes of the violations in a problem.
fn found(problem: &Value) -> Value {
    let all = problem["violations"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let pairs = all.iter().map(|one| json!([one["pointer"], one["code"]]));
    pairs.collect()
}

#[test]
fn half_of_a_flattened_option_is_rejected_wherever_it_is_read() {
    async fn query(thing: Query<Thing>) -> Json<Thing> {
        Json(thing.into_inner())
    }
    async fn form(thing: Form<Thing>) -> Json<Thing> {
        Json(thing.into_inner())
    }
    async fn multipart(thing: Multipart<Thing>) -> Json<Thing> {
        Json(thing.into_inner())
    }
    async fn body(thing: Json<Thing>) -> Json<Thing> {
        thing
    }
    let whole = json!({"name": "a", "x": 1, "y": 2});
    let registry = Registry::new("T", "1").operation(Operation::get("/query", query));
    let client = TestClient::new(&registry.build().unwrap());
    assert_eq!(
        client.get("/query?name=a&x=1&y=2").send().json::<Value>(),
        whole
    );
    assert_eq!(client.get("/query?name=a").send().status(), 200);
    let half = client.get("/query?name=a&x=1").send();
    assert_eq!(half.status(), 400);
    assert_eq!(found(&half.json()), json!([["/y", "required"]]));

    let send_form = |text: &str| send_as(Operation::post("/", form), FORM, text.into());
    assert_eq!(send_form("name=a&x=1&y=2").json::<Value>(), whole);
    assert_eq!(send_form("name=a").status(), 200);
    assert_eq!(
        found(&send_form("name=a&y=1").json()),
        json!([["/x", "required"]])
    );

    let send_parts = |body: Body| send(Operation::post("/", multipart), body.end());
    let body_of = || Body::new().text("name", "a").text("x", "1");
    assert_eq!(send_parts(body_of().text("y", "2")).json::<Value>(), whole);
    assert_eq!(
        found(&send_parts(body_of()).json()),
        json!([["/y", "required"]])
    );

    let send_json =
        |text: &str| send_as(Operation::post("/", body), "application/json", text.into());
    assert_eq!(
        found(&send_json(r#"{"name": "a", "y": 1}"#).json()),
        json!([["/x", "required"]])
    );
}

#[schema]
#[derive(Debug)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Kind {
    Size { least: u8 },
    Name { prefix: String },
    All,
}

#[schema]
#[derive(Debug)]
#[serde(untagged)]
enum By {
    Id { id: u8 },
    Mail { mail: String },
}

#[schema]
#[derive(Debug)]
struct Filter {
    page: Option<u8>,
    #[serde(flatten)]
    kind: Kind,
    #[serde(flatten)]
    by: By,
}

/// Parameters cannot state which of them go together, so the document states all of them.
#[test]
fn flattened_enums_of_a_query_are_documented_and_read() {
    async fn query(filter: Query<Filter>) -> Json<Filter> {
        Json(filter.into_inner())
    }
    let registry = Registry::new("T", "1").operation(Operation::get("/", query));
    let document = document(&registry);
    let parameters = document["paths"]["/"]["get"]["parameters"].as_array();
    let stated: Vec<Value> = parameters
        .unwrap()
        .iter()
        .map(|one| json!([one["name"], one["required"] == true, one["schema"]["enum"]]))
        .collect();
    assert_eq!(
        stated,
        [
            json!(["id", false, null]),
            json!(["kind", true, ["size", "name", "all"]]),
            json!(["least", false, null]),
            json!(["mail", false, null]),
            json!(["page", false, null]),
            json!(["prefix", false, null]),
        ]
    );
    let client = TestClient::new(&registry.build().unwrap());
    let read = |query: &str| client.get(&format!("/?{query}")).send();
    assert_eq!(
        read("kind=size&least=3&id=1").json::<Value>(),
        json!({"page": null, "kind": "size", "least": 3, "id": 1})
    );
    assert_eq!(
        read("mail=a&kind=all&page=2").json::<Value>(),
        json!({"page": 2, "kind": "all", "mail": "a"})
    );
    for rejected in [
        "kind=size&id=1",
        "kind=all&least=3&id=1",
        "kind=all",
        "kind=all&id=1&mail=a",
        "kind=all&id=1&other=2",
        "kind=other&id=1",
    ] {
        assert_eq!(read(rejected).status(), 400, "{rejected}");
    }
}

#[test]
fn older_dialects_allow_more_and_never_less() {
    async fn body(_: Json<Thing>) -> NoContent {
        NoContent
    }
    async fn filter(_: Json<Filter>) -> NoContent {
        NoContent
    }
    let registry = Registry::new("T", "1")
        .operation(Operation::post("/thing", body))
        .operation(Operation::post("/filter", filter));
    let older = document_in(&registry, purlin_router::openapi::Dialect::V3_0);
    let thing = &older["components"]["schemas"]["Thing"];
    assert_eq!(thing["required"], json!(["name"]));
    assert_eq!(thing["additionalProperties"], json!(false));
    assert_eq!(thing["dependentRequired"], Value::Null);
    let filter = &older["components"]["schemas"]["Filter"];
    let alternatives = filter["anyOf"].as_array().unwrap();
    for alternative in alternatives {
        assert_ne!(alternative["additionalProperties"], json!(false));
        assert_eq!(alternative["unevaluatedProperties"], Value::Null);
    }
}

#[schema]
struct Page {
    limit: u8,
    total: u8,
}

#[schema]
struct Users {
    limit: u8,
    #[serde(flatten)]
    page: Page,
}

#[test]
fn name_twice_is_an_error_that_names_both_and_the_remedy() {
    async fn read(_: Json<Users>) -> NoContent {
        NoContent
    }
    async fn write() -> Json<Users> {
        Json(Users {
            limit: 1,
            page: Page { limit: 1, total: 1 },
        })
    }
    let message = error(Operation::post("/", read));
    let parts = ["POST /", "`limit`", "Users`", "Page`", "rename"];
    assert_contains(&message, &parts);
    assert_contains(
        &error(Operation::get("/", write)),
        &["GET /", "`limit`", "Page`"],
    );
}

#[test]
fn type_that_requires_itself_is_an_error() {
    #[schema(request)]
    struct Node {
        value: u8,
        next: Box<Link>,
    }
    #[schema(request)]
    struct Link {
        node: Node,
    }
    async fn read(_: Json<Node>) -> NoContent {
        NoContent
    }
    assert_contains(
        &error(Operation::post("/", read)),
        &[
            "POST /",
            "Node`",
            "requires itself",
            "`/next/node`",
            "Option",
        ],
    );
}

#[test]
fn rules_that_contradict_each_other_are_an_error() {
    #[schema(request)]
    struct Range {
        #[schemars(extend("minLength" = 5, "maxLength" = 3))]
        text: String,
    }
    async fn read(_: Query<Range>) -> NoContent {
        NoContent
    }
    assert_contains(
        &error(Operation::get("/", read)),
        &["GET /", "Range`", "`/text`", "contradict"],
    );
}

/// A handwritten schema of other values than serde reads.
#[test]
fn document_of_values_that_cannot_be_read_is_an_error() {
    #[derive(serde::Deserialize, JsonSchema)]
    #[schemars(crate = "purlin_router::schemas::schemars")]
    #[allow(dead_code, reason = "read by serde alone")]
    struct ByHand {
        #[schemars(rename = "nome")]
        name: String,
    }
    impl Schema for ByHand {}
    #[schema(request)]
    struct Outer {
        inner: ByHand,
    }
    async fn read(_: Json<Outer>) -> NoContent {
        NoContent
    }
    assert_contains(
        &error(Operation::post("/", read)),
        &["POST /", "Outer`", "`/inner/name`", "required"],
    );
}

/// Rules that only the program knows, and rules for which no example can be made up.
#[test]
fn types_whose_values_cannot_be_made_up_are_no_errors() {
    fn never(_: &str, _: &()) -> Result<(), &'static str> {
        Err("never")
    }
    #[schema(request)]
    struct Custom {
        #[garde(custom(never))]
        name: String,
    }
    #[schema(request)]
    #[serde(try_from = "String")]
    struct Converted;
    impl TryFrom<String> for Converted {
        type Error = &'static str;

        fn try_from(_: String) -> Result<Self, Self::Error> {
            Err("never")
        }
    }
    #[schema(request)]
    struct Pattern {
        #[garde(pattern("^(a|b)c[0-9]{3}(x|y)?$"), length(min = 5, max = 5))]
        code: String,
        converted: Converted,
    }
    #[schema(request)]
    struct Keys {
        name: String,
        #[serde(flatten)]
        more: std::collections::BTreeMap<std::net::IpAddr, u8>,
    }
    async fn custom(_: Json<Custom>) -> NoContent {
        NoContent
    }
    async fn pattern(_: Json<Pattern>) -> NoContent {
        NoContent
    }
    async fn keys(_: Json<Keys>) -> NoContent {
        NoContent
    }
    let registry = Registry::new("T", "1")
        .operation(Operation::post("/custom", custom))
        .operation(Operation::post("/pattern", pattern))
        .operation(Operation::post("/keys", keys));
    assert_eq!(errors(&registry), [""; 0]);
}
