//! Calls an API without a socket, from plain `#[test]` functions.
//!
//! The client runs the real dispatch, extractors and error rendering; only
//! HTTP parsing is left out. Every answer is held against the document: one
//! whose status, media type, headers or body are not as declared fails the test.
//! What the tests reach of the document a [`Coverage`] tells. In an async test use actix-web's own
//! `test::init_service(App::new().service(router))` instead: a [`TestClient`]
//! blocks, and cannot run inside another runtime.

mod coverage;

use std::{future::Future, pin::Pin};

use actix_web::{
    App, HttpMessage,
    body::{BoxBody, to_bytes},
    dev::{Service, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    rt::{System, SystemRunner},
    test::{TestRequest, init_service},
    web::Bytes,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{TimedOut, context::MatchedOperation, error::Broken, router::Router};
pub use coverage::{Coverage, Gap};

type CallFuture = Pin<Box<dyn Future<Output = ServiceResponse<BoxBody>>>>;

/// A client of one router.
///
/// ```
/// use purlin_router::{Json, Message, Operation, Registry, testing::TestClient};
///
/// async fn get_index() -> Json<Message> {
///     Json(Message::new("Hello, Being!"))
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let api = Registry::new("Greetings", "1.0.0").operation(Operation::get("/", get_index));
/// let client = TestClient::new(&api.build()?);
/// let answer = client.get("/").send();
/// assert_eq!(answer.status(), 200);
/// assert_eq!(answer.json::<serde_json::Value>()["message"], "Hello, Being!");
/// # Ok(())
/// # }
/// ```
pub struct TestClient {
    system: SystemRunner,
    /// Sends a request; whether the rules it breaks are to be counted is the second argument.
    call: Box<dyn Fn(TestRequest, bool) -> CallFuture>,
    looks: bool,
    coverage: Option<Coverage>,
}

impl TestClient {
    /// A client of a router mounted at the root of an app whose other
    /// requests are answered by [`Router::not_found`].
    #[must_use]
    pub fn new(router: &Router) -> Self {
        let system = System::new();
        let app = App::new()
            .service(router.clone())
            .default_service(router.not_found());
        let service = system.block_on(init_service(app));
        Self {
            system,
            looks: true,
            coverage: None,
            call: Box::new(move |request, counts| {
                let request = request.to_request();
                if counts {
                    request.extensions_mut().insert(Broken::default());
                }
                let answer = service.call(request);
                Box::pin(async move {
                    match answer.await {
                        Ok(response) => response.map_into_boxed_body(),
                        // Our services answer `Ok`; what is left is actix's own.
                        Err(error) => {
                            let request = TestRequest::default().to_http_request();
                            ServiceResponse::from_err(error, request)
                        }
                    }
                })
            }),
        }
    }

    /// Takes answers as they are, for tests of what breaks the contract.
    #[must_use]
    pub fn without_checks(mut self) -> Self {
        self.looks = false;
        self
    }

    /// Notes in a [`Coverage`] what its requests reach.
    #[must_use]
    pub fn recording(mut self, coverage: &Coverage) -> Self {
        self.coverage = Some(coverage.clone());
        self
    }

    /// A request of any method; the target is a path with or without a query,
    /// percent-encoded as on the wire.
    pub fn request(&self, method: Method, target: &str) -> TestCall<'_> {
        TestCall {
            client: self,
            request: TestRequest::default().method(method).uri(target),
        }
    }

    /// A GET request.
    pub fn get(&self, target: &str) -> TestCall<'_> {
        self.request(Method::GET, target)
    }

    /// A POST request.
    pub fn post(&self, target: &str) -> TestCall<'_> {
        self.request(Method::POST, target)
    }

    /// A PUT request.
    pub fn put(&self, target: &str) -> TestCall<'_> {
        self.request(Method::PUT, target)
    }

    /// A PATCH request.
    pub fn patch(&self, target: &str) -> TestCall<'_> {
        self.request(Method::PATCH, target)
    }

    /// A DELETE request.
    pub fn delete(&self, target: &str) -> TestCall<'_> {
        self.request(Method::DELETE, target)
    }
}

/// A request being put together.
pub struct TestCall<'c> {
    client: &'c TestClient,
    request: TestRequest,
}

impl TestCall<'_> {
    /// Adds a header. A name or value that HTTP does not allow fails the test.
    #[must_use]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        match (name.try_into(), value.try_into()) {
            (Ok(name), Ok(value)) => {
                self.request = self.request.append_header((name, value));
                self
            }
            _ => refuse("the header's name or value is not allowed in HTTP"),
        }
    }

    /// A JSON body, with its content type.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self
                .header(header::CONTENT_TYPE, "application/json")
                .body(bytes),
            Err(_) => refuse("the body cannot be written as JSON"),
        }
    }

    /// A body as it is, without a content type.
    #[must_use]
    pub fn body(mut self, bytes: impl Into<Bytes>) -> Self {
        self.request = self.request.set_payload(bytes);
        self
    }

    /// Sends the request and waits for the whole answer.
    #[must_use]
    pub fn send(self) -> TestResponse {
        let coverage = self.client.coverage.as_ref();
        let call = (self.client.call)(self.request, coverage.is_some());
        let looks = self.client.looks;
        self.client.system.block_on(async move {
            let (request, mut response) = call.await.into_parts();
            if let Some(coverage) = coverage {
                coverage.record(&request, &response);
            }
            let operation = request.app_data::<MatchedOperation>();
            // Like what middleware answers, the end of the time is nothing an operation declares.
            let looks = looks
                && request.method() != Method::HEAD
                && !response.extensions().contains::<TimedOut>();
            if let Some(operation) = operation.filter(|_| looks) {
                let (checked, broken) = operation.0.replies.verify(response);
                response = checked;
                if let Some(words) = broken {
                    let id = operation.operation_id();
                    refuse(&format!(
                        "the operation `{id}` answered against its contract: {words}"
                    ));
                }
            }
            let (status, headers) = (response.status(), response.headers().clone());
            match to_bytes(response.into_body()).await {
                Ok(body) => TestResponse {
                    status,
                    headers,
                    body,
                },
                Err(_) => refuse("the response's body cannot be read"),
            }
        })
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct TestResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl TestResponse {
    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The first value of a header, if it is there and text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body's bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON. A body that is none fails the test.
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => refuse(&format!("{error} in the body {}", self.text())),
        }
    }
}

/// Fails the test that asks for what cannot be.
#[expect(
    clippy::panic,
    reason = "this module runs in tests, where a panic is how a test fails"
)]
#[track_caller]
fn refuse(why: &str) -> ! {
    panic!("{why}")
}
