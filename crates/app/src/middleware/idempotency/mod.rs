//! Idempotency keys: a POST that is sent again with the same `Idempotency-Key` is not done again, but answered as it was
//! (draft-ietf-httpapi-idempotency-key-header-07).
//!
//! A key belongs to who sent it: it counts together with the credentials of the request (`Authorization`, `Cookie` and
//! whatever header the documents name for an API key), so that nobody is answered with what was another's.

mod store;

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    rt::{self, time::timeout},
    web::{Bytes, BytesMut},
};
use futures_util::Stream;
use purlin_router::{
    errors::{
        BadRequest, Conflict, ContentTooLarge, RequestTimeout, ServiceUnavailable,
        UnprocessableContent,
    },
    openapi::{ApiKeyLocation, SecurityScheme},
};
use sha2::{Digest as _, Sha256};

use super::{Refused, refusal::Refusal};
use crate::{
    api::Api,
    settings::{IdempotencySettings, LimitSettings},
};

pub(crate) use self::store::InMemory;
pub use self::store::{Begun, Digest, IdempotencyStore, KeptAnswer, StoreError, StoreFuture};

static KEY: HeaderName = HeaderName::from_static("idempotency-key");
static REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest key that is taken, in bytes.
const LONGEST_KEY: usize = 255;

pub(super) struct Idempotency {
    store: Arc<dyn IdempotencyStore>,
    /// Headers that say who calls.
    credentials: Vec<HeaderName>,
    max_request: usize,
    max_answer: usize,
    time_limit: Option<Duration>,
}

/// What is done with a request that has a key.
enum Way {
    /// It is done for the first time.
    Do(Running),
    Answer(KeptAnswer),
}

/// A request under way; unless it is finished it is forgotten, also where the client went away.
struct Running {
    store: Arc<dyn IdempotencyStore>,
    id: Option<Digest>,
}

impl Running {
    /// Before it is answered: the next with its key, sent on that answer, is the first again.
    async fn forget(mut self) {
        if let Some(id) = self.id.take() {
            forget(&*self.store, id).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            let store = Arc::clone(&self.store);
            rt::spawn(async move { forget(&*store, id).await });
        }
    }
}

async fn forget(store: &dyn IdempotencyStore, id: Digest) {
    if let Err(error) = store.forget(id).await {
        log::error!(target: "purlin::idempotency", "a request is not forgotten: {error}");
    }
}

impl Idempotency {
    pub(super) fn new(
        settings: &IdempotencySettings,
        limits: &LimitSettings,
        apis: &[Api],
        store: Option<Arc<dyn IdempotencyStore>>,
    ) -> Option<Self> {
        let in_memory = || -> Arc<dyn IdempotencyStore> {
            let keep = Duration::from_secs(u64::from(settings.keep));
            Arc::new(InMemory::new(keep, settings.max_answers.to_usize()))
        };
        settings.enabled.then(|| Self {
            store: store.unwrap_or_else(in_memory),
            credentials: credentials(apis),
            max_request: settings.max_request.to_usize(),
            max_answer: settings.max_answer.to_usize(),
            time_limit: limits.time_limit(),
        })
    }

    pub(super) fn concerns(&self, request: &ServiceRequest) -> bool {
        *request.method() == Method::POST && request.headers().contains_key(&KEY)
    }

    /// Does a request with a key, or answers it as before. One that cannot be is handed back with the reason.
    pub(super) async fn once<F>(
        &self,
        mut request: ServiceRequest,
        service: impl FnOnce(ServiceRequest) -> F,
    ) -> Result<Result<ServiceResponse, Error>, (Refusal, ServiceRequest)>
    where
        F: Future<Output = Result<ServiceResponse, Error>>,
    {
        match self.way(&mut request).await {
            Err(refusal) => Err((refusal, request)),
            Ok(Way::Answer(answer)) => Ok(Ok(request.into_response(replay(answer)))),
            Ok(Way::Do(running)) => match service(request).await {
                Ok(response) => Ok(Ok(self.keep(running, response).await)),
                Err(error) => Ok(Err(error)),
            },
        }
    }

