//! Bodies as browsers and programs send them: plain HTML forms, files, several media types for one operation, bodies that
//! may be absent, and compressed ones.
//!
//! `cargo run -p purlin-router --example forms`, then open <http://localhost:8080/> for a page with forms, or
//! <http://localhost:8080/docs>, or
//!
//! ```text
//! curl -s localhost:8080/guests -d 'name=Ada&age=&vegetarian=on'
//! curl -s localhost:8080/guests -H 'content-type: application/json' -d '{"name": "Ada", "age": 36}'
//! echo '{"name": "Ada"}' | gzip | curl -s localhost:8080/guests -H 'content-type: application/json' \
//!     -H 'content-encoding: gzip' --data-binary @-
//! curl -s localhost:8080/pictures -F title=Zoo -F pictures=@a.png -F pictures=@b.png
//! curl -s -X POST localhost:8080/cancellation
//! ```
//!
//! Another address to listen on is the first argument.

use std::error::Error;

use actix_web::{App, HttpServer};
use purlin_router::{
    Json, Registry,
    extract::{File, Form, Multipart, OneOf},
    get, media, post,
    reply::{Binary, Text},
    schema,
};

/// A guest, as a program or a plain HTML form sends one.
#[schema]
struct Guest {
    #[garde(length(min = 1, max = 80))]
    name: String,
    /// Absent if the field is left blank.
    age: Option<u8>,
    /// A checkbox sends `on`, or nothing.
    #[serde(default)]
    vegetarian: bool,
}

/// Adds a guest.
#[post("/guests")]
async fn add_guest(guest: OneOf<Json<Guest>, Form<Guest>>) -> Json<Guest> {
    Json(guest.into_inner())
}

/// Pictures with a title.
#[schema(request)]
struct Album {
    #[garde(length(min = 1))]
    title: String,
    cover: Option<File<media::AnyImage>>,
    pictures: Vec<File>,
    more: Option<Vec<File>>,
}

/// Counts pictures.
#[post("/pictures")]
async fn add_pictures(album: Multipart<Album>) -> Text {
    let Album {
        title,
        cover,
        pictures,
        more,
    } = album.into_inner();
    let more = more.map_or(0, |more| more.len());
    let cover = if cover.is_some() { "a" } else { "no" };
    Text::new(format!(
        "{title}: {cover} cover, {} pictures, {more} more",
        pictures.len()
    ))
}

#[schema(request)]
struct Cancellation {
    reason: String,
}

/// Cancels the visit, for a reason or without one.
#[post("/cancellation")]
async fn cancel(cancellation: Option<Json<Cancellation>>) -> Text {
    match cancellation {
        Some(Json(Cancellation { reason })) => Text::new(format!("cancelled: {reason}")),
        None => Text::new("cancelled"),
    }
}

/// Returns a page with forms.
#[get("/")]
async fn page() -> Binary<media::Html> {
    Binary::new(&include_bytes!("forms.html")[..])
}

fn registry() -> Registry {
    Registry::new("Forms", "1.0.0")
        .compressed_requests(true)
        .operation(add_guest)
        .operation(add_pictures)
        .operation(cancel)
        .operation(page)
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let router = registry().build()?;
    HttpServer::new(move || App::new().service(router.clone()))
        .bind(address)?
        .run()
        .await?;
    Ok(())
}
