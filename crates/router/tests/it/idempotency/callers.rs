//! A key belongs to the caller that the authenticators found.

use std::{borrow::Cow, net::IpAddr};

use actix_web::HttpRequest;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use purlin_router::{
    Operation, Registry,
    auth::{
        AuthFailure, Authenticator, Basic, Bearer, CookieApiKey, HeaderApiKey, JwtKeys,
        QueryApiKey, all_of, any_of, anyone,
    },
    idempotency::{Idempotency, MemoryStore},
    openapi::SecurityScheme,
    testing::{TestCall, TestClient},
};
use serde_json::{Value, json};

use super::{call, created, is_replayed, order, registry};
use crate::support;

/// Identifies the user by the header that a reverse proxy sets.
struct Proxy(&'static str);

impl Authenticator for Proxy {
    type Identity = String;

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::http("negotiate")
    }

    async fn authenticate(&self, request: &HttpRequest) -> Result<String, AuthFailure> {
        let user = request.headers().get(self.0).ok_or(AuthFailure::Missing)?;
        match user.to_str() {
            Ok(user) if !user.is_empty() => Ok(user.to_owned()),
            _ => Err(AuthFailure::Invalid),
        }
    }

    fn subject<'i>(&self, user: &'i String) -> Cow<'i, str> {
        Cow::Borrowed(user)
    }
}

/// Adds the credential of a caller to a request.
type Credential<'c> = &'c dyn Fn(TestCall<'c>) -> TestCall<'c>;

fn with_authenticator(authenticator: impl Authenticator) -> TestClient {
    let registry = registry().authenticator("caller", authenticator);
    support::client(&registry.operation(order_of(["caller"])))
}

fn order_of<const N: usize>(names: [&'static str; N]) -> Operation {
    Operation::post("/orders", order).authenticators(names)
}

/// Checks that two callers do not share a key, and that a request without a valid credential gets nothing.
#[track_caller]
fn assert_separate<'c>(client: &'c TestClient, ada: Credential<'c>, bob: Credential<'c>) {
    let send = |credential: Credential<'c>| credential(call(client, "/orders", "k", "a secret"));
    let first = send(ada).send();
    assert_eq!(created(&first), (1, false));
    assert_eq!(created(&send(ada).send()), (1, true));
    assert_eq!(created(&send(bob).send()), (2, false));
    assert_eq!(created(&send(bob).send()), (2, true));
    assert_eq!(created(&send(ada).send()), (1, true));
    let stranger = send(&|call| call).send();
    assert_eq!(
        (stranger.status().as_u16(), is_replayed(&stranger)),
        (401, false)
    );
}

#[test]
fn api_keys_in_headers() {
    let keys = HeaderApiKey::new("X-Key")
        .key("ada", "one")
        .key("bob", "two");
    assert_separate(
        &with_authenticator(keys),
        &|call| call.header("X-Key", "one"),
        &|call| call.header("X-Key", "two"),
    );
}

#[test]
fn api_keys_in_cookies() {
    let keys = CookieApiKey::new("key").key("ada", "one").key("bob", "two");
    assert_separate(
        &with_authenticator(keys),
        &|call| call.header("Cookie", "key=one"),
        &|call| call.header("Cookie", "key=two"),
    );
}

#[test]
fn names_and_passwords() {
    let ada = "$2b$04$pbkwsJOP.iSTeJYGg7qlPOIp/eWbvifNi9Ckj/qL8zQ5P3ZPM9.Si";
    let users = Basic::new("staff").user("ada", ada).unwrap();
    let users = users.user("bob", ada).unwrap();
    assert_separate(
        &with_authenticator(users),
        &|call| call.header("Authorization", "Basic YWRhOnMzY3JldA=="),
        &|call| call.header("Authorization", "Basic Ym9iOnMzY3JldA=="),
    );
}

#[test]
fn custom_authenticators_by_any_header() {
    assert_separate(
        &with_authenticator(Proxy("X-Forwarded-User")),
        &|call| call.header("X-Forwarded-User", "ada"),
        &|call| call.header("X-Forwarded-User", "bob"),
    );
}

const SECRET: &[u8] = b"a secret that is long enough for HS256";

fn token(claims: &Value) -> String {
    let mut claims = claims.clone();
    claims["exp"] = json!(i64::from(u32::MAX));
    let key = EncodingKey::from_secret(SECRET);
    let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();
    format!("Bearer {token}")
}

fn bearer() -> Bearer<Value> {
    Bearer::new(JwtKeys::hmac(SECRET).unwrap())
}

#[test]
fn tokens_by_issuer_and_subject() {
    let ada = token(&json!({"iss": "https://a.example", "sub": "ada"}));
    let renewed = token(&json!({"iss": "https://a.example", "sub": "ada", "jti": "2"}));
    let other = token(&json!({"iss": "https://b.example", "sub": "ada"}));
    let client = with_authenticator(bearer());
    let send = |token: &str| {
        let call = call(&client, "/orders", "k", "a secret");
        created(&call.header("Authorization", token).send())
    };
    assert_eq!(send(&ada), (1, false));
    assert_eq!(send(&renewed), (1, true));
    assert_eq!(send(&other), (2, false));
}

#[test]
fn tokens_without_a_subject_by_themselves() {
    let (one, two) = (token(&json!({})), token(&json!({"jti": "2"})));
    assert_separate(
        &with_authenticator(bearer()),
        &|call| call.header("Authorization", one.as_str()),
        &|call| call.header("Authorization", two.as_str()),
    );
}

#[test]
fn api_keys_in_queries_are_no_part_of_the_request() {
    let keys = QueryApiKey::new("key").key("ada", "one").key("ada", "new");
    let client = with_authenticator(keys.key("bob", "two"));
    let send = |query: &str| call(&client, &format!("/orders?{query}"), "k", "a secret").send();
    assert_eq!(created(&send("key=one")), (1, false));
    // The key of another caller is another key, also for another request.
    assert_eq!(created(&send("key=two&page=2")), (2, false));
    // An application may change its key.
    assert_eq!(created(&send("key=new")), (1, true));
    assert_eq!(send("key=one&page=2").status(), 422);
    assert_eq!(send("key=three").status(), 401);
}

#[test]
fn two_authenticators_with_the_same_subject_are_two_callers() {
    let registry = registry()
        .authenticator("key", HeaderApiKey::new("X-Key").key("ada", "one"))
        .authenticator("proxy", Proxy("X-User"))
        .operation(order_of(["key", "proxy"]));
    let client = support::client(&registry);
    let send = |name: &'static str, value: &'static str| {
        let call = call(&client, "/orders", "k", "a secret");
        created(&call.header(name, value).send())
    };
    assert_eq!(send("X-Key", "one"), (1, false));
    assert_eq!(send("X-User", "ada"), (2, false));
    assert_eq!(send("X-Key", "one"), (1, true));
}

#[test]
fn all_authenticators_that_are_required_count() {
    let registry = registry()
        .authenticator("key", HeaderApiKey::new("X-Key").key("app", "one"))
        .authenticator("proxy", Proxy("X-User"))
        .operation(Operation::post("/orders", order).authenticators([all_of(["key", "proxy"])]));
    let client = support::client(&registry);
    let send = |user: &'static str| {
        let call = call(&client, "/orders", "k", "a secret").header("X-Key", "one");
        created(&call.header("X-User", user).send())
    };
    assert_eq!(send("ada"), (1, false));
    assert_eq!(send("bob"), (2, false));
    assert_eq!(send("ada"), (1, true));
}

