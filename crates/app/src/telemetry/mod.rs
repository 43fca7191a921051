//! Traces and metrics, sent to a collector of OpenTelemetry by OTLP over HTTP: the section `telemetry` of the settings.
//!
//! [`TraceContext`] continues the trace of a request in the requests that it causes.
//!
//! Every request is a span of the SDK, made by `requests`, which is the current context of OpenTelemetry while the request
//! is processed. Spans of `tracing` are its descendants: those of `purlin-router`, and those of handlers. `subscriber` is
//! what `tracing` reports to, `client` sends what threads of the SDK have collected.

mod client;
mod context;
mod exporter;
mod known;
mod metrics;
mod requests;
mod subscriber;

use std::{sync::Arc, thread, time::Duration};

use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::{
    ExporterBuildError, MetricExporter, Protocol, SpanExporter, WithExportConfig as _,
    WithHttpConfig as _,
};
use opentelemetry_sdk::{
    Resource,
    metrics::{PeriodicReader, SdkMeterProvider},
    resource::{EnvResourceDetector, TelemetryResourceDetector},
    trace::{IdGenerator as _, RandomIdGenerator, Sampler, SdkTracer, SdkTracerProvider},
};
use tokio::sync::oneshot;

pub use self::context::TraceContext;
use self::{client::Client, metrics::Instruments};
pub(crate) use self::{
    context::{SpanScope, TraceIds, with_current_ids},
    exporter::ExportCounts,
    requests::{RequestSpan, RequestTelemetry},
};
use crate::{program::Program, settings::TelemetrySettings};

/// What records traces and metrics and sends them, from the start of the server to its end.
pub(crate) struct Telemetry {
    tracer: SdkTracer,
    instruments: Option<Arc<Instruments>>,
    counts: Arc<ExportCounts>,
    continues_traces: bool,
    timeout: Duration,
    traces: SdkTracerProvider,
    metrics: Option<SdkMeterProvider>,
}

impl Telemetry {
    /// Starts to record and to send, if the settings say so.
    pub(crate) fn start(
        settings: &TelemetrySettings,
        program: &Program,
    ) -> Result<Option<Self>, String> {
        if !settings.is_enabled() {
            subscriber::install_without_traces();
            return Ok(None);
        }
        let failed = |error: ExporterBuildError| format!("cannot start telemetry: {error}");
        let timeout = Duration::from_secs(settings.timeout.into());
        let counts = Arc::<ExportCounts>::default();
        let client = Arc::new(Client::new(settings, timeout, Arc::clone(&counts)));
        let resource = resource(settings, program);

        let spans = SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{}/v1/traces", settings.endpoint))
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(timeout)
            .with_shared_http_client(client.clone())
            .build()
            .map_err(failed)?;
        let ratio = Sampler::TraceIdRatioBased(settings.sample_ratio);
        let traces = SdkTracerProvider::builder()
            .with_resource(resource.clone())
            .with_sampler(Sampler::ParentBased(Box::new(ratio)))
            .with_span_processor(exporter::processor(
                spans,
                settings.queue.to_usize(),
                &counts,
            ))
            .build();
        let tracer = traces.tracer("purlin");

        let metrics = match settings.metrics_interval.get() {
            0 => None,
            seconds => {
                let exporter = MetricExporter::builder()
                    .with_http()
                    .with_endpoint(format!("{}/v1/metrics", settings.endpoint))
                    .with_protocol(Protocol::HttpBinary)
                    .with_timeout(timeout)
                    .with_shared_http_client(client)
                    .build()
                    .map_err(failed)?;
                let interval = Duration::from_secs(seconds.into());
                let reader = PeriodicReader::builder(exporter).with_interval(interval);
                let provider = SdkMeterProvider::builder()
                    .with_resource(resource)
                    .with_reader(reader.build());
                Some(provider.build())
            }
        };
        subscriber::install(traces.tracer("tracing"))?;
        Ok(Some(Self {
            tracer,
            instruments: metrics.as_ref().map(|it| Arc::new(Instruments::new(it))),
            counts,
            continues_traces: settings.continue_traces,
            timeout,
            traces,
            metrics,
        }))
    }

    /// Returns what one more worker needs to record requests.
    pub(crate) fn of_requests(&self) -> RequestTelemetry {
        RequestTelemetry::new(
            self.tracer.clone(),
            self.instruments.as_ref(),
            self.continues_traces,
        )
    }

    /// Returns the counters of what was sent.
    pub(crate) fn counts(&self) -> Arc<ExportCounts> {
        Arc::clone(&self.counts)
    }

    /// Sends what is left, within the time that the settings allow.
    pub(crate) async fn shut_down(&self) {
        let (traces, metrics, timeout) = (self.traces.clone(), self.metrics.clone(), self.timeout);
        let (done, is_done) = oneshot::channel();
        // On a thread of its own: the SDK waits for its threads, and for metrics without a limit. It ends with the process.
        let thread = thread::Builder::new().name("purlin-telemetry".to_owned());
        let started = thread.spawn(move || {
            let sent = traces.shutdown_with_timeout(timeout).is_ok();
            let metrics = metrics.map(|metrics| metrics.shutdown_with_timeout(timeout));
            let _ = done.send(sent && metrics.is_none_or(|it| it.is_ok()));
        });
        let sent = started.is_ok()
            && matches!(
                actix_web::rt::time::timeout(timeout, is_done).await,
                Ok(Ok(true))
            );
        if !sent {
            log::warn!(target: "purlin::telemetry", "the last traces or metrics could not be sent");
        }
    }
}

/// Returns the attributes of this process: the settings override the variables of OpenTelemetry, which override what is known
/// of the program.
fn resource(settings: &TelemetrySettings, program: &Program) -> Resource {
    // Metrics of replicas differ by it.
    let instance = RandomIdGenerator::default().new_trace_id().to_string();
    let known = [
        ("service.name", program.name.to_owned()),
        ("service.version", program.version.to_owned()),
        ("service.instance.id", instance),
    ];
    let variable = std::env::var("OTEL_SERVICE_NAME").unwrap_or_default();
    let names = [variable, settings.service_name.clone()].into_iter();
    let names = names.filter(|name| !name.is_empty());
    let attributes = settings.resource_attributes.iter();
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes(known.map(|(key, value)| KeyValue::new(key, value)))
        .with_detector(Box::new(EnvResourceDetector::new()))
        .with_attributes(names.map(|name| KeyValue::new("service.name", name)))
        .with_attributes(attributes.map(|(key, value)| KeyValue::new(key.clone(), value.clone())))
        .build()
}
