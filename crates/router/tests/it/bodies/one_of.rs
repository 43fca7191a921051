//! Operations that read bodies of several media types.

use purlin_router::{
    Json, Operation, Registry,
    extract::{File, Form, Multipart, OneOf},
    openapi::Dialect,
    schema,
    testing::TestClient,
};
use serde_json::{Value, json};

use crate::support::{
    self, assert_contains,
    multipart::{BOUNDARY, Body},
};

#[schema]
struct Login {
    #[garde(length(min = 1))]
    name: String,
}

async fn same(login: OneOf<Json<Login>, Form<Login>, Multipart<Login>>) -> Json<Login> {
    Json(login.into_inner())
}

#[schema(request)]
struct Address {
    address: String,
}

#[schema(request)]
struct Upload {
    picture: File,
}

async fn different(picture: OneOf<Json<Address>, Multipart<Upload>>) -> Json<String> {
    Json(match picture {
        OneOf::First(Json(address)) => address.address,
        OneOf::Second(Multipart(upload)) => format!("{} bytes", upload.picture.size()),
    })
}

fn registry() -> Registry {
    Registry::new("Logins", "1")
        .operation(Operation::post("/same", same).request_example("ada", json!({"name": "ada"})))
        .operation(
            Operation::post("/different", different)
                .request_example("link", json!({"address": "https://example.com"})),
        )
}

fn post(
    client: &TestClient,
    path: &str,
    media_type: &str,
    body: impl Into<Vec<u8>>,
) -> (u16, Value) {
    let call = client.post(path).header("content-type", media_type);
    let response = call.body(body.into()).send();
    (response.status().as_u16(), response.json())
}

#[test]
fn media_type_decides_how_the_body_is_read() {
    let client = support::client(&registry());
    let parts = format!("multipart/form-data; boundary={BOUNDARY}");
    let ada = (200, json!({"name": "ada"}));
    let json = r#"{"name": "ada"}"#;
    assert_eq!(post(&client, "/same", "application/json", json), ada);
    assert_eq!(
        post(
            &client,
            "/same",
            "application/vnd.api+json; charset=utf-8",
            json
        ),
        ada
    );
    assert_eq!(
        post(
            &client,
            "/same",
            "Application/X-WWW-Form-Urlencoded",
            "name=ada"
        ),
        ada
    );
    let body = Body::new().text("name", "ada").end();
    assert_eq!(post(&client, "/same", &parts, body), ada);

    let link = post(
        &client,
        "/different",
        "application/json",
        r#"{"address": "x"}"#,
    );
    assert_eq!(link, (200, json!("x")));
    let body = Body::new().file("picture", "a", "image/png", "12345").end();
    assert_eq!(
        post(&client, "/different", &parts, body),
        (200, json!("5 bytes"))
    );
}

#[schema]
#[derive(Debug)]
struct Nullable {
    n: Option<u8>,
    colour: Option<Colour>,
    #[serde(default)]
    tags: Vec<String>,
}

#[schema]
#[derive(Debug)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
}

async fn nullable(body: OneOf<Json<Nullable>, Form<Nullable>>) -> Json<Nullable> {
    Json(body.into_inner())
}

#[test]
fn null_is_documented_for_json_and_not_for_forms() {
    let registry = Registry::new("T", "1").operation(Operation::post("/", nullable));
    let document = support::document(&registry);
    let content = &document["paths"]["/"]["post"]["requestBody"]["content"];
    assert_eq!(
        content["application/json"]["schema"]["$ref"],
        "#/components/schemas/NullableInput"
    );
    let json = &document["components"]["schemas"]["NullableInput"]["properties"];
    assert_eq!(json["n"]["type"], json!(["integer", "null"]));
    let form = &content["application/x-www-form-urlencoded"]["schema"]["properties"];
    assert_eq!(form["n"]["type"], "integer");
    assert_eq!(form["colour"]["$ref"], "#/components/schemas/Colour");

    let client = support::client(&registry);
    let read = json!({"n": null, "colour": "red", "tags": []});
    let json = r#"{"n": null, "colour": "red"}"#;
    assert_eq!(
        post(&client, "/", "application/json", json),
        (200, read.clone())
    );
    let form = "application/x-www-form-urlencoded";
    assert_eq!(post(&client, "/", form, "n=&colour=red"), (200, read));
    assert_eq!(post(&client, "/", form, "n=null").0, 400);
}

