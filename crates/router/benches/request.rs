//! What a whole request costs: an operation of Purlin against the same handler written by hand on actix-web, serde_json
//! and garde's derive.
//!
//! Both sides receive the same bytes and return the same responses, except for a rejected body: there the hand-written
//! handler reports serde's first error, as such handlers do. Finding the operation among many is measured in
//! `dispatch.rs`, decoding alone in the benches of purlin-schemas.

mod support;

use std::future::Future;

use actix_http::Request;
use actix_web::{
    Error,
    body::BoxBody,
    dev::{Service, ServiceResponse},
    http::{StatusCode, header::ContentType},
    test::{TestRequest, init_service},
};
use support::{Bench, Case, Fallible};

/// A valid body: 310 bytes, 14 fields.
const VALID: &str = concat!(
    r#"{"id":"ord-000123","customer":"Ada Lovelace","email":"ada.lovelace@example.com","#,
    r#""quantity":3,"price":19.95,"express":true,"#,
    r#""note":"leave it at the back door, behind the pots","#,
    r#""address":{"street":"12 St James's Square","city":"London","zip":"12345","country":"GB"},"#,
    r#""tags":["fragile","gift","blue"],"kind":"Book"}"#,
);

/// The same with five violations: `/email`, `/quantity`, `/price`, `/address/zip`, `/kind`.
const FIVE_VIOLATIONS: &str = concat!(
    r#"{"id":"ord-000123","customer":"Ada Lovelace","email":"ada.lovelace.example","#,
    r#""quantity":0,"price":-1.5,"express":true,"#,
    r#""note":"leave it at the back door, behind the pots","#,
    r#""address":{"street":"12 St James's Square","city":"London","zip":"1234","country":"GB"},"#,
    r#""tags":["fragile","gift","blue"],"kind":"Tool"}"#,
);

const CASES: &[Case] = &[
    ("get/purlin", |bench| {
        get(bench, init_service(by_purlin::app()?))
    }),
    ("get/by-hand", |bench| {
        get(bench, init_service(by_hand::app()))
    }),
    ("guarded/purlin", |bench| {
        guarded(bench, init_service(by_purlin::app()?))
    }),
    ("guarded/by-hand", |bench| {
        guarded(bench, init_service(by_hand::app()))
    }),
    ("post/purlin", |bench| {
        valid(bench, "/orders", init_service(by_purlin::app()?))
    }),
    ("post/by-hand", |bench| {
        valid(bench, "/orders", init_service(by_hand::app()))
    }),
    ("post/by-hand-web-json", |bench| {
        valid(bench, "/orders-web-json", init_service(by_hand::app()))
    }),
    ("refused/purlin", |bench| {
        refused(bench, init_service(by_purlin::app()?))
    }),
    ("refused/by-hand", |bench| {
        refused(bench, init_service(by_hand::app()))
    }),
];

fn main() -> Fallible {
    assert_eq!(VALID.len(), 310);
    support::main(CASES)
}

fn get<S>(bench: &Bench, service: impl Future<Output = S>) -> Fallible
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    bench.serve(
        service,
        || TestRequest::get().uri("/").to_request(),
        StatusCode::OK,
    )
}

/// The key of the guarded operation.
const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A GET with a key and a header of a declared type.
fn guarded<S>(bench: &Bench, service: impl Future<Output = S>) -> Fallible
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    let request = || {
        let request = TestRequest::get().uri("/guarded");
        let request = request.insert_header(("x-api-key", KEY));
        request
            .insert_header(("x-client-version", "42"))
            .to_request()
    };
    bench.serve(service, request, StatusCode::OK)
}

fn post(path: &str, body: &'static str) -> Request {
    let request = TestRequest::post()
        .uri(path)
        .insert_header(ContentType::json());
    request
        .insert_header(("content-length", body.len()))
        .set_payload(body)
        .to_request()
}

fn valid<S>(bench: &Bench, path: &str, service: impl Future<Output = S>) -> Fallible
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    bench.serve(service, || post(path, VALID), StatusCode::CREATED)
}

fn refused<S>(bench: &Bench, service: impl Future<Output = S>) -> Fallible
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    bench.serve(
        service,
        || post("/orders", FIVE_VIOLATIONS),
        StatusCode::BAD_REQUEST,
    )
}

/// The operations as a user of Purlin declares them.
mod by_purlin {
    use actix_web::{
        App,
        dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    };
    use purlin_router::{
        Json, Registry, auth::HeaderApiKey, extract::Headers, get, post, reply::Created, schema,
        schemas::Message,
    };

    use super::{Error, Fallible, KEY};

    #[schema]
    struct Order {
        #[garde(length(chars, min = 1, max = 40))]
        id: String,
        #[garde(length(chars, min = 1, max = 80))]
        customer: String,
        #[garde(email)]
        email: String,
        #[garde(range(min = 1, max = 100))]
        quantity: u32,
        #[garde(range(min = 0.0))]
        price: f64,
        express: bool,
        #[garde(length(chars, max = 200))]
        note: Option<String>,
        address: Address,
        #[garde(length(max = 10))]
        tags: Vec<String>,
        kind: Kind,
    }

