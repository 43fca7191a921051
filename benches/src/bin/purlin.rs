//! The endpoints with Purlin: a registry in a plain actix-web `App`.

use std::{collections::BTreeMap, error::Error};

use actix_web::{App, HttpServer};
use chrono::{DateTime, Utc};
use purlin_benches::{
    GREETING, KEY, KEY_HEADER, print_address,
    token::{AUDIENCE, ISSUER, SECRET},
    types::Claims,
    workers,
};
use purlin_router::{
    Json, Registry,
    auth::{Bearer, HeaderApiKey, Identity, JwtKeys, Token},
    extract::{Headers, InMemory, Multipart, Path, Query},
    get, post,
    reply::Created,
    schema,
};
use uuid::Uuid;

/// A greeting.
#[schema(response)]
struct Message {
    /// The text.
    message: String,
}

/// The query of an item.
#[schema(request)]
struct Page {
    /// How many entries to return.
    #[garde(range(min = 1, max = 100))]
    limit: Option<u32>,
    /// Whether to return all that is known.
    verbose: Option<bool>,
}

/// An item and what was asked of it.
#[schema(response)]
struct Item {
    /// Its number.
    id: u64,
    /// The entries.
    limit: u32,
    /// All that is known.
    verbose: bool,
}

/// A query with lists.
#[schema]
struct Search {
    /// Words to find.
    #[garde(length(max = 10), inner(length(min = 1, max = 40)))]
    tag: Vec<String>,
    /// Years to search in.
    #[garde(length(max = 10))]
    year: Vec<u16>,
    /// The page.
    #[garde(range(min = 1))]
    page: u32,
}

/// A booking: six fields, one of them an optional time.
#[schema]
struct Booking {
    /// Who books.
    #[garde(length(min = 1, max = 80))]
    guest: String,
    /// How to write to them.
    #[garde(email)]
    email: String,
    /// How many come.
    #[garde(range(min = 1, max = 20))]
    seats: u32,
    /// What each pays.
    #[garde(range(min = 0.0))]
    price: f64,
    /// Whether there is a menu without meat.
    vegetarian: bool,
    /// When it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_at: Option<DateTime<Utc>>,
}

/// A booking without a time.
#[schema]
struct Visit {
    /// Who books.
    #[garde(length(min = 1, max = 80))]
    guest: String,
    /// How to write to them.
    #[garde(email)]
    email: String,
    /// How many come.
    #[garde(range(min = 1, max = 20))]
    seats: u32,
    /// What each pays.
    #[garde(range(min = 0.0))]
    price: f64,
    /// Whether there is a menu without meat.
    vegetarian: bool,
}

/// A payment between accounts that UUIDs name.
#[schema]
struct Transfer {
    /// Its own number.
    id: Uuid,
    /// The account that pays.
    from: Uuid,
    /// The account that is paid.
    to: Uuid,
    /// The amount.
    #[garde(range(min = 1, max = 1_000_000_000))]
    cents: u64,
    /// What it is for.
    #[garde(length(max = 140))]
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// One of several figures, named by a tag within the object.
#[schema]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Figure {
    /// A circle.
    Circle {
        /// Its centre.
        x: f64,
        /// Its centre.
        y: f64,
        /// Its radius.
        #[garde(range(min = 0.0))]
        radius: f64,
    },
    /// A rectangle.
    Rectangle {
        /// Its corner.
        x: f64,
        /// Its corner.
        y: f64,
        /// Its size.
        #[garde(range(min = 0.0))]
        width: f64,
        /// Its size.
        #[garde(range(min = 0.0))]
        height: f64,
        /// What is written in it.
        #[garde(length(max = 40))]
        label: String,
    },
    /// A text.
    Text {
        /// Its position.
        x: f64,
        /// Its position.
        y: f64,
        /// The text.
        #[garde(length(min = 1, max = 40))]
        text: String,
    },
}

