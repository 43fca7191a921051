//! In place of telemetry in programs without the feature: nothing that could be made, so that nothing is left of its calls.

use std::{convert::Infallible, net::IpAddr, sync::Arc, time::Duration};

use actix_web::{HttpRequest, http::StatusCode};

use crate::{program::Program, settings::TelemetrySettings};

pub(crate) struct Telemetry(Infallible);

impl Telemetry {
    pub(crate) fn start(_: &TelemetrySettings, _: &Program) -> Result<Option<Self>, String> {
        Ok(None)
    }

    pub(crate) fn of_requests(&self) -> RequestTelemetry {
        match self.0 {}
    }

    pub(crate) fn counts(&self) -> Arc<ExportCounts> {
        match self.0 {}
    }

    pub(crate) async fn shut_down(&self) {
        match self.0 {}
    }
}

pub(crate) struct ExportCounts(Infallible);

impl ExportCounts {
    pub(crate) fn spans(&self) -> [(&'static str, u64); 3] {
        match self.0 {}
    }

    pub(crate) fn failed_requests(&self) -> u64 {
        match self.0 {}
    }
}

pub(crate) struct RequestTelemetry(Infallible);

impl RequestTelemetry {
    pub(crate) fn start(&self, _: &HttpRequest, _: bool) -> RequestSpan {
        match self.0 {}
    }

    pub(crate) fn respond(
        &self,
        _: &mut RequestSpan,
        _: &HttpRequest,
        _: StatusCode,
        _: Duration,
        _: impl FnOnce() -> Option<IpAddr>,
    ) {
        match self.0 {}
    }

    pub(crate) fn finish(&self, _: &mut RequestSpan, _: bool) {
        match self.0 {}
    }
}

pub(crate) struct RequestSpan(Infallible);

impl RequestSpan {
    pub(crate) fn scope(&self) -> SpanScope {
        match self.0 {}
    }

    pub(crate) fn ids(&self) -> TraceIds {
        match self.0 {}
    }
}

pub(crate) struct SpanScope(Infallible);

impl SpanScope {
    pub(crate) fn enter(&self) -> Infallible {
        self.0
    }
}

pub(crate) struct TraceIds(Infallible);

impl TraceIds {
    pub(crate) fn trace(&self) -> &str {
        match self.0 {}
    }

    pub(crate) fn span(&self) -> &str {
        match self.0 {}
    }
}

pub(crate) fn with_current_ids<R>(then: impl FnOnce(Option<&TraceIds>) -> R) -> R {
    then(None)
}
