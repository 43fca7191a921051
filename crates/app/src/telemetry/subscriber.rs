//! The subscriber of `tracing`: spans become spans of OpenTelemetry, events become records of the log.
//!
//! It is installed without telemetry as well: else `tracing`, which writes to the log where no subscriber is, would write a
//! line for each span of a handler.

use std::fmt;

use log::kv::Value;
use opentelemetry::{Context as OtelContext, trace::TraceContextExt as _};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    subscriber::{Interest, set_global_default},
};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt as _},
};

/// The most detailed spans that are recorded, and events of them.
const LEVEL: tracing::Level = tracing::Level::INFO;

/// Installs the subscriber.
pub(super) fn install(tracer: SdkTracer) -> Result<(), String> {
    let layer = tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_target(false);
    let subscriber = Registry::default()
        .with(layer)
        .with(LogLayer { has_traces: true });
    set_global_default(subscriber).map_err(|_| {
        "telemetry.endpoint: the program has installed a subscriber of `tracing`, so that no spans can be recorded; remove \
         one of the two"
            .to_owned()
    })
}

/// Installs the subscriber without a recorder of spans. The program may have one of its own.
pub(super) fn install_without_traces() {
    let layer = LogLayer { has_traces: false };
    let _ = set_global_default(Registry::default().with(layer));
}

/// Decides what is recorded, and writes events to the log.
struct LogLayer {
    has_traces: bool,
}

impl LogLayer {
    /// Returns whether spans and events of this level are recorded, if their trace is.
    fn may_record(&self, metadata: &Metadata<'_>) -> bool {
        self.has_traces && *metadata.level() <= LEVEL
    }
}

impl<S: Subscriber> Layer<S> for LogLayer {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.is_event() && is_logged(metadata) {
            Interest::always()
        } else if self.may_record(metadata) {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        if metadata.is_event() && is_logged(metadata) {
            return true;
        }
        // Spans of a trace that is not recorded cost no more than this.
        self.may_record(metadata)
            && OtelContext::map_current(|current| match current.has_active_span() {
                true => current.span().span_context().is_sampled(),
                false => metadata.is_span(),
            })
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let logged = match log::max_level() {
            log::LevelFilter::Off => LevelFilter::OFF,
            log::LevelFilter::Error => LevelFilter::ERROR,
            log::LevelFilter::Warn => LevelFilter::WARN,
            log::LevelFilter::Info => LevelFilter::INFO,
            log::LevelFilter::Debug => LevelFilter::DEBUG,
            log::LevelFilter::Trace => LevelFilter::TRACE,
        };
        Some(match self.has_traces {
            true => logged.max(LEVEL.into()),
            false => logged,
        })
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        if !is_logged(metadata) {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let pairs: Vec<_> = fields
            .others
            .iter()
            .map(|(name, value)| (*name, Value::from(value.as_str())))
            .collect();
        log::logger().log(
            &log::Record::builder()
                .level(level(metadata))
                .target(metadata.target())
                .module_path(metadata.module_path())
                .file(metadata.file())
                .line(metadata.line())
                .key_values(&pairs.as_slice())
                .args(format_args!("{}", fields.message))
                .build(),
        );
    }
}

fn level(metadata: &Metadata<'_>) -> log::Level {
    match *metadata.level() {
        tracing::Level::ERROR => log::Level::Error,
        tracing::Level::WARN => log::Level::Warn,
        tracing::Level::INFO => log::Level::Info,
        tracing::Level::DEBUG => log::Level::Debug,
        tracing::Level::TRACE => log::Level::Trace,
    }
}

/// Returns whether the log accepts an event.
fn is_logged(metadata: &Metadata<'_>) -> bool {
    let level = level(metadata);
    level <= log::max_level()
        && log::logger().enabled(
            &log::Metadata::builder()
                .level(level)
                .target(metadata.target())
                .build(),
        )
}

/// The fields of an event, as text.
#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<(&'static str, String)>,
}

impl Fields {
    fn add(&mut self, field: &Field, value: String) {
        match field.name() {
            "message" => self.message = value,
            name => self.others.push((name, value)),
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value.to_owned());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.add(field, value.to_string());
    }
}
