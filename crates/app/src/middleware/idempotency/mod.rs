//! Idempotency keys: a POST that is sent again with the same `Idempotency-Key` is not processed again, but gets the stored
//! response (draft-ietf-httpapi-idempotency-key-header-07).
//!
//! A key belongs to the client that sent it: it is combined with the credentials of the request (`Authorization`, `Cookie`
//! and the header fields that the documents declare for API keys), so that no client gets the response of another.

mod store;

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{Payload, Service, ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    rt::{self, time::timeout},
    web::{Bytes, BytesMut},
};
use futures_util::Stream;
use purlin_router::{
    error::http::{
        BadRequest, Conflict, ContentTooLarge, RequestTimeout, ServiceUnavailable,
        UnprocessableContent,
    },
    openapi::{ApiKeyLocation, Document, SecurityScheme},
};
use sha2::{Digest as _, Sha256};

use self::store::InMemoryStore;
pub use self::store::{
    BeginOutcome, Digest, IdempotencyStore, StoreError, StoreFuture, StoredResponse,
};
use super::{
    error_styles::ErrorStyles,
    reject_reason::RejectReason,
    rejection::MiddlewareRejection,
    transform::{Stage, transform},
};
use crate::settings::IdempotencySettings;

static KEY: HeaderName = HeaderName::from_static("idempotency-key");
static REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest accepted key, in bytes.
const LONGEST_KEY: usize = 255;

/// Processes a POST with an `Idempotency-Key` once: sent again, it gets the stored response.
///
/// [`IdempotencySettings::enabled`] is for programs made with [`run`](crate::run), and ignored here. Clones share the
/// store.
///
/// ```
/// use purlin_app::{IdempotencySettings, middleware::Idempotency};
///
/// let settings = IdempotencySettings::default();
/// let app = actix_web::App::new().wrap(Idempotency::new(&settings));
/// # let _ = app;
/// ```
#[derive(Clone)]
pub struct Idempotency {
    store: Arc<dyn IdempotencyStore>,
    /// The header fields that identify the client.
    credentials: Vec<HeaderName>,
    max_request: usize,
    max_response: usize,
    body_timeout: Option<Duration>,
    styles: ErrorStyles,
}

impl fmt::Debug for Idempotency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idempotency").finish_non_exhaustive()
    }
}

/// What happens with a request that has a key.
enum Action {
    /// It is processed for the first time.
    Process(InProgress),
    Replay(StoredResponse),
}

/// A request in progress. Unless it is finished it is removed from the store, also if the client disconnects.
struct InProgress {
    store: Arc<dyn IdempotencyStore>,
    id: Option<Digest>,
}

impl InProgress {
    /// Removes the request before its response is sent, so that the next one with its key is the first again.
    async fn remove(mut self) {
        if let Some(id) = self.id.take() {
            remove(&*self.store, id).await;
        }
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            let store = Arc::clone(&self.store);
            rt::spawn(async move { remove(&*store, id).await });
        }
    }
}

async fn remove(store: &dyn IdempotencyStore, id: Digest) {
    if let Err(error) = store.forget(id).await {
        log::error!(target: "purlin::idempotency", "cannot remove a request from the store: {error}");
    }
}

impl Idempotency {
    /// Takes the limits, and stores responses in the memory of this process.
    #[must_use]
    pub fn new(settings: &IdempotencySettings) -> Self {
        let lifetime = Duration::from_secs(u64::from(settings.keep));
        let store = InMemoryStore::new(lifetime, settings.max_responses.to_usize());
        Self {
            store: Arc::new(store),
            credentials: vec![header::AUTHORIZATION, header::COOKIE],
            max_request: settings.max_request.to_usize(),
            max_response: settings.max_response.to_usize(),
            body_timeout: None,
            styles: ErrorStyles::default(),
        }
    }

    /// Sets the store of responses, such as a database that several processes share.
    #[must_use]
    pub fn store(mut self, store: impl IdempotencyStore + 'static) -> Self {
        self.store = Arc::new(store);
        self
    }

    /// Adds a header field that identifies the client, beside `Authorization` and `Cookie`: the same key of another
    /// client is another key.
    #[must_use]
    pub fn credential_header(mut self, name: HeaderName) -> Self {
        if !self.credentials.contains(&name) {
            self.credentials.push(name);
        }
        self
    }

