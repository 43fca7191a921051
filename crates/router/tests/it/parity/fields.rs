//! Lists in text, and schemas whose fields are all optional.
//!
//! Absent on purpose: `QueryParamList` outside of queries, which is a 500
//! in the original; here it is a list like any other.

use purlin_router::{
    Json, Operation, extract::Query, reply::NoContent, schema, schemas::CommaSeparated,
};
use serde_json::{Value, json};

use super::{assert_response, client, document, invalid_query, only, post, rebar, swagger};

#[schema(request)]
struct Lists {
    comma: Option<CommaSeparated<i64>>,
    many: Option<Vec<i64>>,
}

async fn lists(lists: Query<Lists>) -> Json<(Vec<i64>, Vec<i64>)> {
    let lists = lists.into_inner();
    let comma = lists.comma.unwrap_or_default().0;
    Json((comma, lists.many.unwrap_or_default()))
}

/// kept: `CommaSeparatedList` reads `a,b`.
#[test]
fn comma_separated_list_is_read() {
    let client = only(Operation::get("/", lists));
    assert_response(&client.get("/?comma=1,2").send(), 200, &json!([[1, 2], []]));
    assert_response(
        &client.get("/?comma=1%2C2").send(),
        200,
        &json!([[1, 2], []]),
    );
}

/// kept: items are identified by their index.
#[test]
fn items_between_commas_are_identified_by_index() {
    let client = only(Operation::get("/", lists));
    let expected = invalid_query(&json!({"comma": {"1": "Not a valid integer."}}));
    assert_response(&client.get("/?comma=1,x").send(), 400, &expected);
}

/// corrected: an empty text is an empty list, and not a list of one empty
/// text.
#[test]
fn empty_text_is_an_empty_list() {
    let client = only(Operation::get("/", lists));
    assert_response(&client.get("/?comma=").send(), 200, &json!([[], []]));
}

/// corrected: a list with commas is an array in bodies, both ways, as the
/// document says; the original writes text.
#[test]
fn comma_separated_list_is_an_array_in_bodies() {
    #[schema]
    struct Body {
        comma: CommaSeparated<i64>,
    }
    async fn echo(body: Json<Body>) -> Json<Body> {
        body
    }
    let client = only(Operation::post("/", echo));
    let body = json!({"comma": [1, 2]});
    assert_response(&post(&client, &body.to_string()), 200, &body);
    assert_eq!(post(&client, r#"{"comma": "1,2"}"#).status(), 400);
}

/// kept: `QueryParamList` reads `?many=1&many=2`.
#[test]
fn repeated_parameter_is_a_list() {
    let client = only(Operation::get("/", lists));
    assert_response(
        &client.get("/?many=1&many=2").send(),
        200,
        &json!([[], [1, 2]]),
    );
    let expected = invalid_query(&json!({"many": {"1": "Not a valid integer."}}));
    assert_response(&client.get("/?many=1&many=x").send(), 400, &expected);
}

/// kept: `csv` and `multi` in Swagger 2.0, `explode` in OpenAPI 3.
#[test]
fn lists_are_documented() {
    let registry = rebar().operation(Operation::get("/", lists));
    let old = swagger(&registry)["paths"]["/"]["get"]["parameters"].clone();
    let of = |document: &Value, at: usize, member: &str| document[at][member].clone();
    assert_eq!(
        (of(&old, 0, "name"), of(&old, 1, "name")),
        ("comma".into(), "many".into())
    );
    let formats = (
        of(&old, 0, "collectionFormat"),
        of(&old, 1, "collectionFormat"),
    );
    assert_eq!(formats, ("csv".into(), "multi".into()));
    let new = document(&registry)["paths"]["/"]["get"]["parameters"].clone();
    assert_eq!(of(&new, 0, "explode"), false);
    assert_ne!(of(&new, 1, "explode"), false, "true by default");
}

/// kept: `partial=True`, as a separate type with its own name.
#[test]
fn fields_of_a_partial_schema_are_optional() {
    #[schema(request)]
    struct GuestUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        age: Option<i64>,
    }
    async fn update(guest: Json<GuestUpdate>) -> NoContent {
        assert!(guest.name.is_none() || guest.age.is_none());
        NoContent
    }
    let registry = rebar().operation(Operation::post("/", update));
    let client = client(&registry);
    assert_eq!(post(&client, "{}").status(), 204);
    assert_eq!(post(&client, r#"{"age": 1}"#).status(), 204);
    let rejected: Value = post(&client, r#"{"name": null, "x": 1}"#).json();
    let expected = json!({"name": "Field may not be null.", "x": "Unknown field."});
    assert_eq!(rejected["errors"], expected);
    let schema = &document(&registry)["components"]["schemas"]["GuestUpdate"];
    assert!(schema["required"].is_null());
}