    async fn way(&self, request: &mut ServiceRequest) -> Result<Way, Refusal> {
        let misused = |words| Refusal::new(Refused::KeyMisused, &BadRequest::new(words));
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
        let begun = self.store.begin(id, sent).await.map_err(|error| {
            log::error!(target: "purlin::idempotency", "the store does not answer: {error}");
            let error = ServiceUnavailable::new("keys cannot be looked up; try again in a moment");
            Refusal::new(Refused::KeyInProgress, &error).with(header::RETRY_AFTER, 1_u64)
        })?;
        match begun {
            Begun::First => Ok(Way::Do(Running {
                store: Arc::clone(&self.store),
                id: Some(id),
            })),
            Begun::Answered(answer) => Ok(Way::Answer(answer)),
            Begun::InProgress => {
                let words = "the first request with this Idempotency-Key is under way";
                let refusal = Refusal::new(Refused::KeyInProgress, &Conflict::new(words));
                Err(refusal.with(header::RETRY_AFTER, 1_u64))
            }
            Begun::Different => {
                let words = "this Idempotency-Key was used for another request";
                let error = UnprocessableContent::new(words);
                Err(Refusal::new(Refused::KeyMisused, &error))
            }
        }
    }

    /// Who calls, what for, and with which key.
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

    /// The whole body, which has to arrive in the time that an operation has.
    async fn body(&self, request: &mut ServiceRequest) -> Result<Bytes, Refusal> {
        let mut payload = request.take_payload();
        let reading = read(&mut payload, self.max_request);
        let read = match self.time_limit {
            None => Some(reading.await),
            Some(limit) => timeout(limit, reading).await.ok(),
        };
        let refusal = match read {
            Some(Ok(body)) => return Ok(body),
            Some(Err(Unread::TooLarge)) => {
                let most = self.max_request;
                let words = format!("the body of a request with a key has more than {most} bytes");
                Refusal::new(Refused::BodyTooLarge, &ContentTooLarge::new(words))
            }
            Some(Err(Unread::Broken)) => {
                let error = BadRequest::new("the body cannot be read");
                Refusal::new(Refused::BodyTimeout, &error)
            }
            None => {
                let error = RequestTimeout::new("the body of the request did not arrive in time");
                Refusal::new(Refused::BodyTimeout, &error)
            }
        };
        Err(refusal.closing())
    }

    /// Keeps an answer, unless it says that the request may be sent again.
    async fn keep(&self, mut running: Running, response: ServiceResponse) -> ServiceResponse {
        if !is_final(response.status()) {
            running.forget().await;
            return response;
        }
        let mut bytes = None;
        let response = response.map_body(|_, body| match body.try_into_bytes() {
            Ok(all) => {
                bytes = Some(all.clone());
                BoxBody::new(all)
            }
            Err(stream) => stream,
        });
        let Some(body) = bytes.filter(|body| body.len() <= self.max_answer) else {
            running.forget().await;
            return response;
        };
        let headers = response.headers().iter();
        let answer = KeptAnswer {
            status: response.status().as_u16(),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
                .collect(),
            body: body.to_vec(),
        };
        if let Some(id) = running.id {
            match self.store.finish(id, answer).await {
                Ok(()) => running.id = None,
                Err(error) => {
                    log::error!(target: "purlin::idempotency", "an answer is not kept: {error}");
                }
            }
        }
        response
    }
}

/// Whether an answer would be the same if the request were sent again: not where the server failed, the caller was not
/// known, or it was the wrong moment.
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

fn replay(answer: KeptAnswer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::new(status);
    let headers = response.headers_mut();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    headers.insert(REPLAYED.clone(), HeaderValue::from_static("true"));
    response.set_body(BoxBody::new(answer.body))
}

/// Why a body is not there.
enum Unread {
    TooLarge,
    Broken,
}

/// The body up to a number of bytes.
async fn read(payload: &mut Payload, most: usize) -> Result<Bytes, Unread> {
    let mut body = BytesMut::new();
    while let Some(piece) = poll_fn(|cx| Pin::new(&mut *payload).poll_next(cx)).await {
        let piece = piece.map_err(|_| Unread::Broken)?;
        if body.len() + piece.len() > most {
            return Err(Unread::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

/// The headers that say who calls, by the documents.
fn credentials(apis: &[Api]) -> Vec<HeaderName> {
    let mut names = vec![header::AUTHORIZATION, header::COOKIE];
    let documents = apis.iter().map(|api| api.router.document());
    for scheme in documents.flat_map(|it| it.components.security_schemes.values()) {
        if let SecurityScheme::ApiKey {
            location: ApiKeyLocation::Header,
            name,
            ..
        } = scheme
            && let Ok(name) = name.parse()
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

fn digest(write: impl FnOnce(&mut Sha256)) -> Digest {
    let mut hash = Sha256::new();
    write(&mut hash);
    hash.finalize().into()
}

/// A part with its length before it, so that no two lists of parts are the same bytes.
fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}
