//! What the operations port answers. GET alone, and nothing of it may be kept.

use std::{rc::Rc, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
};
use serde_json::{Map, Value, json};

use super::{
    About,
    beats::{Beats, Threads},
    checks::{Checks, Outcome},
    metrics::{Exposition, MEDIA_TYPE},
};
use crate::phase::{Phase, State};

/// Everything the pages tell of.
pub(super) struct Pages {
    pub(super) phase: Arc<Phase>,
    pub(super) checks: Checks,
    pub(super) exposition: Arc<Exposition>,
    pub(super) about: Arc<About>,
    pub(super) beats: Arc<Beats>,
}

pub(super) async fn answer(request: HttpRequest, pages: Rc<Pages>) -> HttpResponse {
    if request.method() != Method::GET {
        let words = "only GET is answered here\n";
        let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, words);
        let get = header::HeaderValue::from_static("GET");
        refused.headers_mut().insert(header::ALLOW, get);
        return refused;
    }
    match request.path() {
        "/livez" => match pages.beats.threads() {
            // One that turns may be waiting for what the others do.
            Threads { all, stuck } if stuck > 0 && stuck == all => {
                text(StatusCode::SERVICE_UNAVAILABLE, "stuck\n")
            }
            Threads { .. } => text(StatusCode::OK, "alive\n"),
        },
        "/startupz" => match pages.phase.state() {
            State::Starting => text(StatusCode::SERVICE_UNAVAILABLE, "starting\n"),
            State::Ready | State::Draining => text(StatusCode::OK, "started\n"),
        },
        "/readyz" => pages.readiness().await,
        "/metrics" => match pages.exposition.text() {
            Ok(metrics) => HttpResponse::Ok()
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .insert_header((header::CONTENT_TYPE, MEDIA_TYPE))
                .body(metrics),
            Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "cannot be written\n"),
        },
        "/version" => json(StatusCode::OK, &pages.about.to_json()),
        _ => text(
            StatusCode::NOT_FOUND,
            "there are /livez, /readyz, /startupz, /metrics and /version\n",
        ),
    }
}

impl Pages {
    /// Checks are asked for only while their answer matters.
    async fn readiness(&self) -> HttpResponse {
        let mut checks = Map::new();
        let status = match self.phase.state() {
            State::Starting => "starting",
            State::Draining => "draining",
            State::Ready if self.beats.threads().stuck > 0 => "stuck",
            State::Ready => {
                let mut status = "ready";
                for finding in self.checks.findings().await.iter() {
                    if finding.outcome != Outcome::Ok {
                        status = "failing";
                    }
                    let us = u64::try_from(finding.us).unwrap_or(u64::MAX);
                    let told = json!({"outcome": finding.outcome.name(), "us": us});
                    checks.insert(finding.name.to_string(), told);
                }
                status
            }
        };
        let code = match status {
            "ready" => StatusCode::OK,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        json(code, &json!({"status": status, "checks": checks}))
    }
}

fn text(status: StatusCode, words: &'static str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body(words)
}

fn json(status: StatusCode, value: &Value) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .body(format!("{value}\n"))
}
