//! The endpoints of the operations port. They support GET only, and no response may be cached.

use std::{rc::Rc, sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
    rt::time::timeout,
    web,
};
use purlin_router::__app;
use serde_json::{Map, Value, json};

use super::{
    VersionInfo,
    exposition::{Exposition, TextFormat},
    heartbeat::{WorkerHeartbeats, WorkerStatus},
    readiness::{CheckStatus, LatestReadiness, ReadinessChecks},
};
use crate::phase::{Phase, State};

/// The state behind the endpoints.
pub(super) struct Endpoints {
    pub(super) phase: Arc<Phase>,
    pub(super) checks: ReadinessChecks,
    pub(super) exposition: Arc<Exposition>,
    pub(super) version: Arc<VersionInfo>,
    pub(super) heartbeats: Arc<WorkerHeartbeats>,
    pub(super) readiness: Arc<LatestReadiness>,
}

/// How long a scrape waits for readiness checks; then it has their last results.
const LONGEST_SCRAPE: Duration = Duration::from_secs(1);

/// Responds to a request, without reading its body.
pub(super) async fn respond(
    request: HttpRequest,
    body: web::Payload,
    endpoints: Rc<Endpoints>,
) -> HttpResponse {
    let response = find(&request, &endpoints).await;
    let response = response.map_body(|_, body| __app::in_pieces(body));
    __app::respond_unread(&request, &mut body.into_inner(), response).await
}

async fn find(request: &HttpRequest, endpoints: &Endpoints) -> HttpResponse {
    if request.method() != Method::GET {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "only GET is supported\n");
        let allowed = header::HeaderValue::from_static("GET");
        response.headers_mut().insert(header::ALLOW, allowed);
        return response;
    }
    match request.path() {
        "/livez" => match endpoints.heartbeats.status() {
            // A worker that is not blocked may be waiting for one that is.
            WorkerStatus { total, blocked } if blocked > 0 && blocked == total => {
                text(StatusCode::SERVICE_UNAVAILABLE, "stuck\n")
            }
            WorkerStatus { .. } => text(StatusCode::OK, "alive\n"),
        },
        "/startupz" => match endpoints.phase.state() {
            State::Starting => text(StatusCode::SERVICE_UNAVAILABLE, "starting\n"),
            State::Ready | State::Draining => text(StatusCode::OK, "started\n"),
        },
        "/readyz" => endpoints.readiness().await,
        "/metrics" => endpoints.metrics(TextFormat::preferred_by(request)).await,
        "/version" => json(StatusCode::OK, &endpoints.version.to_json()),
        _ => text(
            StatusCode::NOT_FOUND,
            "there are /livez, /readyz, /startupz, /metrics and /version\n",
        ),
    }
}

impl Endpoints {
    async fn metrics(&self, format: TextFormat) -> HttpResponse {
        // The metrics have the readiness of now, whether something else asks for it or not.
        let _ = timeout(LONGEST_SCRAPE, self.readiness()).await;
        match self.exposition.encode(format) {
            Ok(metrics) => HttpResponse::Ok()
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .insert_header((header::CONTENT_TYPE, format.content_type()))
                .insert_header((header::VARY, "Accept"))
                .body(metrics),
            Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "cannot be encoded\n"),
        }
    }

    /// Runs the checks only while their outcome matters.
    async fn readiness(&self) -> HttpResponse {
        let mut checks = Map::new();
        let mut results = None;
        let status = match self.phase.state() {
            State::Starting => "starting",
            State::Draining => "draining",
            State::Ready if self.heartbeats.status().blocked > 0 => "stuck",
            State::Ready => {
                let mut status = "ready";
                let found = results.insert(self.checks.results().await);
                for check in found.iter() {
                    if check.status != CheckStatus::Ok {
                        status = "failing";
                    }
                    let us = u64::try_from(check.us).unwrap_or(u64::MAX);
                    let result = json!({"outcome": check.status.name(), "us": us});
                    checks.insert(check.name.to_string(), result);
                }
                status
            }
        };
        self.readiness.set(status == "ready", results.as_ref());
        let code = match status {
            "ready" => StatusCode::OK,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        json(code, &json!({"status": status, "checks": checks}))
    }
}

fn text(status: StatusCode, body: &'static str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body(body)
}

fn json(status: StatusCode, value: &Value) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .body(format!("{value}\n"))
}