    #[schema]
    struct Address {
        #[garde(length(chars, min = 1))]
        street: String,
        #[garde(length(chars, min = 1))]
        city: String,
        #[garde(pattern("^[0-9]{5}$"))]
        zip: String,
        #[garde(length(chars, equal = 2))]
        country: String,
    }

    #[schema]
    enum Kind {
        Book,
        Food,
    }

    /// Greet the caller.
    #[get("/")]
    async fn get_index() -> Json<Message> {
        Json(Message {
            message: "Hello, world!".to_owned(),
        })
    }

    #[schema(request)]
    struct Client {
        #[serde(rename = "X-Client-Version")]
        version: u32,
    }

    /// Greet a caller with a key.
    #[get("/guarded", authenticators = ["apiKey"])]
    async fn get_guarded(client: Headers<Client>) -> Json<Message> {
        let _ = client.version;
        Json(Message {
            message: "Hello, world!".to_owned(),
        })
    }

    /// Take an order.
    #[post("/orders")]
    async fn create_order(order: Json<Order>) -> Created<Order> {
        Created::new(order.into_inner())
    }

    pub(super) fn app() -> Fallible<
        App<
            impl ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse,
                Error = Error,
                InitError = (),
            >,
        >,
    > {
        let registry = Registry::new("Bench", "1.0.0")
            .authenticator("apiKey", HeaderApiKey::new("X-Api-Key").key("ada", KEY))
            .operation(get_index)
            .operation(get_guarded)
            .operation(create_order);
        let router = registry.build().map_err(|errors| errors.to_string())?;
        Ok(App::new().service(router))
    }
}

/// The same without Purlin.
mod by_hand {
    use actix_web::{
        App, HttpRequest, HttpResponse,
        dev::{ServiceFactory, ServiceRequest, ServiceResponse},
        http::header::HeaderValue,
        web,
    };
    use garde::Validate;
    use serde::{Deserialize, Serialize};
    use subtle::ConstantTimeEq;

    use super::{Error, KEY};

    #[derive(Serialize)]
    struct Message {
        message: String,
    }

    #[derive(Serialize, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    #[garde(allow_unvalidated)]
    struct Order {
        #[garde(length(chars, min = 1, max = 40))]
        id: String,
        #[garde(length(chars, min = 1, max = 80))]
        customer: String,
        #[garde(email)]
        email: String,
        #[garde(range(min = 1, max = 100))]
        quantity: u32,
        #[garde(range(min = 0.0))]
        price: f64,
        express: bool,
        #[garde(length(chars, max = 200))]
        note: Option<String>,
        #[garde(dive)]
        address: Address,
        #[garde(length(max = 10))]
        tags: Vec<String>,
        kind: Kind,
    }

    #[derive(Serialize, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    #[garde(allow_unvalidated)]
    struct Address {
        #[garde(length(chars, min = 1))]
        street: String,
        #[garde(length(chars, min = 1))]
        city: String,
        #[garde(pattern("^[0-9]{5}$"))]
        zip: String,
        #[garde(length(chars, equal = 2))]
        country: String,
    }

    #[derive(Serialize, Deserialize)]
    enum Kind {
        Book,
        Food,
    }

    async fn get_index() -> HttpResponse {
        HttpResponse::Ok().json(Message {
            message: "Hello, world!".to_owned(),
        })
    }

    /// Compares the key in constant time, reads the header as a number, and rejects
    /// everything else, as a careful author would.
    async fn get_guarded(request: HttpRequest) -> HttpResponse {
        let headers = request.headers();
        let key = headers.get("x-api-key").map(HeaderValue::as_bytes);
        if !key.is_some_and(|key| bool::from(key.ct_eq(KEY.as_bytes()))) {
            return HttpResponse::Unauthorized().finish();
        }
        let version = headers.get("x-client-version");
        let version = version.and_then(|version| version.to_str().ok()?.parse::<u32>().ok());
        match version {
            Some(_) => HttpResponse::Ok().json(Message {
                message: "Hello, world!".to_owned(),
            }),
            None => rejection("X-Client-Version is missing or no number"),
        }
    }

    fn rejection(message: impl ToString) -> HttpResponse {
        HttpResponse::BadRequest().json(Message {
            message: message.to_string(),
        })
    }

    fn created(order: Order) -> HttpResponse {
        match order.validate() {
            Ok(()) => HttpResponse::Created().json(order),
            Err(report) => rejection(report),
        }
    }

    /// Reads the body in the fewest steps: bytes, serde_json, garde.
    async fn create_order(body: web::Bytes) -> HttpResponse {
        match serde_json::from_slice::<Order>(&body) {
            Ok(order) => created(order),
            Err(error) => rejection(error),
        }
    }

    /// Reads the body with actix-web's own extractor, which also checks the content type.
    async fn create_order_web_json(order: web::Json<Order>) -> HttpResponse {
        created(order.into_inner())
    }

    pub(super) fn app() -> App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse,
            Error = Error,
            InitError = (),
        >,
    > {
        App::new()
            .route("/", web::get().to(get_index))
            .route("/guarded", web::get().to(get_guarded))
            .route("/orders", web::post().to(create_order))
            .route("/orders-web-json", web::post().to(create_order_web_json))
    }
}
