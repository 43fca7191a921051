//! Each middleware in a plain actix-web `App`, without settings, registries or a server.

use std::{
    cell::RefCell,
    future::ready,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use actix_web::{
    App, Error, HttpRequest, HttpResponse,
    body::{MessageBody, to_bytes},
    dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    test::{self, TestRequest},
    web,
};
use purlin_app::{
    Bounded, CompressionSettings, ConditionalSettings, CorsSettings, LimitSettings, OnStoreFailure,
    ProxySettings, RateLimitSettings, SecurityHeaderSettings,
    middleware::{
        AccessLog, ClientAddress, Compression, ConcurrencyLimit, ConditionalRequests, Cors,
        ErrorStyles, MiddlewareError, RateLimit, RejectReason, SecurityHeaders, SizeLimits,
        TimeLimit, TrustedProxies,
    },
};
use purlin_router::{Json, Operation, Registry, error::ErrorStyle, schemas::Message};
use purlin_store::{
    StoreError, StoreFuture,
    rate_limit::{Client, MemoryRateLimits, RateLimitStore, Remaining},
};
use serde_json::Value;

async fn hello() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body("{\"message\":\"Hello\"}")
}

/// Starts the app with one handler at `/`, and sends requests one after the other.
async fn responses<T, B>(app: App<T>, requests: Vec<TestRequest>) -> Vec<ServiceResponse>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    T::Future: 'static,
    B: MessageBody + 'static,
{
    let app = test::init_service(app).await;
    let mut responses = Vec::new();
    for request in requests {
        let response = app.call(request.to_request()).await.unwrap();
        responses.push(response.map_into_boxed_body());
    }
    responses
}

fn get() -> TestRequest {
    TestRequest::get().uri("/")
}

fn header_of(response: &ServiceResponse, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(value.to_str().unwrap().to_owned())
}

fn reason(response: &ServiceResponse) -> Option<RejectReason> {
    response.response().extensions().get().copied()
}

