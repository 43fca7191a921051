//! A request with a key: who sent it, whether it is the first, and what becomes of its response.

use std::{
    future::Future,
    sync::Arc,
    task::{Context as Task, Waker},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::Payload,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    rt,
};
use purlin_store::{
    Digest, DigestBuilder, StoreError, StoreFuture,
    idempotency::{
        BeginOutcome, BeginRequest, Fence, FinishOutcome, IdempotencyStore, StoredResponse,
    },
};

use super::{
    KEY, LONGEST_KEY, REPLAYED,
    body::BodyDigest,
    digest::{Sender, fingerprint},
    rejection,
    rule::Rule,
};
use crate::{
    ApiError,
    auth::Guards,
    context::Context,
    error::{Rejection, http::BadRequest},
    time_limit,
};

/// How long a store may take.
const STORE_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a request with a key was rejected; in the extensions of the response, for middleware that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyRejected {
    /// The key is malformed, or belongs to another request: 400, 422.
    Misused,
    /// The first request with the key is in progress: 409.
    InProgress,
    /// The store failed or is full: 503.
    StoreUnavailable,
}

/// A request with a key.
pub(crate) struct Keyed {
    rule: Arc<Rule>,
    body: BodyDigest,
    /// The id of the record and the sender, once authenticators have accepted the request.
    identified: Option<(Digest, Sender)>,
    in_progress: Option<InProgress>,
}

/// A request that is processed. Unless it is finished it is removed from the store, also if the client disconnects.
struct InProgress {
    store: Arc<dyn IdempotencyStore>,
    id: Digest,
    fence: Fence,
    is_finished: bool,
}

impl Keyed {
    /// Returns the state of a request that has a key. Its body is hashed from now on.
    #[inline]
    pub(crate) fn start(
        rule: &Arc<Rule>,
        request: &HttpRequest,
        payload: &mut Payload,
    ) -> Option<Box<Self>> {
        request
            .headers()
            .contains_key(&KEY)
            .then(|| Self::new(Arc::clone(rule), payload))
    }

    #[cold]
    fn new(rule: Arc<Rule>, payload: &mut Payload) -> Box<Self> {
        Box::new(Self {
            rule,
            body: BodyDigest::of(payload),
            identified: None,
            in_progress: None,
        })
    }

    /// Authenticates the request, and identifies its record by the caller and the key; or returns the response of a
    /// rejection.
    pub(crate) async fn authenticate(
        &mut self,
        context: &Context<'_>,
        guards: &Guards,
    ) -> Result<(), HttpResponse> {
        let request = context.request();
        let subjects = guards.identify(request).await;
        let subjects = subjects.map_err(|rejection| context.reject(&rejection))?;
        let misused = |error: &BadRequest| reject(context, KeyRejected::Misused, error);
        let mut keys = request.headers().get_all(&KEY);
        let (Some(key), None) = (keys.next(), keys.next()) else {
            let error = BadRequest::new("there is more than one Idempotency-Key");
            return Err(misused(&error));
        };
        let key = key.as_bytes();
        if key.is_empty() || key.len() > LONGEST_KEY || !key.iter().all(u8::is_ascii_graphic) {
            return Err(misused(&rejection::malformed()));
        }
        let sender = if subjects.is_empty() {
            let address = (self.rule.idempotency.client_address)(request);
            Sender::anonymous(request, address)
        } else {
            Sender::identified(subjects)
        };
        let id = DigestBuilder::new("record").part(self.rule.operation);
        let id = id.part(sender.identity).part(key).finish();
        self.identified = Some((id, sender));
        Ok(())
    }

    /// Calls the handler, unless there is another response: that to an earlier request, or a rejection.
    pub(crate) async fn process(
        &mut self,
        context: &Context<'_>,
        payload: &mut Payload,
        call: impl Future<Output = HttpResponse>,
    ) -> HttpResponse {
        match self.begin(context, payload).await {
            Ok(None) => call.await,
            Ok(Some(stored)) => replay(stored),
            Err(response) => response,
        }
    }