/// An invitation, with a place whose members are its own.
#[schema]
struct Invitation {
    /// What is celebrated.
    #[garde(length(min = 1, max = 80))]
    title: String,
    /// How many may come.
    #[garde(range(min = 1, max = 1000))]
    seats: u32,
    /// Where.
    #[serde(flatten)]
    place: Place,
}

/// A place.
#[schema]
struct Place {
    /// Street and number.
    #[garde(length(min = 1))]
    street: String,
    /// The city.
    #[garde(length(min = 1))]
    city: String,
    /// The postal code.
    #[garde(pattern("^[0-9]{5}$"))]
    zip: String,
}

/// A map.
#[schema]
struct Stock {
    /// How many there are, by article.
    #[garde(length(min = 1, max = 100))]
    articles: BTreeMap<String, u32>,
}

/// A list of objects.
#[schema(request)]
struct Basket {
    /// What is bought.
    #[garde(length(max = 1000))]
    lines: Vec<Line>,
}

/// An object of a list.
#[schema(request)]
struct Line {
    /// The article.
    #[garde(length(min = 1, max = 20))]
    article: String,
    /// How many.
    #[garde(range(min = 1, max = 100))]
    quantity: u32,
    /// What each costs.
    #[garde(range(min = 0.0))]
    price: f64,
    /// Whether it is a present.
    gift: bool,
}

/// What a list costs.
#[schema(response)]
struct Receipt {
    /// How many lines there are.
    lines: usize,
    /// The sum.
    total: f64,
}

/// A long text.
#[schema(request)]
struct Article {
    /// The title.
    #[garde(length(min = 1, max = 200))]
    title: String,
    /// What it is about.
    #[garde(length(max = 10))]
    tags: Vec<String>,
    /// The text.
    #[garde(length(max = 100_000))]
    text: String,
}

/// What is known of a long text.
#[schema(response)]
struct Summary {
    /// The title.
    title: String,
    /// The length of the text in bytes.
    bytes: usize,
}

/// Who a token was issued for.
#[schema(response)]
struct Caller {
    /// The subject.
    sub: String,
}

/// An order: 14 fields.
#[schema]
struct Order {
    /// Its number.
    #[garde(length(min = 1, max = 40))]
    id: String,
    /// Who orders.
    #[garde(length(min = 1, max = 80))]
    customer: String,
    /// How to write to them.
    #[garde(email)]
    email: String,
    /// How many.
    #[garde(range(min = 1, max = 100))]
    quantity: u32,
    /// What each costs.
    #[garde(range(min = 0.0))]
    price: f64,
    /// Whether it is urgent.
    express: bool,
    /// What else there is to say.
    #[garde(length(max = 200))]
    note: Option<String>,
    /// Where to.
    address: Address,
    /// Labels.
    #[garde(length(max = 10))]
    tags: Vec<String>,
    /// What is ordered.
    kind: Kind,
}

/// An address.
#[schema]
struct Address {
    /// Street and number.
    #[garde(length(min = 1))]
    street: String,
    /// The city.
    #[garde(length(min = 1))]
    city: String,
    /// The postal code.
    #[garde(pattern("^[0-9]{5}$"))]
    zip: String,
    /// The country, by its two letters.
    #[garde(length(equal = 2))]
    country: String,
}

/// What is ordered.
#[schema]
enum Kind {
    /// To read.
    Book,
    /// To eat.
    Food,
}

/// Which version a client has.
#[schema(request)]
struct Client {
    /// Its number.
    #[serde(rename = "X-Client-Version")]
    version: u32,
}

/// A form with a file.
#[schema(request)]
struct Form {
    /// The title.
    #[garde(length(min = 1, max = 80))]
    title: String,
    /// How many pages it has.
    #[garde(range(min = 1))]
    pages: u32,
    /// The file.
    file: InMemory,
}

/// What is known of an uploaded file.
#[schema(response)]
struct Uploaded {
    title: String,
    pages: u32,
    name: String,
    bytes: u64,
}

fn greeting() -> Json<Message> {
    Json(Message {
        message: GREETING.to_owned(),
    })
}

/// Greet every caller.
#[get("/")]
async fn index() -> Json<Message> {
    greeting()
}