async fn json(response: ServiceResponse) -> Value {
    let body = to_bytes(response.into_body()).await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// Asserts that the response is problem details of this status.
async fn assert_problem(response: ServiceResponse, status: u16) {
    assert_eq!(response.status().as_u16(), status);
    let media_type = header_of(&response, "content-type");
    assert_eq!(media_type.as_deref(), Some("application/problem+json"));
    assert_eq!(json(response).await["status"], status);
}

#[actix_web::test]
async fn access_log_gives_requests_an_id() {
    async fn id(request: HttpRequest) -> String {
        let id = request.headers().get("x-request-id").unwrap();
        id.to_str().unwrap().to_owned()
    }
    let app = App::new()
        .wrap(AccessLog::new())
        .route("/", web::get().to(id));
    let sent = get().insert_header(("x-request-id", "abc"));
    let unusable = get().insert_header(("x-request-id", "a b"));
    let responses = responses(app, vec![get(), sent, unusable]).await;
    let mut ids = Vec::new();
    for response in responses {
        let id = header_of(&response, "x-request-id").unwrap();
        let body = to_bytes(response.into_body()).await.unwrap();
        assert_eq!(body, id, "the handler finds the same id");
        ids.push(id);
    }
    assert_eq!((ids[0].len(), ids[1].as_str()), (32, "abc"));
    assert_eq!(ids[2].len(), 32);
    assert_ne!(ids[0], ids[2]);
}

thread_local! {
    /// The records of the access log that this thread has written.
    static RECORDS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct Recorder;

impl log::Log for Recorder {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        if record.target() == "purlin::access" {
            let id = record.key_values().get("request_id".into());
            let line = format!("{} {}", record.args(), id.unwrap());
            RECORDS.with_borrow_mut(|records| records.push(line));
        }
    }

    fn flush(&self) {}
}

#[actix_web::test]
async fn access_log_writes_a_record_with_the_logger_of_the_program() {
    log::set_logger(&Recorder).unwrap();
    log::set_max_level(log::LevelFilter::Info);
    let app = App::new()
        .wrap(AccessLog::new())
        .route("/", web::get().to(hello));
    responses(app, vec![get().insert_header(("x-request-id", "abc"))]).await;
    let records = RECORDS.with_borrow(Vec::clone);
    let [record] = records.as_slice() else {
        panic!("{records:?}")
    };
    assert!(record.starts_with("GET / 200 19B "), "{record}");
    assert!(record.ends_with("us abc"), "{record}");
}

#[actix_web::test]
async fn trusted_proxies_determine_the_client_address() {
    async fn address(request: HttpRequest) -> String {
        ClientAddress::of(&request).unwrap().0.to_string()
    }
    let mut settings = ProxySettings::default();
    settings.trusted.push("10.0.0.0/8".to_owned());
    let app = App::new()
        .wrap(TrustedProxies::new(&settings).unwrap())
        .route("/", web::get().to(address));
    let from = |peer: &str| {
        get()
            .peer_addr(format!("{peer}:4711").parse().unwrap())
            .insert_header(("x-forwarded-for", "203.0.113.9"))
    };
    let responses = responses(app, vec![from("10.0.0.1"), from("192.0.2.7")]).await;
    let expected = ["203.0.113.9", "192.0.2.7"];
    for (response, expected) in responses.into_iter().zip(expected) {
        assert_eq!(to_bytes(response.into_body()).await.unwrap(), expected);
    }
}

#[actix_web::test]
async fn size_limits_reject_what_is_too_large() {
    let mut settings = LimitSettings::default();
    (settings.uri_bytes, settings.header_count) = (Bounded::of::<10>(), Bounded::of::<3>());
    (settings.header_bytes, settings.body_bytes) = (Bounded::of::<50>(), Bounded::of::<5>());
    let app = App::new()
        .wrap(SizeLimits::new(&settings))
        .route("/", web::get().to(hello));
    let many = (0..4).fold(get(), |get, nth| {
        get.insert_header((format!("x-{nth}"), "1"))
    });
    let requests = vec![
        get(),
        TestRequest::get().uri("/?long=query"),
        many,
        get().insert_header(("x-long", "a".repeat(50))),
        get().insert_header((header::CONTENT_LENGTH, "6")),
    ];
    let mut responses = responses(app, requests).await.into_iter();
    assert_eq!(responses.next().unwrap().status(), StatusCode::OK);
    for (status, expected) in [
        (414, RejectReason::UriTooLong),
        (431, RejectReason::HeadersTooLarge),
        (431, RejectReason::HeadersTooLarge),
        (413, RejectReason::BodyTooLarge),
    ] {
        let response = responses.next().unwrap();
        assert_eq!(reason(&response), Some(expected));
        assert_problem(response, status).await;
    }
}

#[actix_web::test]
async fn rejections_have_the_error_style_of_the_registry_behind_the_middleware() {
    async fn todo() -> Json<Message> {
        Json(Message::new("todo"))
    }
    let router = Registry::new("Todos", "1.0.0")
        .error_style(ErrorStyle::Rebar)
        .operation(Operation::get("/todos", todo).operation_id("get_todo"))
        .build()
        .unwrap();
    let mut settings = LimitSettings::default();
    settings.uri_bytes = Bounded::of::<6>();
    let limits = SizeLimits::new(&settings).error_styles(ErrorStyles::of([&router]));
    let app = App::new().wrap(limits).service(router);
    let request = TestRequest::get().uri("/todos?done=1");
    let responses = responses(app, vec![TestRequest::get().uri("/todos"), request]).await;
    let [accepted, rejected] = <[_; 2]>::try_from(responses).unwrap();
    assert_eq!(accepted.status(), StatusCode::OK);
    assert_eq!(rejected.status(), StatusCode::URI_TOO_LONG);
    let message = "the address has more than 6 bytes";
    let body = json(rejected).await;
    assert_eq!(body, serde_json::json!({"message": message}));
}

#[actix_web::test]
async fn concurrency_limit_sheds_load() {
    let limit = ConcurrencyLimit::new(1);
    // The other clone is that of another worker.
    let (outer, inner) = (limit.clone(), limit);
    let app = App::new().service(
        web::scope("")
            .wrap(inner)
            .wrap(outer)
            .route("/", web::get().to(hello)),
    );
    let responses = responses(app, vec![get(), get()]).await;
    for response in responses {
        assert_eq!(header_of(&response, "retry-after").as_deref(), Some("1"));
        assert_eq!(reason(&response), Some(RejectReason::Overload));
        assert_problem(response, 503).await;
    }
}

#[actix_web::test]
async fn time_limit_cancels_a_slow_handler() {
    static STARTED: AtomicU32 = AtomicU32::new(0);
    static FINISHED: AtomicU32 = AtomicU32::new(0);
    async fn endless() -> HttpResponse {
        STARTED.fetch_add(1, Ordering::Relaxed);
        std::future::pending::<()>().await;
        FINISHED.fetch_add(1, Ordering::Relaxed);
        HttpResponse::Ok().finish()
    }
    let app = App::new()
        .wrap(TimeLimit::new(Duration::from_millis(20)))
        .route("/", web::get().to(endless))
        .route("/fast", web::get().to(hello));
    let app = test::init_service(app).await;
    let fast = TestRequest::get().uri("/fast").to_request();
    assert_eq!(app.call(fast).await.unwrap().status(), StatusCode::OK);
    let error = app.call(get().to_request()).await.err().unwrap();
    let response = error.error_response();
    assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT);
    let media_type = response.headers().get(header::CONTENT_TYPE).unwrap();
    assert_eq!(media_type, "application/problem+json");
    assert_eq!(STARTED.load(Ordering::Relaxed), 1);
    assert_eq!(FINISHED.load(Ordering::Relaxed), 0);
}

