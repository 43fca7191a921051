//! The span of a request and its attributes, by the
//! [semantic conventions](https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server).

use std::{borrow::Cow, net::IpAddr, sync::Arc, time::Duration};

use actix_web::{
    HttpRequest,
    http::{
        StatusCode, Version,
        header::{self, HeaderMap},
    },
};
use opentelemetry::{
    Context, KeyValue,
    propagation::{Extractor, TextMapPropagator as _},
    trace::{Span as _, SpanKind, Status, TraceContextExt as _, Tracer as _},
};
use opentelemetry_sdk::{
    propagation::TraceContextPropagator,
    trace::{SdkTracer, Span},
};
use purlin_router::MatchedOperation;

use super::{
    context::{SpanScope, TraceIds},
    known::Known,
    metrics::{Instruments, WorkerMetrics},
};

/// The most bytes of a text that a client has sent and a span has.
const LONGEST: usize = 1024;

/// What one worker needs to record requests.
pub(crate) struct RequestTelemetry {
    tracer: SdkTracer,
    metrics: Option<WorkerMetrics>,
    continues_traces: bool,
}

/// The span of a request from its arrival to the end of its response.
pub(crate) struct RequestSpan {
    context: Context,
    /// Nothing if the trace is not recorded.
    span: Option<Box<Span>>,
    known: Known,
}

impl RequestTelemetry {
    pub(super) fn new(
        tracer: SdkTracer,
        instruments: Option<&Arc<Instruments>>,
        continues_traces: bool,
    ) -> Self {
        Self {
            tracer,
            metrics: instruments.map(WorkerMetrics::new),
            continues_traces,
        }
    }

    /// Starts the span of a request; `has_trace` is whether it has the header field `traceparent`.
    pub(crate) fn start(&self, request: &HttpRequest, has_trace: bool) -> RequestSpan {
        let known = Known::of(request);
        if let Some(metrics) = &self.metrics {
            metrics.add_active(known, 1);
        }
        let root = Context::new();
        let parent = match has_trace && self.continues_traces {
            true => {
                let headers = TraceHeaders::of(request.headers());
                TraceContextPropagator::new().extract_with_context(&root, &headers)
            }
            false => root,
        };
        let builder = self.tracer.span_builder(known.span_name());
        let builder = builder.with_kind(SpanKind::Server);
        let mut span = self.tracer.build_with_context(builder, &parent);
        let context = Context::new().with_remote_span_context(span.span_context().clone());
        let span = span.is_recording().then(|| {
            describe_request(&mut span, known, request);
            Box::new(span)
        });
        RequestSpan {
            context,
            span,
            known,
        }
    }

    /// Records the response to a request. `client` returns the address of the client.
    pub(crate) fn respond(
        &self,
        of: &mut RequestSpan,
        request: &HttpRequest,
        status: StatusCode,
        took: Duration,
        client: impl FnOnce() -> Option<IpAddr>,
    ) {
        let operation = request.app_data::<MatchedOperation>();
        // A trusted proxy may have received the request over TLS.
        let known = match request.headers().contains_key(header::FORWARDED) {
            true => of.known.with_scheme(request.connection_info().scheme()),
            false => of.known,
        };
        let status = status.as_u16();
        if let Some(metrics) = &self.metrics {
            metrics.respond(known, operation, status, took);
        }
        let Some(span) = &mut of.span else {
            return;
        };
        span.set_attribute(known.scheme_attribute());
        span.set_attribute(KeyValue::new(
            "http.response.status_code",
            i64::from(status),
        ));
        if let Some(operation) = operation {
            let route = operation.template();
            span.update_name(format!("{} {route}", known.span_name()));
            span.set_attribute(KeyValue::new("http.route", route.to_owned()));
            let id = operation.operation_id().to_owned();
            span.set_attribute(KeyValue::new("purlin.operation", id));
        }
        if let Some(client) = client() {
            span.set_attribute(KeyValue::new("client.address", client.to_string()));
        }
        let info = request.connection_info();
        let (host, port): (_, Option<u16>) = match info.host().rsplit_once(':') {
            // Not the last part of an IPv6 address without a port.
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
            _ => (info.host(), None),
        };
        span.set_attribute(KeyValue::new("server.address", shortened(host.as_bytes())));
        if let Some(port) = port {
            span.set_attribute(KeyValue::new("server.port", i64::from(port)));
        }
        if status >= 500 {
            span.set_attribute(KeyValue::new("error.type", status.to_string()));
            span.set_status(Status::error(""));
        }
    }

    /// Ends the request, which was aborted if it has no response.
    pub(crate) fn finish(&self, of: &mut RequestSpan, has_response: bool) {
        if let Some(metrics) = &self.metrics {
            metrics.add_active(of.known, -1);
        }
        let Some(mut span) = of.span.take() else {
            return;
        };
        if !has_response {
            span.set_attribute(of.known.scheme_attribute());
            span.set_attribute(KeyValue::new("error.type", "aborted"));
            span.set_status(Status::error("aborted before the response"));
        }
        span.end();
    }
}

impl RequestSpan {
    /// Returns the span as the current one of futures.
    pub(crate) fn scope(&self) -> SpanScope {
        SpanScope(self.context.clone())
    }

    /// Returns its ids, for the log.
    pub(crate) fn ids(&self) -> TraceIds {
        TraceIds::of(self.context.span().span_context())
    }
}

fn describe_request(span: &mut Span, known: Known, request: &HttpRequest) {
    span.set_attribute(known.method_attribute());
    if known.method() == "_OTHER" {
        let method = request.method().as_str();
        span.set_attribute(KeyValue::new(
            "http.request.method_original",
            shortened(method.as_bytes()),
        ));
    }
    // Without the query, which may have secrets.
    let path = request.uri().path();
    span.set_attribute(KeyValue::new("url.path", shortened(path.as_bytes())));
    let version = match request.version() {
        Version::HTTP_09 => "0.9",
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        _ => "1.1",
    };
    span.set_attribute(KeyValue::new("network.protocol.version", version));
    if let Some(agent) = request.headers().get(header::USER_AGENT) {
        span.set_attribute(KeyValue::new(
            "user_agent.original",
            shortened(agent.as_bytes()),
        ));
    }
}

fn shortened(text: &[u8]) -> String {
    let text = text.get(..LONGEST).unwrap_or(text);
    String::from_utf8_lossy(text).into_owned()
}

/// The header fields of W3C Trace Context.
struct TraceHeaders<'h> {
    parent: Option<&'h str>,
    state: Option<Cow<'h, str>>,
}

impl<'h> TraceHeaders<'h> {
    fn of(headers: &'h HeaderMap) -> Self {
        let mut parents = headers.get_all("traceparent");
        let parent = match (parents.next(), parents.next()) {
            (Some(one), None) => one.to_str().ok(),
            _ => None,
        };
        // Several of them are one list (RFC 9110 section 5.3). A long one would be sent with every request to other services.
        let mut states = headers.get_all("tracestate").map(|it| it.to_str().ok());
        let first = states.next().flatten().map(Cow::Borrowed);
        let state = states.fold(first, |list, next| {
            Some(Cow::Owned(format!("{},{}", list?, next?)))
        });
        Self {
            parent,
            state: state.filter(|it| it.len() <= LONGEST),
        }
    }
}

impl Extractor for TraceHeaders<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => self.parent,
            "tracestate" => self.state.as_deref(),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate"]
    }
}
