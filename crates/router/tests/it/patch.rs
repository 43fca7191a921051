//! Partial updates, and fields that only requests or only responses have.

use purlin_router::{
    Json, Registry,
    extract::Query,
    get, patch, post,
    reply::Created,
    schema,
    schemas::{Patch, ReadOnly, WriteOnly},
    testing::TestClient,
};
use serde_json::{Value, json};

use crate::support;

/// A user with an account.
#[schema(partial = UpdateUser)]
struct User {
    id: ReadOnly<u64>,
    name: String,
    nick: Option<String>,
    #[garde(length(min = 8))]
    password: WriteOnly<String>,
}

#[schema(request)]
struct Filter {
    nick: Patch<String>,
}

#[post("/users")]
async fn create_user(user: Json<User>) -> Created<User> {
    let mut user = user.into_inner();
    user.id.set(user.password.len() as u64);
    Created::new(user)
}

#[patch("/users/1")]
async fn update_user(change: Json<UpdateUser>) -> Json<User> {
    let change = change.into_inner();
    let mut user = User {
        id: ReadOnly::new(1),
        name: change.name.unwrap_or_else(|| "ada".to_owned()),
        nick: Some("a".to_owned()),
        password: change.password.unwrap_or_default(),
    };
    change.nick.apply_to(&mut user.nick);
    Json(user)
}

#[get("/users")]
async fn filtered(filter: Query<Filter>) -> Json<Option<String>> {
    Json(filter.into_inner().nick.value().cloned())
}

fn client() -> (TestClient, Value) {
    let registry = Registry::new("T", "1")
        .operation(create_user)
        .operation(update_user)
        .operation(filtered);
    let api = support::router(&registry);
    let document = serde_json::from_str(api.openapi_json()).unwrap();
    (TestClient::new(&api), document)
}

#[test]
fn read_only_and_write_only_fields_are_in_one_direction_alone() {
    let (client, document) = client();
    let user = json!({"name": "ada", "password": "difference"});
    let response = client.post("/users").json(&user).send();
    assert_eq!(response.status(), 201);
    let expected = json!({"id": 10, "name": "ada", "nick": null});
    assert_eq!(response.json::<Value>(), expected);
    let user = json!({"id": 3, "name": "ada", "password": "difference"});
    assert_eq!(client.post("/users").json(&user).send().status(), 400);

    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["User"]["properties"]["id"]["readOnly"], true);
    assert!(schemas["User"]["properties"].get("password").is_none());
    let input = &schemas["UserInput"]["properties"];
    assert_eq!(input["password"]["writeOnly"], true);
    assert!(input.get("id").is_none());
}

#[test]
fn patch_distinguishes_absent_from_null() {
    let (client, document) = client();
    for (change, nick) in [
        (json!({}), json!("a")),
        (json!({"nick": null}), Value::Null),
        (json!({"nick": "b"}), json!("b")),
    ] {
        let response = client.patch("/users/1").json(&change).send();
        assert_eq!(response.json::<Value>()["nick"], nick, "{change}");
    }
    for wrong in [
        json!({"name": null}),
        json!({"id": 1}),
        json!({"password": "short"}),
    ] {
        let response = client.patch("/users/1").json(&wrong).send();
        assert_eq!(response.status(), 400, "{wrong}");
    }
    let schema = &document["components"]["schemas"]["UpdateUser"];
    assert!(schema.get("required").is_none());
    assert_eq!(schema["properties"]["password"]["minLength"], 8);
}

#[test]
fn patch_in_a_query_is_absent_or_has_a_value() {
    let (client, _) = client();
    assert_eq!(client.get("/users").send().json::<Value>(), Value::Null);
    assert_eq!(client.get("/users?nick=b").send().json::<Value>(), "b");
}