#[actix_web::test]
async fn rate_limit_rejects_a_client_over_its_quota() {
    let mut settings = RateLimitSettings::default();
    settings.per_address = Bounded::of::<1>();
    let app = App::new()
        .wrap(RateLimit::new(&settings).unwrap())
        .route("/", web::get().to(hello));
    let from = |peer: &str| get().peer_addr(format!("{peer}:4711").parse().unwrap());
    let requests = vec![from("192.0.2.1"), from("192.0.2.1"), from("192.0.2.2")];
    let responses = responses(app, requests).await;
    let [first, second, other] = <[_; 3]>::try_from(responses).unwrap();
    assert_eq!(first.status(), StatusCode::OK);
    let policy = "\"address\";q=1;w=60";
    assert_eq!(header_of(&first, "ratelimit-policy").unwrap(), policy);
    assert_eq!(
        header_of(&first, "ratelimit").unwrap(),
        "\"address\";r=0;t=60"
    );
    assert_eq!(header_of(&second, "retry-after").as_deref(), Some("60"));
    assert_eq!(reason(&second), Some(RejectReason::RateLimit));
    assert_problem(second, 429).await;
    assert_eq!(other.status(), StatusCode::OK);
}

#[actix_web::test]
async fn rate_limit_counts_in_a_store_that_processes_share() {
    let mut settings = RateLimitSettings::default();
    settings.per_address = Bounded::of::<2>();
    settings.per_key = Bounded::of::<1>();
    settings.key_header = "x-key".to_owned();
    let store = Arc::new(MemoryRateLimits::new(16));
    // Two processes: each has a middleware of its own.
    let from = |peer: &str, key: &'static str| {
        let peer = format!("{peer}:4711").parse().unwrap();
        get().peer_addr(peer).insert_header(("x-key", key))
    };
    let mut statuses = Vec::new();
    for requests in [
        vec![from("192.0.2.1", "a"), from("192.0.2.1", "b")],
        vec![from("192.0.2.1", "c"), from("192.0.2.2", "a")],
        vec![from("192.0.2.3", "c")],
    ] {
        let limit = RateLimit::new(&settings).unwrap();
        let app = App::new()
            .wrap(limit.store(Arc::clone(&store)))
            .route("/", web::get().to(hello));
        for response in responses(app, requests).await {
            let fields = header_of(&response, "ratelimit").unwrap();
            statuses.push((response.status().as_u16(), fields));
        }
    }
    let [first, second, third, fourth, fifth] = &statuses[..] else {
        panic!("{statuses:?}")
    };
    assert_eq!(first.0, 200);
    assert_eq!(
        first.1, "\"address\";r=1;t=30, \"key\";r=0;t=60",
        "{statuses:?}"
    );
    assert_eq!(second.0, 200);
    // The address has used its quota; the key takes nothing then.
    assert_eq!(third.0, 429);
    assert!(!third.1.contains("key"), "{statuses:?}");
    assert_eq!(fourth.0, 429);
    assert!(fourth.1.contains("\"key\";r=0"), "{statuses:?}");
    assert_eq!(fifth.0, 200);
}