#[test]
fn an_optional_credential_decides_whether_a_caller_is_anonymous() {
    let registry = registry()
        .authenticator("key", HeaderApiKey::new("X-Key").key("ada", "one"))
        .operation(
            Operation::post("/orders", order).authenticators([any_of(["key".into(), anyone()])]),
        );
    let client = support::client(&registry);
    let send = || call(&client, "/orders", "k", "a secret");
    assert_eq!(created(&send().header("X-Key", "one").send()), (1, false));
    assert_eq!(created(&send().send()), (2, false));
    assert_eq!(created(&send().header("X-Key", "one").send()), (1, true));
    assert_eq!(created(&send().send()), (2, true));
    assert_eq!(send().header("X-Key", "wrong").send().status(), 401);
}

#[test]
fn anonymous_callers_share_keys_unless_they_send_credentials_of_their_own() {
    let client = super::open();
    let send = || call(&client, "/orders", "k", "a secret");
    assert_eq!(created(&send().send()), (1, false));
    assert_eq!(created(&send().header("X-Other", "1").send()), (1, true));
    // The operation asks for none, and its handler may look at them.
    assert_eq!(
        created(&send().header("Cookie", "session=1").send()),
        (2, false)
    );
    assert_eq!(
        created(&send().header("Authorization", "Own x").send()),
        (3, false)
    );
}

/// Finds the address of a client in a header, for tests.
fn address(request: &HttpRequest) -> Option<IpAddr> {
    let address = request.headers().get("X-Address")?.to_str().ok()?;
    address.parse().ok()
}

fn bounded() -> Registry {
    // Eight records in all, four for each caller.
    let idempotency = Idempotency::new(MemoryStore::new(10_000, 5_000)).client_address(address);
    registry()
        .idempotency(idempotency)
        .authenticator("key", HeaderApiKey::new("X-Key").key("ada", "one"))
        .operation(order_of(["key"]))
        .operation(Operation::post("/open", order).operation_id("open"))
}

#[test]
fn a_caller_loses_its_own_oldest_responses_and_strangers_none_but_theirs() {
    let client = support::client(&bounded());
    let known = |key: &str| {
        let call = call(&client, "/orders", key, "x");
        created(&call.header("X-Key", "one").send()).1
    };
    let stranger = |key: &str, address: &str| {
        let call = call(&client, "/open", key, "x");
        created(&call.header("X-Address", address).send()).1
    };
    assert!(!known("mine"));
    assert!(!stranger("theirs", "2001:db8::1"));
    for number in 0..100 {
        stranger(&format!("flood {number}").replace(' ', "-"), "192.0.2.1");
    }
    assert!(known("mine"));
    assert!(stranger("theirs", "2001:db8::ffff"));
    for number in 0..100 {
        let network = format!("2001:db8:0:{number:x}::1");
        stranger(&format!("network-{number}"), &network);
    }
    assert!(known("mine"));
    for number in 0..10 {
        known(&format!("more-{number}"));
    }
    assert!(!known("mine"));
    assert!(known("more-9"));
}

#[test]
fn requests_that_are_not_identified_keep_nothing() {
    let client = support::client(&bounded());
    let known = || {
        call(&client, "/orders", "mine", "x")
            .header("X-Key", "one")
            .send()
    };
    assert_eq!(created(&known()), (1, false));
    for number in 0..100 {
        let key = format!("k{number}");
        assert_eq!(call(&client, "/nope", &key, "x").send().status(), 404);
        assert_eq!(call(&client, "/orders", &key, "x").send().status(), 401);
    }
    assert_eq!(created(&known()), (1, true));
    // Nor is a key of a stranger looked at.
    let malformed = call(&client, "/orders", "two parts", "x").send();
    assert_eq!(malformed.status(), 401);
}
