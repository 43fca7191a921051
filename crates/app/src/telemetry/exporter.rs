//! The queue of spans: those that do not fit are dropped, and all are counted.

use std::sync::{
    Arc,
    atomic::{
        AtomicU64, AtomicUsize,
        Ordering::{AcqRel, Relaxed},
    },
};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{BatchConfigBuilder, BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor},
};

/// The most spans that are sent in one request.
const BATCH: usize = 512;

/// What became of spans and requests to the collector.
#[derive(Debug, Default)]
pub(crate) struct ExportCounts {
    /// Spans that are in the queue, or being sent.
    queued: AtomicUsize,
    exported: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
    pub(super) failed_requests: AtomicU64,
}

impl ExportCounts {
    /// Returns how many spans were sent, were lost because the collector did not take them, and were dropped because the queue
    /// was full, each with the name of that outcome.
    pub(crate) fn spans(&self) -> [(&'static str, u64); 3] {
        [
            ("exported", self.exported.load(Relaxed)),
            ("failed", self.failed.load(Relaxed)),
            ("dropped", self.dropped.load(Relaxed)),
        ]
    }

    /// Returns how many requests to the collector have failed.
    pub(crate) fn failed_requests(&self) -> u64 {
        self.failed_requests.load(Relaxed)
    }
}

/// Returns what collects spans in a queue of this length and sends them by a thread of its own.
pub(super) fn processor(
    exporter: impl SpanExporter + 'static,
    queue: usize,
    counts: &Arc<ExportCounts>,
) -> impl SpanProcessor + 'static {
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(queue)
        .with_max_export_batch_size(queue.min(BATCH))
        .build();
    let exporter = CountingExporter {
        exporter,
        counts: Arc::clone(counts),
    };
    let processor = BatchSpanProcessor::builder(exporter).with_batch_config(config);
    BoundedProcessor {
        processor: processor.build(),
        counts: Arc::clone(counts),
        queue,
    }
}

/// Drops spans before the queue of the SDK is full: it does not say how many it drops.
#[derive(Debug)]
struct BoundedProcessor {
    processor: BatchSpanProcessor,
    counts: Arc<ExportCounts>,
    queue: usize,
}

impl SpanProcessor for BoundedProcessor {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if self.counts.queued.fetch_add(1, AcqRel) < self.queue {
            self.processor.on_end(span);
        } else {
            self.counts.queued.fetch_sub(1, AcqRel);
            self.counts.dropped.fetch_add(1, Relaxed);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.processor.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.processor.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.processor.set_resource(resource);
    }
}

/// Counts what it sends.
#[derive(Debug)]
struct CountingExporter<E> {
    exporter: E,
    counts: Arc<ExportCounts>,
}

impl<E: SpanExporter> SpanExporter for CountingExporter<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len();
        let sent = self.exporter.export(batch).await;
        self.counts.queued.fetch_sub(count, AcqRel);
        let outcome = match sent {
            Ok(()) => &self.counts.exported,
            Err(_) => &self.counts.failed,
        };
        outcome.fetch_add(count as u64, Relaxed);
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