    /// Adds the header fields that a document declares for API keys.
    #[must_use]
    pub fn credentials_of(self, document: &Document) -> Self {
        let schemes = document.components.security_schemes.values();
        schemes.fold(self, |this, scheme| match scheme {
            SecurityScheme::ApiKey {
                location: ApiKeyLocation::Header,
                name,
                ..
            } => match name.parse() {
                Ok(name) => this.credential_header(name),
                Err(_) => this,
            },
            _ => this,
        })
    }

    /// Sets the time in which the body of a request with a key has to arrive.
    #[must_use]
    pub fn body_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.body_timeout = timeout;
        self
    }

    /// Sets the error styles of the responses.
    #[must_use]
    pub fn error_styles(mut self, styles: ErrorStyles) -> Self {
        self.styles = styles;
        self
    }

    /// Returns whether a request is a POST with a key.
    pub(super) fn applies_to(&self, request: &ServiceRequest) -> bool {
        *request.method() == Method::POST && request.headers().contains_key(&KEY)
    }

    /// Processes a request with a key, or returns the stored response. A rejected request is returned with its rejection.
    pub(super) async fn once<F>(
        &self,
        mut request: ServiceRequest,
        service: impl FnOnce(ServiceRequest) -> F,
    ) -> Result<Result<ServiceResponse, Error>, (MiddlewareRejection, ServiceRequest)>
    where
        F: Future<Output = Result<ServiceResponse, Error>>,
    {
        match self.begin(&mut request).await {
            Err(rejection) => Err((rejection, request)),
            Ok(Action::Replay(stored)) => Ok(Ok(request.into_response(replay(stored)))),
            Ok(Action::Process(in_progress)) => match service(request).await {
                Ok(response) => Ok(Ok(self.finish(in_progress, response).await)),
                Err(error) => Ok(Err(error)),
            },
        }
    }

    async fn begin(&self, request: &mut ServiceRequest) -> Result<Action, MiddlewareRejection> {
        let misused =
            |message| MiddlewareRejection::new(RejectReason::KeyMisused, &BadRequest::new(message));
        let keys: Vec<_> = request.headers().get_all(&KEY).collect();
        let [key] = keys.as_slice() else {
            return Err(misused("there is more than one Idempotency-Key"));
        };
        let key = key.as_bytes();
        if key.is_empty() || key.len() > LONGEST_KEY || !key.iter().all(u8::is_ascii_graphic) {
            return Err(misused(
                "an Idempotency-Key has 1 to 255 visible ASCII characters",
            ));
        }
        let id = self.id(request, key);
        let body = self.body(request).await?;
        let sent = digest(|hash| {
            let media_type = request.headers().get(header::CONTENT_TYPE);
            part(hash, request.query_string().as_bytes());
            part(hash, media_type.map_or(b"", HeaderValue::as_bytes));
            part(hash, &body);
        });
        request.set_payload(Payload::from(body));
        let outcome = self.store.begin(id, sent).await.map_err(|error| {
            log::error!(target: "purlin::idempotency", "the store failed: {error}");
            let error = ServiceUnavailable::new("keys cannot be looked up; try again in a moment");
            MiddlewareRejection::new(RejectReason::StoreUnavailable, &error)
                .header(header::RETRY_AFTER, 1_u64)
        })?;
        match outcome {
            BeginOutcome::First => Ok(Action::Process(InProgress {
                store: Arc::clone(&self.store),
                id: Some(id),
            })),
            BeginOutcome::Completed(stored) => Ok(Action::Replay(stored)),
            BeginOutcome::InProgress => {
                let error =
                    Conflict::new("the first request with this Idempotency-Key is in progress");
                Err(
                    MiddlewareRejection::new(RejectReason::KeyInProgress, &error)
                        .header(header::RETRY_AFTER, 1_u64),
                )
            }
            BeginOutcome::Different => {
                let message = "this Idempotency-Key was used for another request";
                let error = UnprocessableContent::new(message);
                Err(MiddlewareRejection::new(RejectReason::KeyMisused, &error))
            }
        }
    }

    /// Identifies the client, the path and the key.
    fn id(&self, request: &ServiceRequest, key: &[u8]) -> Digest {
        digest(|hash| {
            part(hash, key);
            part(hash, request.path().as_bytes());
            for name in &self.credentials {
                for value in request.headers().get_all(name) {
                    part(hash, name.as_str().as_bytes());
                    part(hash, value.as_bytes());
                }
            }
        })
    }

    /// Reads the whole body.
    async fn body(&self, request: &mut ServiceRequest) -> Result<Bytes, MiddlewareRejection> {
        let mut payload = request.take_payload();
        let reading = read(&mut payload, self.max_request);
        let read = match self.body_timeout {
            None => Some(reading.await),
            Some(limit) => timeout(limit, reading).await.ok(),
        };
        let rejection = match read {
            Some(Ok(body)) => return Ok(body),
            Some(Err(ReadError::TooLarge)) => {
                let limit = self.max_request;
                let message =
                    format!("the body of a request with a key has more than {limit} bytes");
                let error = ContentTooLarge::new(message);
                MiddlewareRejection::new(RejectReason::BodyTooLarge, &error)
            }
            Some(Err(ReadError::Broken)) => {
                let error = BadRequest::new("the body cannot be read");
                MiddlewareRejection::new(RejectReason::BodyBroken, &error)
            }
            None => {
                let error = RequestTimeout::new("the body of the request did not arrive in time");
                MiddlewareRejection::new(RejectReason::BodyTimeout, &error)
            }
        };
        Err(rejection.close_connection())
    }

    /// Stores a response, unless it means that the request may be sent again.
    async fn finish(
        &self,
        mut in_progress: InProgress,
        response: ServiceResponse,
    ) -> ServiceResponse {
        if !is_final(response.status()) {
            in_progress.remove().await;
            return response;
        }
        let mut bytes = None;
        let response = response.map_body(|_, body| match body.try_into_bytes() {
            Ok(body) => {
                bytes = Some(body.clone());
                BoxBody::new(body)
            }
            Err(stream) => stream,
        });
        let Some(body) = bytes.filter(|body| body.len() <= self.max_response) else {
            in_progress.remove().await;
            return response;
        };
        let headers = response.headers().iter();
        let stored = StoredResponse {
            status: response.status().as_u16(),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
                .collect(),
            body: body.to_vec(),
        };
        if let Some(id) = in_progress.id {
            match self.store.finish(id, stored).await {
                Ok(()) => in_progress.id = None,
                Err(error) => {
                    log::error!(target: "purlin::idempotency", "cannot store a response: {error}");
                }
            }
        }
        response
    }
}