    async fn begin(
        &mut self,
        context: &Context<'_>,
        payload: &mut Payload,
    ) -> Result<Option<StoredResponse>, HttpResponse> {
        let body = self.body.finish(context, payload).await;
        let body = body.map_err(|rejection| context.reject(&rejection))?;
        let Some((id, sender)) = self.identified else {
            let rejection = Rejection::internal("a request with a key was not authenticated");
            return Err(context.reject(&rejection));
        };
        let Rule {
            idempotency,
            query_keys,
            lease,
            ..
        } = &*self.rule;
        let fingerprint = fingerprint(context.request(), query_keys, body);
        let request = BeginRequest::new(id, fingerprint, sender.caller, *lease);
        let begun = idempotency.store.begin(request);
        match in_time(begun).await {
            Ok(BeginOutcome::First(fence)) => {
                self.in_progress = Some(InProgress {
                    store: Arc::clone(&idempotency.store),
                    id,
                    fence,
                    is_finished: false,
                });
                Ok(None)
            }
            Ok(BeginOutcome::Completed(stored)) => Ok(Some(stored)),
            Ok(BeginOutcome::InProgress) => {
                let error = rejection::in_progress();
                Err(reject(context, KeyRejected::InProgress, &error))
            }
            Ok(BeginOutcome::Different) => {
                let error = rejection::of_another_request();
                Err(reject(context, KeyRejected::Misused, &error))
            }
            Ok(BeginOutcome::Full) => Err(unavailable(
                context,
                "there is no room for another request with an Idempotency-Key; try again later",
            )),
            Err(error) => {
                log_failure("the store failed", &error);
                Err(unavailable(context, rejection::STORE_FAILED))
            }
        }
    }

    /// Puts the payload back in place of the stream that hashes it.
    pub(crate) fn restore(&self, payload: &mut Payload) {
        self.body.restore(payload);
    }

    /// Stores the response of the handler, unless the request may be sent again.
    pub(crate) async fn finish(mut self: Box<Self>, response: HttpResponse) -> HttpResponse {
        let Some(in_progress) = self.in_progress.take() else {
            return response;
        };
        let idempotency = &self.rule.idempotency;
        if !is_final(response.status()) {
            in_progress.forget().await;
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
        let stored = bytes.map(|body| {
            let headers = response.headers().iter();
            let headers =
                headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
            StoredResponse::new(response.status().as_u16(), headers.collect(), body.to_vec())
        });
        match stored.filter(|stored| stored.size() <= idempotency.max_response) {
            Some(stored) => in_progress.finish(stored, idempotency.keep).await,
            None => in_progress.forget().await,
        }
        response
    }
}

impl InProgress {
    async fn finish(mut self, response: StoredResponse, keep: Duration) {
        let stored = self.store.finish(self.id, self.fence, response, keep);
        let outcome = in_time(stored).await;
        match outcome {
            Ok(FinishOutcome::Stored | FinishOutcome::Full) => self.is_finished = true,
            Ok(FinishOutcome::LeaseLost) => {
                self.is_finished = true;
                log::warn!(
                    target: "purlin::idempotency",
                    "a response came after the lease of its request and is not stored; the request may have been processed twice"
                );
            }
            Err(error) => {
                log_failure("cannot store a response", &error);
            }
        }
    }

    /// Removes the request before its response is sent, so that the next one with its key is the first again.
    async fn forget(mut self) {
        self.is_finished = true;
        forget(&*self.store, self.id, self.fence).await;
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        let (store, id, fence) = (Arc::clone(&self.store), self.id, self.fence);
        let mut forgotten = Box::pin(async move { forget(&*store, id, fence).await });
        // A store in memory is done at once.
        let polled = forgotten
            .as_mut()
            .poll(&mut Task::from_waker(Waker::noop()));
        if polled.is_pending() {
            rt::spawn(forgotten);
        }
    }
}

async fn forget(store: &dyn IdempotencyStore, id: Digest, fence: Fence) {
    if let Err(error) = in_time(store.forget(id, fence)).await {
        log_failure("cannot remove a request from the store", &error);
    }
}

/// Logs a failure, unless the store has: it logs one line for many while it cannot be reached.
fn log_failure(what: &str, error: &StoreError) {
    if !error.is_logged() {
        log::error!(target: "purlin::idempotency", "{what}: {error}");
    }
}

/// Waits for a store, within its time.
async fn in_time<T>(mut asked: StoreFuture<'_, T>) -> Result<T, StoreError> {
    let limit = Some(STORE_TIMEOUT);
    let done = time_limit::within(limit, |task| asked.as_mut().poll(task)).await;
    done.unwrap_or_else(|| {
        let seconds = STORE_TIMEOUT.as_secs();
        Err(StoreError::new(format!(
            "no reply within {seconds} seconds"
        )))
    })
}

fn reject<E: ApiError>(context: &Context<'_>, why: KeyRejected, error: &E) -> HttpResponse {
    let mut response = context.reject(&Rejection::unlogged(error));
    response.extensions_mut().insert(why);
    response
}

fn unavailable(context: &Context<'_>, message: &'static str) -> HttpResponse {
    let error = rejection::unavailable(message);
    reject(context, KeyRejected::StoreUnavailable, &error)
}

/// Returns whether the response would be the same if the request were sent again: not if the server failed, the client
/// was not authorized, or the failure is temporary.
fn is_final(status: StatusCode) -> bool {
    !status.is_server_error() && !matches!(status.as_u16(), 401 | 403 | 408 | 409 | 423 | 425 | 429)
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
