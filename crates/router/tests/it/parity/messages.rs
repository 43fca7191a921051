//! The exact messages.
//!
//! Absent on purpose: `required_field_missing`, `required_field_empty` and
//! `unsupported_fields`, helpers that 3.4.1 never raises itself; `Must be equal
//! to …`, which is `Must be one of: …`; and numbers as text in a body.

use std::{collections::BTreeMap, net::IpAddr};

use purlin_router::{
    Json, Operation,
    auth::HeaderApiKey,
    extract::{Headers, Query},
    reply::NoContent,
    schema,
};
use serde_json::{Value, json};

use super::{Caller, Guest, assert_response, client, echo, error, invalid, only, post, rebar};

/// Returns the message about `it` for the body `{"it": VALUE}`.
macro_rules! message_for {
    ($type:ty, $value:tt $(, $attribute:meta)?) => {{
        #[schema(request)]
        struct Body {
            $(#[$attribute])?
            it: $type,
        }
        async fn take(_: Json<Body>) -> NoContent {
            NoContent
        }
        let body = json!({"it": $value}).to_string();
        let found: Value = post(&only(Operation::post("/", take)), &body).json();
        found["errors"]["it"].clone()
    }};
}

macro_rules! rows {
    ($($(#[$doc:meta])+ $name:ident: $type:ty, $value:tt, $message:tt $(, $attribute:meta)?;)+) => {$(
        $(#[$doc])+
        #[test]
        fn $name() {
            assert_eq!(message_for!($type, $value $(, $attribute)?), json!($message));
        }
    )+};
}

/// kept: `body_validation_failed` and `Missing data for required field.`
#[test]
fn body_validation_failed() {
    let missing = "Missing data for required field.";
    let expected = invalid(
        "JSON body parameters are invalid.",
        "body_validation_failed",
        &json!({"age": missing, "name": missing}),
    );
    assert_response(
        &post(&only(Operation::post("/", echo)), "{}"),
        400,
        &expected,
    );
}

/// kept: `empty_json_body`.
#[test]
fn empty_json_body() {
    let expected = error("Fields must be in JSON body.", "empty_json_body");
    assert_response(&post(&only(Operation::post("/", echo)), ""), 400, &expected);
}

/// kept: `invalid_json`.
#[test]
fn invalid_json() {
    let expected = error("Failed to decode JSON body.", "invalid_json");
    assert_response(
        &post(&only(Operation::post("/", echo)), "{"),
        400,
        &expected,
    );
}

/// kept: `unsupported_content_type`.
#[test]
fn unsupported_content_type() {
    let expected = error(
        "Only payloads with 'content-type' 'application/json' are supported.",
        "unsupported_content_type",
    );
    let client = only(Operation::post("/", echo));
    assert_response(&client.post("/").body("{}").send(), 400, &expected);
}

/// kept: `internal_server_error`.
#[test]
fn internal_server_error() {
    async fn fail() -> NoContent {
        panic!("out of cheese")
    }
    let expected = error(
        "Sorry, there was an internal error.",
        "internal_server_error",
    );
    assert_response(
        &only(Operation::get("/", fail)).get("/").send(),
        500,
        &expected,
    );
}

/// kept: `missing_auth_token` and `invalid_auth_token`.
#[test]
fn missing_and_invalid_auth_token() {
    let registry = rebar()
        .authenticator("key", HeaderApiKey::new("X-Key").key("a", "a"))
        .default_authenticators(["key"])
        .operation(Operation::post("/", echo));
    let client = client(&registry);
    let missing = error("No auth token provided.", "missing_auth_token");
    assert_response(&client.post("/").send(), 401, &missing);
    let invalid = error("Invalid authentication.", "invalid_auth_token");
    assert_response(&client.post("/").header("X-Key", "b").send(), 401, &invalid);
}

/// kept: `query_string_validation_failed`.
#[test]
fn query_string_validation_failed() {
    async fn take(_: Query<Guest>) -> NoContent {
        NoContent
    }
    let expected = invalid(
        "Query string parameters are invalid.",
        "query_string_validation_failed",
        &json!({"age": "Not a valid integer."}),
    );
    let client = only(Operation::get("/", take));
    assert_response(&client.get("/?name=Ada&age=x").send(), 400, &expected);
}

/// kept: `header_validation_failed`, without a period.
#[test]
fn header_validation_failed() {
    async fn take(_: Headers<Caller>) -> NoContent {
        NoContent
    }
    let expected = invalid(
        "Header parameters are invalid",
        "header_validation_failed",
        &json!({"X-User": "Missing data for required field."}),
    );
    assert_response(
        &only(Operation::get("/", take)).get("/").send(),
        400,
        &expected,
    );
}

/// kept: `Unknown field.`
#[test]
fn unknown_field() {
    let client = only(Operation::post("/", echo));
    let body: Value = post(&client, r#"{"name": "", "age": 1, "x": 1}"#).json();
    assert_eq!(body["errors"], json!({"x": "Unknown field."}));
}

#[schema(request)]
#[serde(rename_all = "snake_case")]
enum Kind {
    User,
    Group,
}

#[schema(request)]
struct Inner {
    a: u8,
}

rows! {
    /// kept.
    null: i64, null, "Field may not be null.";
    /// kept.
    integer: i64, "x", "Not a valid integer.";
    /// corrected: text is not an integer in a body; the original reads it.
    integer_as_text: i64, "5", "Not a valid integer.";
    /// corrected: a fraction is not truncated.
    integer_with_a_fraction: i64, 5.7, "Not a valid integer.";
    /// kept: a boolean is not an integer.
    integer_as_boolean: i64, true, "Not a valid integer.";
    /// kept.
    number: f64, "x", "Not a valid number.";
    /// kept.
    string: String, 1, "Not a valid string.";
    /// kept.
    boolean: bool, "x", "Not a valid boolean.";
    /// corrected: `yes` and 1 are not booleans in a body.
    boolean_as_text: bool, "yes", "Not a valid boolean.";
    /// kept.
    list: Vec<i64>, "x", "Not a valid list.";
    /// kept: a value that is not an object is reported by its schema.
    nested: Inner, 1, {"_general": "Invalid input type."};
    /// kept: `Invalid type.` for a value that is not a list of objects.
    nested_list: Vec<Inner>, 1, "Invalid type.";
    /// kept.
    address: IpAddr, "x", "Not a valid IP address.";
    /// kept.
    email: String, "x", "Not a valid email address.", garde(email);
    /// kept.
    url: String, "x", "Not a valid URL.", garde(url);
    /// kept.
    one_of: Kind, "x", "Must be one of: user, group.";
    /// kept, for each item by itself.
    each_one_of: Vec<Kind>, ["user", "x"], {"1": "Must be one of: user, group."};
    /// kept.
    at_least: i64, 0, "Must be greater than or equal to 1.", garde(range(min = 1));
    /// kept.
    at_most: i64, 10, "Must be less than or equal to 9.", garde(range(max = 9));
    /// kept.
    between: i64, 10, "Must be greater than or equal to 1 and less than or equal to 9.",
        garde(range(min = 1, max = 9));
    /// kept, for numbers of every type.
    between_as_number: f64, 0.5,
        "Must be greater than or equal to 1.0 and less than or equal to 9.0.",
        garde(range(min = 1.0, max = 9.0));
    /// kept.
    shorter: String, "", "Shorter than minimum length 1.", garde(length(min = 1));
    /// kept.
    longer: String, "abc", "Longer than maximum length 2.", garde(length(max = 2));
    /// kept.
    length_between: String, "", "Length must be between 1 and 9.", garde(length(min = 1, max = 9));
    /// kept.
    length_equal: String, "", "Length must be 3.", garde(length(equal = 3));
    /// kept: lists have a length too.
    fewer_items: Vec<i64>, [], "Shorter than minimum length 1.", garde(length(min = 1));
    /// kept.
    pattern: String, "A", "String does not match expected pattern.", garde(pattern("^[a-z]$"));
    /// kept.
    map: BTreeMap<String, i64>, 1, "Not a valid mapping type.";
    /// kept.
    tuple: (i64, String), 1, "Not a valid tuple.";
    /// corrected: an integer has the width of its type, and the bound is reported.
    too_large: u8, 256, "Must be less than or equal to 255.";
}

/// corrected: `NaN` is invalid JSON; the message of the original is that special
/// values are not permitted.
#[test]
fn nan_is_invalid_json() {
    let expected = error("Failed to decode JSON body.", "invalid_json");
    let client = only(Operation::post("/", echo));
    assert_response(&post(&client, r#"{"age": NaN}"#), 400, &expected);
}

/// kept: a custom rule has its own message.
#[test]
fn custom_rules_have_their_own_messages() {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature that garde requires"
    )]
    fn even(number: &i64, _: &()) -> garde::Result {
        match number % 2 {
            0 => Ok(()),
            _ => Err(garde::Error::new("Has to be even.")),
        }
    }
    assert_eq!(
        message_for!(i64, 3, garde(custom(even))),
        json!("Has to be even.")
    );
}

/// kept: in a query numbers are text, with the same messages.
#[test]
fn numbers_in_a_query_are_text() {
    #[schema(request)]
    struct Page {
        #[garde(range(min = 1, max = 9))]
        limit: i64,
        done: bool,
    }
    async fn list(page: Query<Page>) -> Json<(i64, bool)> {
        Json((page.limit, page.done))
    }
    let client = only(Operation::get("/", list));
    assert_response(
        &client.get("/?limit=5&done=true").send(),
        200,
        &json!([5, true]),
    );
    let rejected: Value = client.get("/?limit=10&done=x").send().json();
    assert_eq!(
        rejected["errors"],
        json!({
            "done": "Not a valid boolean.",
            "limit": "Must be greater than or equal to 1 and less than or equal to 9.",
        })
    );
}

/// corrected: a boolean in a query is `true` or `false`, as the document says;
/// the original accepts 22 spellings.
#[test]
fn booleans_in_a_query_have_two_spellings() {
    #[schema(request)]
    struct Page {
        done: bool,
    }
    async fn list(page: Query<Page>) -> Json<bool> {
        Json(page.done)
    }
    let client = only(Operation::get("/", list));
    for spelling in ["True", "1", "yes", "on", "t"] {
        let rejected: Value = client.get(&format!("/?done={spelling}")).send().json();
        assert_eq!(rejected["errors"]["done"], "Not a valid boolean.");
    }
    assert_response(&client.get("/?done=false").send(), 200, &json!(false));
}