/// Returns whether the response would be the same if the request were sent again: not if the server failed, the client
/// was not authorized, or the failure is temporary.
fn is_final(status: StatusCode) -> bool {
    !status.is_server_error()
        && !matches!(
            status,
            StatusCode::UNAUTHORIZED
                | StatusCode::FORBIDDEN
                | StatusCode::REQUEST_TIMEOUT
                | StatusCode::CONFLICT
                | StatusCode::TOO_MANY_REQUESTS
        )
}

fn replay(stored: StoredResponse) -> HttpResponse {
    let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::new(status);
    let headers = response.headers_mut();
    for (name, value) in stored.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    headers.insert(REPLAYED.clone(), HeaderValue::from_static("true"));
    response.set_body(BoxBody::new(stored.body))
}

/// Why a body could not be read.
enum ReadError {
    TooLarge,
    Broken,
}

/// Reads a body of at most `limit` bytes.
async fn read(payload: &mut Payload, limit: usize) -> Result<Bytes, ReadError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = poll_fn(|cx| Pin::new(&mut *payload).poll_next(cx)).await {
        let chunk = chunk.map_err(|_| ReadError::Broken)?;
        if body.len() + chunk.len() > limit {
            return Err(ReadError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

impl Stage for Idempotency {
    async fn process<S, B>(
        &self,
        request: ServiceRequest,
        service: &S,
    ) -> Result<ServiceResponse, Error>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static,
    {
        let call = async |request| {
            let response = service.call(request).await?;
            Ok::<_, Error>(response.map_into_boxed_body())
        };
        if !self.applies_to(&request) {
            return call(request).await;
        }
        match self.once(request, call).await {
            Ok(response) => response,
            Err((rejection, request)) => Ok(self.styles.respond(rejection, request).await),
        }
    }
}

transform!(Idempotency);

fn digest(write: impl FnOnce(&mut Sha256)) -> Digest {
    let mut hash = Sha256::new();
    write(&mut hash);
    hash.finalize().into()
}

/// Hashes a part with its length before it, so that no two lists of parts are the same bytes.
fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}