/// A store of rate limits that cannot be reached.
struct Unreachable;

impl RateLimitStore for Unreachable {
    fn take(&self, _: Vec<Client>) -> StoreFuture<'_, Vec<Remaining>> {
        Box::pin(ready(Err(StoreError::new("no connection"))))
    }
}

#[actix_web::test]
async fn requests_that_cannot_be_counted_are_let_through_or_rejected() {
    for (on_failure, expected) in [(OnStoreFailure::Open, 200), (OnStoreFailure::Closed, 503)] {
        let mut settings = RateLimitSettings::default();
        settings.per_address = Bounded::of::<1>();
        settings.on_store_failure = on_failure;
        let limit = RateLimit::new(&settings).unwrap().store(Unreachable);
        let app = App::new().wrap(limit).route("/", web::get().to(hello));
        let peer = "192.0.2.1:4711".parse().unwrap();
        let requests = vec![get().peer_addr(peer), get().peer_addr(peer)];
        for response in responses(app, requests).await {
            assert_eq!(response.status().as_u16(), expected);
            assert_eq!(header_of(&response, "ratelimit"), None);
            let is_rejected = expected == 503;
            let reason = reason(&response);
            assert_eq!(
                reason,
                is_rejected.then_some(RejectReason::StoreUnavailable)
            );
            assert_eq!(header_of(&response, "retry-after").is_some(), is_rejected);
        }
    }
}

#[actix_web::test]
async fn cors_responds_to_preflight_requests() {
    let mut settings = CorsSettings::default();
    settings.origins.push("https://app.example.org".to_owned());
    let app = App::new()
        .wrap(Cors::new(&settings).unwrap())
        .route("/", web::get().to(hello));
    let preflight = |method: &str| {
        TestRequest::default()
            .method(Method::OPTIONS)
            .uri("/")
            .insert_header((header::ORIGIN, "https://app.example.org"))
            .insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, method))
    };
    let simple = get().insert_header((header::ORIGIN, "https://app.example.org"));
    let requests = vec![preflight("PUT"), preflight("TRACE"), simple];
    let responses = responses(app, requests).await;
    let [allowed, rejected, simple] = <[_; 3]>::try_from(responses).unwrap();
    for response in [&allowed, &simple] {
        assert_eq!(response.status(), StatusCode::OK);
        let origin = header_of(response, "access-control-allow-origin");
        assert_eq!(origin.as_deref(), Some("https://app.example.org"));
    }
    assert_eq!(reason(&rejected), Some(RejectReason::Cors));
    assert_problem(rejected, 400).await;
}

#[actix_web::test]
async fn security_headers_are_added_unless_the_handler_has_set_them() {
    async fn own() -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "max-age=60"))
            .finish()
    }
    let app = App::new()
        .wrap(SecurityHeaders::new(&SecurityHeaderSettings::default()).unwrap())
        .route("/", web::get().to(hello))
        .route("/own", web::get().to(own));
    let responses = responses(app, vec![get(), TestRequest::get().uri("/own")]).await;
    for (response, caching) in responses.iter().zip(["no-store", "max-age=60"]) {
        let options = header_of(response, "x-content-type-options");
        assert_eq!(options.as_deref(), Some("nosniff"));
        assert_eq!(header_of(response, "cache-control").unwrap(), caching);
    }
}

