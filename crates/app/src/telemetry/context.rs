//! The trace that a thread works on: its ids for the log, and its header fields for requests to other services.

use opentelemetry::{
    Context, ContextGuard,
    propagation::{Injector, TextMapPropagator as _},
    trace::{SpanContext, TraceContextExt as _},
};
use opentelemetry_sdk::propagation::TraceContextPropagator;

/// The header fields by which a request to another service continues the current trace, of
/// [W3C Trace Context](https://www.w3.org/TR/trace-context/).
///
/// ```
/// use purlin_app::telemetry::TraceContext;
///
/// fn headers() -> Vec<(&'static str, String)> {
///     let context = TraceContext::current();
///     let headers = context.iter().flat_map(TraceContext::headers);
///     headers.map(|(name, value)| (name, value.to_owned())).collect()
/// }
///
/// // Nothing outside of a request.
/// assert!(headers().is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraceContext {
    /// The value of `traceparent`: the trace, the current span in it, and whether it is recorded.
    pub traceparent: String,
    /// The value of `tracestate`, as the client sent it; nothing if it sent none.
    pub tracestate: Option<String>,
}

impl TraceContext {
    /// Returns the header fields of the current span; nothing outside of a request, and where `telemetry.endpoint` is not set.
    ///
    /// A task or a thread that a handler starts has no current span, unless it is entered there
    /// (`tracing::Instrument::in_current_span`).
    #[must_use]
    pub fn current() -> Option<Self> {
        let mut context = Self::default();
        Context::map_current(|current| {
            TraceContextPropagator::new().inject_context(current, &mut context);
        });
        (!context.traceparent.is_empty()).then_some(context)
    }

    /// Returns names and values of the header fields.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let state = self.tracestate.as_deref().map(|it| ("tracestate", it));
        std::iter::once(("traceparent", self.traceparent.as_str())).chain(state)
    }
}

impl Injector for TraceContext {
    fn set(&mut self, key: &str, value: String) {
        match key {
            "traceparent" => self.traceparent = value,
            "tracestate" => self.tracestate = Some(value).filter(|it| !it.is_empty()),
            _ => {}
        }
    }
}

/// The ids of a span, as text.
pub(crate) struct TraceIds {
    trace: String,
    span: String,
}

impl TraceIds {
    pub(super) fn of(context: &SpanContext) -> Self {
        Self {
            trace: context.trace_id().to_string(),
            span: context.span_id().to_string(),
        }
    }

    /// Returns 32 hexadecimal digits.
    pub(crate) fn trace(&self) -> &str {
        &self.trace
    }

    /// Returns 16 hexadecimal digits.
    pub(crate) fn span(&self) -> &str {
        &self.span
    }
}

/// Calls `then` with the ids of the current span.
pub(crate) fn with_current_ids<R>(then: impl FnOnce(Option<&TraceIds>) -> R) -> R {
    let ids = Context::map_current(|current| {
        let span = current.span();
        let context = span.span_context();
        context.is_valid().then(|| TraceIds::of(context))
    });
    then(ids.as_ref())
}

/// The span of a request, while the request is processed.
#[derive(Clone)]
pub(crate) struct SpanScope(pub(super) Context);

impl SpanScope {
    /// Makes the span the current one until the guard is dropped.
    pub(crate) fn enter(&self) -> ContextGuard {
        self.0.clone().attach()
    }
}
