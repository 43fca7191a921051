//! Whole documents of the registries in Flask-Rebar's own tests: a plain one, one
//! with a list in the query, one with hidden operations, one with several
//! authenticators, and one with nested schemas.
//!
//! `UPDATE_GOLDEN=1` rewrites the golden files.

use std::{borrow::Cow, env, fs, path::Path as FilePath};

use actix_web::HttpRequest;
use purlin_router::{
    Json, Operation, Registry,
    auth::{AuthFailure, Authenticator, HeaderApiKey, all_of, registry_default, scopes},
    extract::{Headers, Path, Query},
    get,
    openapi::{Dialect, OAuthFlow, OAuthFlows, SecurityScheme},
    patch,
    reply::NoContent,
    schema,
};

use super::rebar;

use crate::support;

#[schema(request)]
struct UserHeader {
    #[serde(rename = "X-UserId")]
    user_id: String,
}

#[schema]
#[derive(Default)]
struct Foo {
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

#[schema(response)]
struct NestedFoos {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Vec<Foo>>,
}

#[schema(request)]
struct FooUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

#[schema(request)]
struct NameAndOther {
    name: Option<String>,
    other: Option<String>,
}

/// helpful description
#[get("/foos/{foo_uid}")]
async fn get_foo(_: Path<String>, _: Headers<UserHeader>) -> Json<Foo> {
    Json(Foo::default())
}

#[patch("/foos/{foo_uid}")]
async fn update_foo(_: Path<String>, _: Json<FooUpdate>) -> Json<Foo> {
    Json(Foo::default())
}

#[get("/foo_list")]
async fn list_foos() -> Json<Vec<Foo>> {
    Json(Vec::new())
}

#[get("/foos")]
async fn nested_foos(_: Query<NameAndOther>) -> Json<NestedFoos> {
    Json(NestedFoos { data: None })
}

#[get("/tagged_foos", tags = ["bar", "baz"])]
async fn tagged_foos() -> NoContent {
    NoContent
}

/// Returns the registry that most tests extend.
fn foos(
    update: impl FnOnce(Operation) -> Operation,
    list: impl FnOnce(Operation) -> Operation,
) -> Registry {
    rebar()
        .operation(get_foo)
        .operation(update(update_foo()))
        .operation(list(list_foos()))
        .operation(nested_foos().public())
        .operation(tagged_foos)
}

fn with_keys(registry: Registry) -> Registry {
    registry
        .authenticator("sharedSecret", HeaderApiKey::new("x-auth"))
        .authenticator("default", HeaderApiKey::new("x-another"))
        .default_authenticators(["default"])
}

/// Compares the document in both dialects with its golden files.
#[track_caller]
fn golden(name: &str, registry: &Registry) {
    let api = support::router(registry);
    for dialect in [Dialect::V2_0, Dialect::V3_1] {
        let compact: serde_json::Value =
            serde_json::from_str(&api.document().to_json(dialect)).unwrap();
        let found = format!("{compact:#}\n");
        let name = format!("{name}.{dialect}.json");
        let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/parity");
        let path = folder.join(&name);
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &found).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap();
        assert_eq!(
            found, expected,
            "{name}: run with UPDATE_GOLDEN=1 and read the difference"
        );
    }
}

/// kept: paths, parameters, bodies, security and schemas of the original's
/// `legacy` registry.
/// corrected: every status in place of `default`; texts are summaries.
#[test]
fn legacy() {
    let update = |operation: Operation| operation.authenticators(["sharedSecret"]);
    golden("legacy", &with_keys(foos(update, Operation::public)));
}

/// kept: a list that is repeated in the query, `multi` and `explode`.
#[test]
fn exploded_query_string() {
    #[schema(request)]
    struct Exploded {
        /// foo string
        foos: Vec<String>,
    }
    #[get("/foos")]
    async fn get_foos(_: Query<Exploded>) -> NoContent {
        NoContent
    }
    golden("exploded_query_string", &rebar().operation(get_foos));
}

fn with_a_hidden_list() -> Registry {
    let update = |operation: Operation| operation.authenticators(["sharedSecret"]);
    with_keys(foos(update, |operation| operation.public().hidden()))
}

/// kept: what is hidden is not in the document.
/// corrected: not in Swagger 2.0 either.
#[test]
fn hidden_api() {
    golden("hidden_api", &with_a_hidden_list());
}

/// kept: `include_hidden=True`, in both dialects.
#[test]
fn hidden_api_included() {
    golden(
        "hidden_api_included",
        &with_a_hidden_list().include_hidden(),
    );
}

/// Accepts every request, as the authenticators of the original tests do.
struct Fake {
    scheme: SecurityScheme,
    has_scopes: bool,
}

impl Authenticator for Fake {
    type Identity = ();

    fn scheme(&self) -> SecurityScheme {
        self.scheme.clone()
    }

    async fn authenticate(&self, _: &HttpRequest) -> Result<(), AuthFailure> {
        Ok(())
    }

    fn subject<'i>(&self, (): &'i ()) -> Cow<'i, str> {
        Cow::Borrowed("the only caller")
    }

    fn grants(&self, (): &(), _: &str) -> bool {
        self.has_scopes
    }

    fn has_scopes(&self) -> bool {
        self.has_scopes
    }
}

/// kept: OAuth 2.0 with scopes, basic, and two at once; the default extended
/// and dropped.
#[test]
fn multiple_authenticators() {
    let flow = OAuthFlow::implicit("https://example.com/authorize")
        .scope("read:stuff", "Read your stuff")
        .scope("write:stuff", "Modify your stuff");
    let fake = |scheme, has_scopes| Fake { scheme, has_scopes };
    let connect = SecurityScheme::open_id_connect("https://example.com/openconnect");
    let update = |operation: Operation| operation.authenticators(["basicAuth"]);
    let list = |operation: Operation| {
        let connected = scopes("openIDConnect", ["write:junk", "write:stuff"]);
        let both = all_of([connected, "application_key".into()]);
        operation.authenticators([registry_default(), both])
    };
    let registry = foos(update, list)
        .authenticator(
            "oauth2",
            fake(SecurityScheme::oauth2(OAuthFlows::new(flow)), true),
        )
        .authenticator("sharedSecret", HeaderApiKey::new("x-api-key"))
        .authenticator("basicAuth", fake(SecurityScheme::basic(), false))
        .authenticator("openIDConnect", fake(connect, true))
        .authenticator("application_key", HeaderApiKey::new("x-app-id"))
        .default_authenticators([scopes("oauth2", ["read:stuff"]), "sharedSecret".into()]);
    golden("multiple_authenticators", &registry);
}

/// kept: titled schemas are definitions of their own, through lists, what may
/// be null, maps and alternatives.
/// corrected: a schema may contain itself.
#[test]
fn nested_and_recursive() {
    /// A guest, and whom they bring.
    #[schema(rename = "Visitor")]
    struct GuestSchema {
        name: String,
        #[serde(default)]
        brings: Vec<GuestSchema>,
        seat: Option<Seat>,
        by_day: std::collections::BTreeMap<String, Seat>,
        pays: Means,
    }
    #[schema]
    struct Seat {
        #[garde(range(min = 1, max = 12))]
        table: u8,
    }
    #[schema]
    #[serde(tag = "by", rename_all = "snake_case")]
    enum Means {
        Cash { with: Seat },
        Card { number: String },
    }
    #[patch("/guests")]
    async fn seat_guest(guest: Json<GuestSchema>) -> Json<GuestSchema> {
        guest
    }
    golden("nested_and_recursive", &rebar().operation(seat_guest));
}