#[actix_web::test]
async fn compression_is_negotiated() {
    async fn long() -> HttpResponse {
        HttpResponse::Ok()
            .content_type("text/plain")
            .body("all the same line\n".repeat(200))
    }
    let app = App::new()
        .wrap(Compression::new(&CompressionSettings::default()))
        .route("/", web::get().to(long))
        .route("/short", web::get().to(hello));
    let accepting = |uri: &str, coding: &str| {
        TestRequest::get()
            .uri(uri)
            .insert_header((header::ACCEPT_ENCODING, coding))
    };
    let requests = vec![
        accepting("/", "gzip"),
        accepting("/", "identity"),
        accepting("/short", "gzip"),
    ];
    let responses = responses(app, requests).await;
    let coding = |response| header_of(response, "content-encoding");
    assert_eq!(coding(&responses[0]).as_deref(), Some("gzip"));
    assert_eq!(coding(&responses[1]), None);
    assert_eq!(coding(&responses[2]), None);
    let vary = header_of(&responses[1], "vary");
    assert_eq!(vary.as_deref(), Some("accept-encoding"));
}

#[actix_web::test]
async fn conditional_requests_save_the_body() {
    let app = App::new()
        .wrap(ConditionalRequests::new(&ConditionalSettings::default()))
        .route("/", web::get().to(hello));
    let app = test::init_service(app).await;
    let first = app.call(get().to_request()).await.unwrap();
    let tag = header_of(&first.map_into_boxed_body(), "etag").unwrap();
    let request = get().insert_header((header::IF_NONE_MATCH, tag));
    let second = app.call(request.to_request()).await.unwrap();
    assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
    let body = to_bytes(second.into_body()).await.map_err(|_| ()).unwrap();
    assert!(body.is_empty());
}

#[test]
fn errors_in_the_configuration_name_the_setting() {
    let mut proxies = ProxySettings::default();
    proxies.trusted.push("everybody".to_owned());
    let mut cors = CorsSettings::default();
    (cors.origins, cors.credentials) = (vec!["*".to_owned()], true);
    let mut headers = SecurityHeaderSettings::default();
    headers.frame_options = "a\nb".to_owned();
    let mut rates = RateLimitSettings::default();
    rates.per_key = Bounded::of::<1>();
    let errors: Vec<MiddlewareError> = vec![
        TrustedProxies::new(&proxies).err().unwrap(),
        Cors::new(&cors).err().unwrap(),
        SecurityHeaders::new(&headers).err().unwrap(),
        RateLimit::new(&rates).err().unwrap(),
        RateLimit::new(&RateLimitSettings::default()).err().unwrap(),
    ];
    let settings = [
        "proxies.trusted",
        "cors.credentials",
        "security_headers.frame_options",
        "rate_limit.per_key",
        "rate_limit",
    ];
    for (error, setting) in errors.iter().zip(settings) {
        let message = error.to_string();
        assert!(message.starts_with(&format!("{setting}: ")), "{message}");
    }
}

#[actix_web::test]
async fn all_of_it_works_together() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&order);
    let handler = move || {
        seen.lock().unwrap().push("handler");
        hello()
    };
    let mut rates = RateLimitSettings::default();
    rates.per_address = Bounded::of::<10>();
    let app = App::new()
        .wrap(TimeLimit::new(Duration::from_secs(30)))
        .wrap(ConditionalRequests::new(&ConditionalSettings::default()))
        .wrap(ConcurrencyLimit::new(10))
        .wrap(RateLimit::new(&rates).unwrap())
        .wrap(TrustedProxies::new(&ProxySettings::default()).unwrap())
        .wrap(SizeLimits::new(&LimitSettings::default()))
        .wrap(Compression::new(&CompressionSettings::default()))
        .wrap(SecurityHeaders::new(&SecurityHeaderSettings::default()).unwrap())
        .wrap(Cors::new(&CorsSettings::default()).unwrap())
        .wrap(AccessLog::new())
        .route("/", web::get().to(handler));
    let peer = "192.0.2.1:4711".parse().unwrap();
    let responses = responses(app, vec![get().peer_addr(peer)]).await;
    for name in [
        "x-request-id",
        "x-content-type-options",
        "ratelimit",
        "etag",
    ] {
        assert!(header_of(&responses[0], name).is_some(), "{name}");
    }
    assert_eq!(*order.lock().unwrap(), ["handler"]);
}