#[test]
fn violations_are_those_of_the_media_type_that_was_sent() {
    let client = support::client(&registry());
    for (media_type, body) in [
        ("application/json", r#"{"name": ""}"#),
        ("application/x-www-form-urlencoded", "name="),
    ] {
        let (status, problem) = post(&client, "/same", media_type, body);
        assert_eq!(status, 400);
        assert_eq!(problem["violations"][0]["pointer"], "/name", "{media_type}");
    }
    let (status, _) = post(
        &client,
        "/different",
        "application/json",
        r#"{"picture": "x"}"#,
    );
    assert_eq!(status, 400);
}

#[test]
fn other_media_type_is_a_415_that_names_all() {
    let client = support::client(&registry());
    let all = "`application/json`, `application/x-www-form-urlencoded` or `multipart/form-data`";
    let (status, problem) = post(&client, "/same", "text/plain", "name=ada");
    assert_eq!(status, 415);
    assert_contains(problem["detail"].as_str().unwrap(), &["`text/plain`", all]);
    let response = client.post("/same").body("name=ada").send();
    assert_eq!(response.status(), 415);
    assert_contains(&response.text(), &["no Content-Type", all]);
    let (status, problem) = post(
        &client,
        "/different",
        "application/x-www-form-urlencoded",
        "a=b",
    );
    assert_eq!(status, 415);
    let detail = problem["detail"].as_str().unwrap();
    assert_contains(detail, &["`application/json` or `multipart/form-data`"]);
    let call = client
        .post("/same")
        .header("content-type", "application/json");
    let call = call.header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(call.body("name=ada").send().status(), 415);
}

#[test]
fn each_media_type_is_documented_with_its_schema() {
    let registry = registry();
    for dialect in [Dialect::V3_1, Dialect::V3_0] {
        let document = support::document_in(&registry, dialect);
        let body = &document["paths"]["/same"]["post"]["requestBody"];
        assert_eq!(body["required"], true);
        let content = body["content"].as_object().unwrap();
        let names: Vec<_> = content.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "application/json",
                "application/x-www-form-urlencoded",
                "multipart/form-data"
            ]
        );
        for (name, media_type) in content {
            assert_eq!(
                media_type["schema"]["$ref"], "#/components/schemas/Login",
                "{name}"
            );
            assert_eq!(
                media_type["examples"]["ada"]["value"]["name"], "ada",
                "{name}"
            );
        }
        let responses = &document["paths"]["/same"]["post"]["responses"];
        assert_eq!(
            responses["415"]["description"],
            "The body is neither `application/json`, `application/x-www-form-urlencoded` nor `multipart/form-data`."
        );

        let content = &document["paths"]["/different"]["post"]["requestBody"]["content"];
        let schema = |name: &str| &content[name]["schema"]["$ref"];
        assert_eq!(schema("application/json"), "#/components/schemas/Address");
        assert_eq!(schema("multipart/form-data"), "#/components/schemas/Upload");
        // An example is shown where it is one.
        assert!(content["application/json"]["examples"]["link"].is_object());
        assert_eq!(content["multipart/form-data"].get("examples"), None);
    }
    // Swagger 2.0 has one kind of body an operation: not that of forms.
    let oldest = support::document_in(&registry, Dialect::V2_0);
    let operation = &oldest["paths"]["/different"]["post"];
    assert_eq!(operation["consumes"], json!(["application/json"]));
    assert_eq!(operation["parameters"][0]["in"], "body");
}

async fn twice(body: OneOf<Json<Login>, Json<Address>>) -> Json<bool> {
    Json(matches!(body, OneOf::First(_)))
}

async fn with_files_as_json(body: OneOf<Json<Upload>, Multipart<Upload>>) -> Json<u64> {
    Json(body.into_inner().picture.size())
}

#[test]
fn alternatives_that_cannot_be_read_are_errors_of_the_registry() {
    let error = support::error(Operation::post("/", twice));
    assert_contains(&error, &["twice", "`application/json`", "only the first"]);
    let error = support::error(Operation::post("/", with_files_as_json));
    assert_contains(&error, &["multipart/form-data"]);
    let error = support::error(Operation::get("/", same));
    assert_contains(&error, &["GET has no body"]);
    let bad = Operation::post("/", different).request_example("neither", json!({"a": 1}));
    assert_contains(&support::error(bad), &["neither", "breaks its schema"]);
}
