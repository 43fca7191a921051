//! The endpoints by hand on actix-web.

use std::{fmt, io};

use actix_multipart::Multipart;
use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer, ResponseError,
    body::BoxBody,
    http::{
        StatusCode,
        header::{AUTHORIZATION, AsHeaderName, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE},
    },
    web::{self, Bytes, BytesMut, Data},
};
use futures_util::TryStreamExt as _;
use garde::Validate;
use purlin_benches::{
    BODY_LIMIT, GREETING, KEY_HEADER, check_key, client_version, is_media_type, print_address,
    problem::{self, Failure},
    token::Tokens,
    types::{
        Article, Basket, Booking, Figure, Invitation, Item, Message, Order, Page, Receipt, Search,
        Stock, Summary, Transfer, Visit,
    },
    upload::Form,
    workers,
};
use serde::de::DeserializeOwned;

/// A failure as actix-web takes it from a handler.
#[derive(Debug)]
struct Error(Failure);

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.status())
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.status_code());
        if matches!(self.0, Failure::Unauthenticated) {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        response
            .content_type(problem::MEDIA_TYPE)
            .body(self.0.body())
    }
}

type Result<T = HttpResponse> = std::result::Result<T, Error>;

fn header(request: &HttpRequest, name: impl AsHeaderName) -> Option<&[u8]> {
    request.headers().get(name).map(|it| it.as_bytes())
}

/// Reads and checks a body of JSON.
fn json<T: DeserializeOwned + Validate<Context = ()>>(
    request: &HttpRequest,
    body: &[u8],
) -> Result<T> {
    if !is_media_type(header(request, CONTENT_TYPE), "application/json") {
        return Err(Failure::MediaType.into());
    }
    Ok(problem::json(body)?)
}

fn query(request: &HttpRequest) -> Option<&str> {
    request.uri().query()
}

async fn index() -> HttpResponse {
    HttpResponse::Ok().json(Message { message: GREETING })
}

async fn guarded(request: HttpRequest) -> Result {
    check_key(header(&request, KEY_HEADER))?;
    client_version(header(&request, "x-client-version"))?;
    Ok(HttpResponse::Ok().json(Message { message: GREETING }))
}

async fn item(request: HttpRequest) -> Result {
    let id = request.match_info().get("id");
    let id = id.and_then(|it| it.parse().ok()).ok_or(Failure::Path)?;
    let page: Page = problem::query(query(&request))?;
    Ok(HttpResponse::Ok().json(Item {
        id,
        limit: page.limit.unwrap_or(20),
        verbose: page.verbose.unwrap_or(false),
    }))
}

async fn search(request: HttpRequest) -> Result {
    let search: Search = problem::query_with_lists(query(&request))?;
    Ok(HttpResponse::Ok().json(search))
}

async fn book(request: HttpRequest, body: Bytes) -> Result {
    check_key(header(&request, KEY_HEADER))?;
    let booking: Booking = json(&request, &body)?;
    let location = format!("/bookings/{}", 17);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .json(booking))
}

async fn visit(request: HttpRequest, body: Bytes) -> Result {
    check_key(header(&request, KEY_HEADER))?;
    let visit: Visit = json(&request, &body)?;
    let location = format!("/visits/{}", 17);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .json(visit))
}

async fn transfer(request: HttpRequest, body: Bytes) -> Result {
    let transfer: Transfer = json(&request, &body)?;
    Ok(HttpResponse::Ok().json(transfer))
}

async fn figure(request: HttpRequest, body: Bytes) -> Result {
    let figure: Figure = json(&request, &body)?;
    Ok(HttpResponse::Ok().json(figure))
}

async fn invite(request: HttpRequest, body: Bytes) -> Result {
    let invitation: Invitation = json(&request, &body)?;
    Ok(HttpResponse::Ok().json(invitation))
}

async fn stock(request: HttpRequest, body: Bytes) -> Result {
    let stock: Stock = json(&request, &body)?;
    Ok(HttpResponse::Ok().json(stock))
}

async fn buy(request: HttpRequest, body: Bytes) -> Result {
    let basket: Basket = json(&request, &body)?;
    Ok(HttpResponse::Ok().json(Receipt::of(&basket)))
}

async fn publish(request: HttpRequest, body: Bytes) -> Result {
    let article: Article = json(&request, &body)?;
    Ok(HttpResponse::Ok().json(Summary {
        title: article.title,
        bytes: article.text.len(),
    }))
}

async fn order(request: HttpRequest, body: Bytes) -> Result {
    let order: Order = json(&request, &body)?;
    Ok(HttpResponse::Created().json(order))
}

async fn upload(request: HttpRequest, payload: web::Payload) -> Result {
    if !is_media_type(header(&request, CONTENT_TYPE), "multipart/form-data") {
        return Err(Failure::MediaType.into());
    }
    let mut parts = Multipart::new(request.headers(), payload);
    let mut form = Form::default();
    let mut rest = BODY_LIMIT;
    let incomplete = |_| Failure::Incomplete;
    while let Some(mut part) = parts.try_next().await.map_err(incomplete)? {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = part.try_next().await.map_err(incomplete)? {
            rest = rest.checked_sub(chunk.len()).ok_or(Failure::TooLarge)?;
            bytes.extend_from_slice(&chunk);
        }
        let file = part.content_disposition();
        let file = file.and_then(|it| it.get_filename());
        form.add(part.name().unwrap_or_default(), file, &bytes)?;
    }
    Ok(HttpResponse::Ok().json(form.finish()?))
}

async fn me(request: HttpRequest, tokens: Data<Tokens>) -> Result {
    let claims = tokens.verify(header(&request, AUTHORIZATION))?;
    Ok(HttpResponse::Ok().json(claims))
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let tokens = Data::new(Tokens::default());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(tokens.clone())
            .app_data(web::PayloadConfig::new(BODY_LIMIT))
            .route("/", web::get().to(index))
            .route("/guarded", web::get().to(guarded))
            .route("/search", web::get().to(search))
            .route("/bookings", web::post().to(book))
            .route("/visits", web::post().to(visit))
            .route("/transfers", web::post().to(transfer))
            .route("/figures", web::post().to(figure))
            .route("/invitations", web::post().to(invite))
            .route("/stock", web::post().to(stock))
            .route("/baskets", web::post().to(buy))
            .route("/articles", web::post().to(publish))
            .route("/orders", web::post().to(order))
            .route("/files", web::post().to(upload))
            .route("/me", web::get().to(me))
            // The one path with a pattern, which takes a regular expression: the others are found before it.
            .route("/items/{id}", web::get().to(item))
    })
    .workers(workers())
    .bind("127.0.0.1:0")?;
    server.addrs().into_iter().for_each(print_address);
    server.run().await
}