/// Greet a caller with a key.
#[get("/guarded", authenticators = ["key"])]
async fn guarded(client: Headers<Client>) -> Json<Message> {
    let _ = client.version;
    greeting()
}

/// Return an item.
#[get("/items/{id}")]
async fn item(id: Path<u64>, page: Query<Page>) -> Json<Item> {
    Json(Item {
        id: id.into_inner(),
        limit: page.limit.unwrap_or(20),
        verbose: page.verbose.unwrap_or(false),
    })
}

/// Find something.
#[get("/search")]
async fn search(search: Query<Search>) -> Json<Search> {
    Json(search.into_inner())
}

/// Book something at a time.
#[post("/bookings", authenticators = ["key"])]
async fn book(booking: Json<Booking>) -> Created<Booking> {
    Created::new(booking.into_inner()).location(format!("/bookings/{}", 17))
}

/// Book something.
#[post("/visits", authenticators = ["key"])]
async fn visit(visit: Json<Visit>) -> Created<Visit> {
    Created::new(visit.into_inner()).location(format!("/visits/{}", 17))
}

/// Pay somebody.
#[post("/transfers")]
async fn transfer(transfer: Json<Transfer>) -> Json<Transfer> {
    transfer
}

/// Draw something.
#[post("/figures")]
async fn figure(figure: Json<Figure>) -> Json<Figure> {
    figure
}

/// Invite to a place.
#[post("/invitations")]
async fn invite(invitation: Json<Invitation>) -> Json<Invitation> {
    invitation
}

/// Count articles.
#[post("/stock")]
async fn stock(stock: Json<Stock>) -> Json<Stock> {
    stock
}

/// Buy articles.
#[post("/baskets")]
async fn buy(basket: Json<Basket>) -> Json<Receipt> {
    let prices = basket.lines.iter();
    Json(Receipt {
        lines: basket.lines.len(),
        total: prices.map(|it| it.price * f64::from(it.quantity)).sum(),
    })
}

/// Publish a text.
#[post("/articles")]
async fn publish(article: Json<Article>) -> Json<Summary> {
    let article = article.into_inner();
    Json(Summary {
        title: article.title,
        bytes: article.text.len(),
    })
}

/// Order something.
#[post("/orders")]
async fn order(order: Json<Order>) -> Created<Order> {
    Created::new(order.into_inner())
}

/// Upload a file.
#[post("/files")]
async fn upload(form: Multipart<Form>) -> Json<Uploaded> {
    let Form { title, pages, file } = form.into_inner();
    Json(Uploaded {
        title,
        pages,
        name: file.name().unwrap_or_default().to_owned(),
        bytes: file.size(),
    })
}

/// Return the caller.
#[get("/me", authenticators = ["token"])]
async fn me(caller: Identity<Token<Claims>>) -> Json<Caller> {
    Json(Caller {
        sub: caller.claims.sub.clone(),
    })
}

fn registry() -> Result<Registry, Box<dyn Error>> {
    let tokens = Bearer::<Claims>::new(JwtKeys::hmac(SECRET)?);
    Ok(Registry::new("Shapes", env!("CARGO_PKG_VERSION"))
        .authenticator("key", HeaderApiKey::new(KEY_HEADER).key("ada", KEY))
        .authenticator("token", tokens.issuer(ISSUER).audience(AUDIENCE))
        .operation(index)
        .operation(guarded)
        .operation(item)
        .operation(search)
        .operation(book)
        .operation(visit)
        .operation(transfer)
        .operation(figure)
        .operation(invite)
        .operation(stock)
        .operation(buy)
        .operation(publish)
        .operation(order)
        .operation(upload)
        .operation(me))
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let api = registry()?.build()?;
    let server = HttpServer::new(move || {
        App::new()
            .service(api.clone())
            .default_service(api.not_found())
    })
    .workers(workers())
    .bind("127.0.0.1:0")?;
    server.addrs().into_iter().for_each(print_address);
    server.run().await?;
    Ok(())
}
