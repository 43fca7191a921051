//! The HTTP client of the exporters: `ureq`, which blocks the threads of the SDK that collect and send.

use std::{
    fmt,
    future::Future,
    io::Read as _,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use ureq::{
    Agent,
    http::header::{HeaderName, HeaderValue},
};

use super::exporter::ExportCounts;
use crate::settings::TelemetrySettings;

/// The most bytes of a response that are read: its message is short.
const MAX_RESPONSE: u64 = 64 * 1024;

/// The shortest time between two lines of the log about requests that failed.
const LOG_INTERVAL: Duration = Duration::from_secs(60);

/// Sends to the collector, counts what fails, and logs it now and then.
pub(super) struct Client {
    agent: Agent,
    endpoint: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    counts: Arc<ExportCounts>,
    failure: Mutex<Failure>,
}

/// What the log knows of failures.
#[derive(Default)]
struct Failure {
    logged: Option<Instant>,
    /// Whether the last request failed.
    is_current: bool,
}

impl Client {
    pub(super) fn new(
        settings: &TelemetrySettings,
        timeout: Duration,
        counts: Arc<ExportCounts>,
    ) -> Self {
        // There is no limit of the whole request: to bound the lookup of a name as well, ureq would start a thread for each.
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(timeout))
            .timeout_send_request(Some(timeout))
            .timeout_send_body(Some(timeout))
            .timeout_recv_response(Some(timeout))
            .timeout_recv_body(Some(timeout));
        if settings.endpoint.starts_with("http:") {
            // A collector beside the server, not one behind the proxy that `HTTP_PROXY` names.
            config = config.proxy(None);
        }
        // The settings have been checked: all of them can be sent.
        let headers = settings.headers.iter().filter_map(|(name, value)| {
            let mut value = HeaderValue::from_str(value.expose_secret()).ok()?;
            value.set_sensitive(true);
            Some((name.parse().ok()?, value))
        });
        Self {
            agent: config.build().into(),
            endpoint: settings.endpoint.clone(),
            headers: headers.collect(),
            counts,
            failure: Mutex::default(),
        }
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (mut parts, body) = request.into_parts();
        parts.headers.extend(self.headers.iter().cloned());
        let sent = self.send_once(Request::from_parts(parts, &body[..]));
        match &sent {
            Ok(response) if response.status().is_success() => self.succeeded(),
            Ok(response) => {
                self.failed(&format_args!(
                    "the response has the status {}",
                    response.status()
                ));
            }
            Err(error) => self.failed(error),
        }
        Ok(sent?)
    }

    fn send_once(&self, request: Request<&[u8]>) -> Result<Response<Bytes>, ureq::Error> {
        let (parts, body) = self.agent.run(request)?.into_parts();
        let mut bytes = Vec::new();
        body.into_reader()
            .take(MAX_RESPONSE)
            .read_to_end(&mut bytes)?;
        Ok(Response::from_parts(parts, bytes.into()))
    }

    fn succeeded(&self) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut failure.is_current) {
            failure.logged = None;
            log::info!(target: "purlin::telemetry", "the collector at {} is reached again", self.endpoint);
        }
    }

    fn failed(&self, error: &dyn fmt::Display) {
        let count = self.counts.failed_requests.fetch_add(1, Relaxed) + 1;
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.is_current = true;
        if failure.logged.is_none_or(|at| at.elapsed() >= LOG_INTERVAL) {
            failure.logged = Some(Instant::now());
            log::warn!(
                target: "purlin::telemetry",
                "traces and metrics cannot be sent to {}: {error}; {count} requests have failed so far",
                self.endpoint,
            );
        }
    }
}

impl HttpClient for Client {
    fn send_bytes<'c, 'f>(
        &'c self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>
    where
        'c: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.send(request) })
    }
}

/// Without the credentials that it sends.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
