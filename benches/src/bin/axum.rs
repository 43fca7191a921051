//! The endpoints by hand on axum.

use std::{io, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Path, Request},
    http::{
        HeaderMap, StatusCode,
        header::{AUTHORIZATION, AsHeaderName, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE},
        request::Parts,
    },
    response::{IntoResponse, Response},
    routing::{get, post},
};
use garde::Validate;
use purlin_benches::{
    BODY_LIMIT, GREETING, KEY_HEADER, check_key, client_version, is_media_type, print_address,
    problem::{self, Failure},
    token::Tokens,
    types::{
        Article, Basket, Booking, Claims, Figure, Invitation, Item, Message, Order, Page, Receipt,
        Search, Stock, Summary, Transfer, Visit,
    },
    upload::{Form, Uploaded},
    workers,
};
use serde::de::DeserializeOwned;
use tokio::{net::TcpListener, runtime::Builder};

/// A failure as axum takes it from a handler.
struct Error(Failure);

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let content_type = [(CONTENT_TYPE, problem::MEDIA_TYPE)];
        let body = (status, content_type, self.0.body());
        match self.0 {
            Failure::Unauthenticated => ([(WWW_AUTHENTICATE, "Bearer")], body).into_response(),
            _ => body.into_response(),
        }
    }
}

type Result<T> = std::result::Result<T, Error>;

fn header(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&[u8]> {
    headers.get(name).map(|it| it.as_bytes())
}

/// A body of JSON that is checked.
struct Checked<T>(T);

impl<S: Send + Sync, T: DeserializeOwned + Validate<Context = ()>> FromRequest<S> for Checked<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        if !is_media_type(header(request.headers(), CONTENT_TYPE), "application/json") {
            return Err(Failure::MediaType.into());
        }
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|error| match error.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge,
            _ => Failure::Incomplete,
        });
        Ok(Self(problem::json(&body?)?))
    }
}

/// A query that is checked.
struct Query<T>(T);

impl<S: Send + Sync, T: DeserializeOwned + Validate<Context = ()>> FromRequestParts<S>
    for Query<T>
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self(problem::query(parts.uri.query())?))
    }
}

/// A query with lists that is checked.
struct QueryWithLists<T>(T);

impl<S: Send + Sync, T: DeserializeOwned + Validate<Context = ()>> FromRequestParts<S>
    for QueryWithLists<T>
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self(problem::query_with_lists(parts.uri.query())?))
    }
}

/// The caller has the API key.
struct HasKey;

impl<S: Send + Sync> FromRequestParts<S> for HasKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        check_key(header(&parts.headers, KEY_HEADER))?;
        Ok(Self)
    }
}

/// The client names its version.
struct HasVersion;

impl<S: Send + Sync> FromRequestParts<S> for HasVersion {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        client_version(header(&parts.headers, "x-client-version"))?;
        Ok(Self)
    }
}

/// The caller, by a token.
struct Caller(Claims);

impl FromRequestParts<Arc<Tokens>> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, tokens: &Arc<Tokens>) -> Result<Self> {
        Ok(Self(tokens.verify(header(&parts.headers, AUTHORIZATION))?))
    }
}

async fn index() -> Json<Message> {
    Json(Message { message: GREETING })
}

async fn guarded(_: HasKey, _: HasVersion) -> Json<Message> {
    Json(Message { message: GREETING })
}

async fn item(
    id: std::result::Result<Path<u64>, axum::extract::rejection::PathRejection>,
    Query(page): Query<Page>,
) -> Result<Json<Item>> {
    let Path(id) = id.map_err(|_| Failure::Path)?;
    Ok(Json(Item {
        id,
        limit: page.limit.unwrap_or(20),
        verbose: page.verbose.unwrap_or(false),
    }))
}

async fn search(QueryWithLists(search): QueryWithLists<Search>) -> Json<Search> {
    Json(search)
}

async fn book(_: HasKey, Checked(booking): Checked<Booking>) -> impl IntoResponse {
    let location = format!("/bookings/{}", 17);
    (StatusCode::CREATED, [(LOCATION, location)], Json(booking))
}

async fn visit(_: HasKey, Checked(visit): Checked<Visit>) -> impl IntoResponse {
    let location = format!("/visits/{}", 17);
    (StatusCode::CREATED, [(LOCATION, location)], Json(visit))
}

async fn transfer(Checked(transfer): Checked<Transfer>) -> Json<Transfer> {
    Json(transfer)
}

async fn figure(Checked(figure): Checked<Figure>) -> Json<Figure> {
    Json(figure)
}

async fn invite(Checked(invitation): Checked<Invitation>) -> Json<Invitation> {
    Json(invitation)
}

async fn stock(Checked(stock): Checked<Stock>) -> Json<Stock> {
    Json(stock)
}

async fn buy(Checked(basket): Checked<Basket>) -> Json<Receipt> {
    Json(Receipt::of(&basket))
}

async fn publish(Checked(article): Checked<Article>) -> Json<Summary> {
    Json(Summary {
        title: article.title,
        bytes: article.text.len(),
    })
}

async fn order(Checked(order): Checked<Order>) -> (StatusCode, Json<Order>) {
    (StatusCode::CREATED, Json(order))
}

async fn upload(request: Request) -> Result<Json<Uploaded>> {
    if !is_media_type(
        header(request.headers(), CONTENT_TYPE),
        "multipart/form-data",
    ) {
        return Err(Failure::MediaType.into());
    }
    let incomplete = |_| Failure::Incomplete;
    let parts = Multipart::from_request(request, &()).await;
    let mut parts = parts.map_err(|_| Failure::Incomplete)?;
    let mut form = Form::default();
    while let Some(part) = parts.next_field().await.map_err(incomplete)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(ToOwned::to_owned);
        let bytes = part.bytes().await;
        let bytes = bytes.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge,
            _ => Failure::Incomplete,
        })?;
        form.add(&name, file.as_deref(), &bytes)?;
    }
    Ok(Json(form.finish()?))
}

async fn me(Caller(claims): Caller) -> Json<Claims> {
    Json(claims)
}

async fn serve() -> io::Result<()> {
    let app = Router::new()
        .route("/", get(index))
        .route("/guarded", get(guarded))
        .route("/search", get(search))
        .route("/bookings", post(book))
        .route("/visits", post(visit))
        .route("/transfers", post(transfer))
        .route("/figures", post(figure))
        .route("/invitations", post(invite))
        .route("/stock", post(stock))
        .route("/baskets", post(buy))
        .route("/articles", post(publish))
        .route("/orders", post(order))
        .route("/files", post(upload))
        .route("/me", get(me))
        .route("/items/{id}", get(item))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Arc::new(Tokens::default()));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    print_address(listener.local_addr()?);
    axum::serve(listener, app).await
}

fn main() -> io::Result<()> {
    let mut runtime = match workers() {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    let runtime = runtime.worker_threads(workers()).enable_all().build()?;
    runtime.block_on(serve())
}
