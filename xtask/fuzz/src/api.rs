//! An API of corner cases for the target `dispatch`: overlapping templates, every authentication, every kind of body and reply.
//! It is stateless, so that an input alone determines a run.

use actix_web::web;
use futures_util::stream;
use purlin_router::{
    Json, Operation, Registry, TrailingSlash,
    auth::{Basic, CookieApiKey, HeaderApiKey, Identity, QueryApiKey, User, all_of},
    error::{ErrorStyle, http::NotFound},
    extract::{File, Form, Headers, InMemory, Multipart, Path, Query, Uploads},
    media::{AnyMedia, Png},
    reply::{Accepted, Binary, Created, Event, EventStream, NoContent, Text},
    schema,
    schemas::Message,
};

use crate::{
    bodies::{Change, Loose, Step, Ticket},
    text::{Headings, Search, Segments},
};

const BCRYPT: &str = "$2b$04$pbkwsJOP.iSTeJYGg7qlPOIp/eWbvifNi9Ckj/qL8zQ5P3ZPM9.Si";

/// A form in parts, with files.
#[schema(request)]
struct Upload {
    #[garde(length(chars, max = 8))]
    title: String,
    image: Option<File<Png>>,
    #[serde(default)]
    others: Vec<InMemory<AnyMedia>>,
    step: Option<Step>,
}

/// A header that every request of the strict API requires.
#[schema(request)]
struct Stamp {
    #[serde(rename = "X-Stamp")]
    _stamp: Option<u8>,
}

async fn hello() -> Json<Message> {
    Json(Message::new("Hello"))
}

async fn number(id: Path<u32>) -> Result<Json<u32>, NotFound> {
    match id.into_inner() {
        0 => Err(NotFound::new("nothing is numbered 0").with("id", 0)),
        id => Ok(Json(id)),
    }
}

async fn word(name: Path<String>) -> Text {
    Text::new(name.into_inner())
}

async fn pair(pair: Path<(i8, String)>) -> Json<(i8, String)> {
    Json(pair.into_inner())
}

async fn segments(segments: Path<Segments>) -> Json<Segments> {
    Json(segments.into_inner())
}

async fn plain_path(path: web::Path<(u8, String)>) -> Json<u8> {
    Json(path.0)
}

async fn search(search: Query<Search>) -> Json<Search> {
    Json(search.into_inner())
}

async fn headings(headings: Headers<Headings>) -> Json<Headings> {
    Json(headings.into_inner())
}

async fn ticket(ticket: Json<Ticket>) -> Created<Ticket> {
    Created::new(ticket.into_inner()).location("/tickets/1")
}

async fn change(_: Path<u32>, search: Query<Search>, change: Json<Change>) -> Json<Change> {
    drop(search);
    Json(change.into_inner())
}

async fn loose(loose: Json<Loose>) -> Accepted<Loose> {
    Accepted(loose.into_inner())
}

async fn form(form: Form<Search>) -> Json<Search> {
    Json(form.into_inner())
}

async fn upload(upload: Multipart<Upload>) -> Json<Vec<u64>> {
    let upload = upload.into_inner();
    let image = upload.image.iter().map(File::size);
    let others = upload.others.iter().map(InMemory::size);
    let numbers = [upload.title.len() as u64, u64::from(upload.step.is_some())];
    Json(image.chain(others).chain(numbers).collect())
}

async fn bytes(bytes: web::Bytes) -> Binary<Png> {
    Binary::new(bytes)
}

async fn string(string: String) -> Text {
    Text::new(string)
}

async fn events(count: Query<Count>) -> EventStream<Message> {
    let count = count.count;
    let events = (0..count).map(|n| Event::new(Message::new("\r\n\u{2028}")).id(n.to_string()));
    EventStream::new(stream::iter(events.collect::<Vec<_>>()))
}

#[schema(request)]
struct Count {
    #[garde(range(max = 3))]
    count: u8,
}

async fn user(user: Identity<User>) -> Text {
    Text::new(user.name().to_owned())
}

async fn nothing() -> NoContent {
    NoContent
}

/// The API, in a style and with a rule for slashes.
pub fn registry(style: ErrorStyle, slash: TrailingSlash) -> Registry {
    let basic = match Basic::new("staff").user("ada", BCRYPT) {
        Ok(basic) => basic,
        Err(error) => panic!("{error}"),
    };
    Registry::new("Awkward", "1")
        .error_style(style)
        .trailing_slash(slash)
        .body_limit(2048)
        .uploads(
            Uploads::new()
                .file_limit(512)
                .files_limit(1024)
                .parts_limit(6),
        )
        .authenticator("header", HeaderApiKey::new("X-Key").key("ada", "one"))
        .authenticator("query", QueryApiKey::new("key").key("ada", "two"))
        .authenticator("cookie", CookieApiKey::new("key").key("ada", "three"))
        .authenticator("basic", basic)
        .operation(Operation::get("/", hello).operation_id("index"))
        .operation(Operation::get("/slashed/", hello).operation_id("slashed"))
        .operation(Operation::put("/items/{id}", number).operation_id("put_item"))
        .operation(Operation::get("/items/{id}", number).operation_id("get_item"))
        .operation(Operation::get("/items/new", hello).operation_id("new_item"))
        .operation(Operation::get("/items/{id}/{name}", pair))
        .operation(Operation::get("/items/{id}/fixed", number).operation_id("fixed"))
        .operation(Operation::patch("/items/{id}", change))
        .operation(Operation::get("/v{version}/x", word).operation_id("version"))
        .operation(Operation::get("/data/{name}.json", word).operation_id("data"))
        .operation(Operation::get("/files/{*path}", word).operation_id("file"))
        .operation(Operation::get("/gr\u{fc}\u{df}e/{name}", word).operation_id("umlaut"))
        .operation(Operation::get("/s/{id}/{name}/{days}/{order}", segments))
        .operation(Operation::get("/plain/{a}/{b}", plain_path))
        .operation(Operation::get("/search", search))
        .operation(Operation::delete("/search", nothing).authenticators(["header"]))
        .operation(Operation::get("/headings", headings))
        .operation(Operation::post("/tickets", ticket).authenticators(["header", "query"]))
        .operation(Operation::post("/loose", loose))
        .operation(Operation::post("/form", form))
        .operation(Operation::post("/upload", upload))
        .operation(Operation::post("/bytes", bytes))
        .operation(Operation::post("/string", string))
        .operation(Operation::get("/events", events))
        .operation(Operation::get("/user", user).authenticators(["basic"]))
        .operation(
            Operation::get("/all", nothing)
                .operation_id("all")
                .authenticators([all_of(["header", "cookie"]), all_of(["query"])]),
        )
}

/// The API with headers that every operation requires, under a prefix.
pub fn prefixed() -> Registry {
    registry(ErrorStyle::Rebar, TrailingSlash::Merge)
        .prefix("/v2")
        .default_headers::<Stamp>()
        .default_media_type("application/vnd.api+json")
}
