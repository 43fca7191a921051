//! The program that the integration tests start: a small API, and handlers, checks and hooks that misbehave on demand.

mod composed;
mod orders;
mod traced;

use std::{
    collections::BTreeMap, env, future::pending, path::Path, process::ExitCode, thread,
    time::Duration,
};

use actix_web::{rt::time::sleep, web};
use futures_util::{StreamExt, stream};
use purlin_app::{
    App, program,
    router::{
        ApiError, Json, Operation, Registry,
        auth::{Basic, HeaderApiKey, Identity, PasswordHashError, User},
        error::ErrorStyle,
        reply::{Created, Event, EventStream, JsonLines, WithHeaders},
        schema,
        schemas::Message,
        schemas::schemars::{self, JsonSchema},
    },
};
use serde::{Deserialize, Serialize};

/// Selects what misbehaves: `slow start`, `checks` or `no start`; or an application of `composed`.
const MODE: &str = "TEST_PROGRAM";

/// Handlers and hooks that wait do so until the working directory has this file.
const GO_ON: &str = "go-on";

/// The hash of `s3cret`, which costs 19 MiB and two passes, as OWASP recommends at least.
const PASSWORD: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdCBvZiBhIHRlc3QhIQ$jdq48EO+3nqHUj0s+4P6QzQv2xe8IJjlZZM45rfSWI4";

/// What an attacker would like to see in a log.
const EVIL: &str = "a\r\n[2026-01-31T12:00:00.123Z INFO  purlin::access] b\0\u{1b}[31m\u{2028}c";

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct GreetingsSettings {
    /// The keys that may be sent in `X-MyApp-ApiKey`.
    api_keys: BTreeMap<String, String>,
}

/// A person who is greeted.
#[schema]
struct Guest {
    name: String,
    age: u8,
}

#[derive(Debug, thiserror::Error, ApiError)]
enum StorageError {
    /// The storage failed.
    #[error("the disk is full:\n{0}")]
    #[status(500)]
    Disk(String),
}

async fn get_index() -> Json<Message> {
    Json(Message::new("Hello, Being!"))
}

async fn get_generic_greeting() -> Json<Message> {
    Json(Message::new("Hello, stranger!"))
}

async fn send_greeting(guest: Json<Guest>) -> Created<Guest> {
    Created::new(guest.into_inner())
}

#[expect(clippy::panic, reason = "the tests look at what a panic does")]
async fn panics() -> Json<Message> {
    panic!("{EVIL}")
}

async fn fails() -> Result<Json<Message>, StorageError> {
    Err(StorageError::Disk(EVIL.to_owned()))
}

async fn never() -> Json<Message> {
    pending().await
}

fn thread_name() -> Json<Message> {
    Json(Message::new(thread::current().name().unwrap_or_default()))
}

async fn who() -> Json<Message> {
    thread_name()
}

async fn events() -> EventStream<Message> {
    let events = ["one", "two"].map(|text| Event::new(Message::new(text)));
    EventStream::new(stream::iter(events))
}

/// Sends one event, and then none.
async fn endless() -> EventStream<Message> {
    let first = stream::iter([Event::new(Message::new("one"))]);
    EventStream::new(first.chain(stream::pending()))
}

/// Sends lines without an end.
async fn export() -> JsonLines<Message> {
    JsonLines::new(stream::repeat_with(|| Message::new("one")))
}

#[schema(response)]
struct Tag {
    #[serde(rename = "ETag")]
    tag: &'static str,
}

async fn weak_tag() -> WithHeaders<Json<Message>, Tag> {
    WithHeaders(Json(Message::new("weak")), Tag { tag: "W/\"v1\"" })
}

async fn tag_with_comma() -> WithHeaders<Json<Message>, Tag> {
    WithHeaders(Json(Message::new("comma")), Tag { tag: "\"v1,2\"" })
}

/// Blocks its thread, as no handler should.
async fn block() -> Json<Message> {
    while !Path::new(GO_ON).exists() {
        thread::sleep(Duration::from_millis(5));
    }
    thread_name()
}

async fn get_user(user: Identity<User>) -> Json<Message> {
    Json(Message::new(user.name()))
}

/// Uses a thread for blocking work, as downloads and uploads do.
async fn use_blocking_thread() -> Json<Message> {
    let done = web::block(|| "done").await;
    Json(Message::new(done.unwrap_or("cancelled")))
}

fn registry(settings: &GreetingsSettings) -> Result<Registry, PasswordHashError> {
    let keys = settings
        .api_keys
        .iter()
        .fold(HeaderApiKey::new("X-MyApp-ApiKey"), |keys, (name, key)| {
            keys.key(name.clone(), key.clone())
        });
    let with_key = |operation: Operation| operation.authenticators(["sharedSecret"]);
    // The same number on any machine, so that the tests know how much memory it is.
    let password = Basic::new("greetings").max_concurrent(2);
    let registry = Registry::new("Greetings", "0.1.0")
        .error_style(ErrorStyle::Rebar)
        .authenticator("sharedSecret", keys)
        .authenticator("password", password.user("ada", PASSWORD)?)
        .operation(Operation::get("/", get_index))
        .operation(with_key(Operation::get(
            "/generic_greeting",
            get_generic_greeting,
        )))
        .operation(with_key(Operation::post("/send_greeting", send_greeting)))
        .operation(Operation::get("/panic", panics))
        .operation(Operation::get("/fail", fails))
        .operation(Operation::get("/never", never))
        .operation(Operation::get("/who", who))
        .operation(Operation::get("/block", block))
        .operation(Operation::get("/events", events))
        .operation(Operation::get("/endless", endless))
        .operation(Operation::get("/export", export))
        .operation(Operation::get("/weak", weak_tag))
        .operation(Operation::get("/comma", tag_with_comma))
        .operation(Operation::get("/basic", get_user).authenticators(["password"]))
        .operation(Operation::get("/blocking", use_blocking_thread));
    Ok(registry)
}

fn main() -> ExitCode {
    let mode = env::var(MODE).unwrap_or_default();
    let prefix = if mode == "billing" {
        "billing"
    } else {
        "purlin"
    };
    purlin_app::run(program!().prefix(prefix), async move |app: &mut App| {
        if composed::compose(app, &mode)? {
            return Ok(());
        }
        if mode == "orders" {
            orders::compose(app);
            return Ok(());
        }
        if mode == "traced" {
            traced::compose(app);
            return Ok(());
        }
        if mode == "slow start" {
            app.on_startup("slow", || async {
                while !Path::new(GO_ON).exists() {
                    sleep(Duration::from_millis(5)).await;
                }
                Ok(())
            });
        }
        if mode == "checks" {
            let limit = Duration::from_millis(50);
            app.readiness_check("cache", limit, || async { Ok(()) });
            app.readiness_check("database", limit, || async { Err("gone\naway".into()) });
            app.readiness_check("mail", limit, pending);
        }
        assert!(mode != "no start", "{EVIL}");
        app.rejection_counter("tests").add();
        let settings = app.section("greetings");
        app.registry(registry(&settings)?);
        Ok(())
    })
}
