//! The metrics of the process and their encoding as OpenMetrics text, by `prometheus-client`.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, text},
    metrics::MetricType,
    registry::{Registry, Unit},
};
use purlin_router::OperationInfo;

use super::{
    OpsState, VersionInfo,
    encoder::{MetricsEncoder, NoLabels, count, label},
    heartbeat::WorkerHeartbeats,
    operation_index::OperationIndex,
    process,
    rejection_counter::RejectionCounters,
    store::{self, StoreStatistics},
    worker_counts::{BOUNDS, WorkerCounts, status_names},
};
use crate::telemetry::ExportCounts;

/// The `Content-Type` of the exposition format.
pub(super) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The process-wide metrics registry.
pub(crate) struct Metrics {
    /// What the names of metrics begin with, before an underscore.
    prefix: String,
    index: Arc<OperationIndex>,
    workers: Mutex<Vec<Arc<WorkerCounts>>>,
    rejections: Arc<RejectionCounters>,
    started: SystemTime,
}

impl Metrics {
    pub(crate) fn new<'o>(
        prefix: &str,
        operations: impl Iterator<Item = &'o OperationInfo>,
        rejections: Arc<RejectionCounters>,
    ) -> Arc<Self> {
        Arc::new(Self {
            prefix: prefix.to_owned(),
            index: Arc::new(OperationIndex::new(operations)),
            workers: Mutex::default(),
            rejections,
            started: SystemTime::now(),
        })
    }

    /// Returns a new block of counters, for one more worker.
    pub(crate) fn add_worker(&self) -> Arc<WorkerCounts> {
        let counts = Arc::new(WorkerCounts::new(&self.index));
        locked(&self.workers).push(Arc::clone(&counts));
        counts
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Lists that only grow by one push are whole, even if a thread panicked.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Encodes all metrics in OpenMetrics text format.
pub(super) struct Exposition(Registry);

impl Exposition {
    pub(super) fn new(state: &OpsState) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(MetricsCollector {
            metrics: Arc::clone(&state.metrics),
            dropped_log_lines: Arc::clone(&state.dropped_log_lines),
            version: Arc::clone(&state.version),
            heartbeats: Arc::clone(&state.heartbeats),
            store: state.store.clone(),
            telemetry: state.telemetry.clone(),
        }));
        Self(registry)
    }

    pub(super) fn encode(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.0)?;
        Ok(text)
    }
}

struct MetricsCollector {
    metrics: Arc<Metrics>,
    dropped_log_lines: Arc<dyn Fn() -> u64 + Send + Sync>,
    version: Arc<VersionInfo>,
    heartbeats: Arc<WorkerHeartbeats>,
    store: Option<StoreStatistics>,
    telemetry: Option<Arc<ExportCounts>>,
}

impl fmt::Debug for MetricsCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsCollector").finish_non_exhaustive()
    }
}

impl Collector for MetricsCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let workers = locked(&self.metrics.workers).clone();
        self.requests(&mut encoder, &workers)?;
        self.durations(&mut encoder, &workers)?;
        let mut encoder = MetricsEncoder(encoder);
        let in_flight: u64 = workers.iter().map(|worker| worker.in_flight()).sum();
        encoder.gauge(
            &self.name("http_requests_in_flight"),
            "Requests that are being processed and have no response yet",
            None,
            in_flight,
        )?;
        let aborted: u64 = workers.iter().map(|worker| worker.aborted()).sum();
        encoder.counter(
            &self.name("http_requests_aborted"),
            "Requests that were aborted before their response started",
            None,
            aborted,
        )?;
        self.rejections(&mut encoder.0)?;
        if let Some(statistics) = &self.store {
            store::encode(&mut encoder.0, &self.metrics.prefix, &statistics())?;
        }
        encoder.gauge(
            &self.name("threads_stuck"),
            "Worker threads whose event loop is blocked",
            None,
            self.heartbeats.status().blocked,
        )?;
        encoder.counter(
            &self.name("log_lines_dropped"),
            "Log lines that were dropped because the queue was full or standard error failed",
            None,
            (self.dropped_log_lines)(),
        )?;
        self.telemetry(&mut encoder)?;
        let version = [
            ("program", label(self.version.name)),
            ("version", label(self.version.version)),
            ("commit", label(self.version.commit.unwrap_or("unknown"))),
        ];
        encoder
            .0
            .encode_descriptor(
                &self.name("build"),
                "The program and its version",
                None,
                MetricType::Info,
            )?
            .encode_info(&version)?;
        let started = self.metrics.started.duration_since(UNIX_EPOCH);
        encoder.gauge(
            "process_start_time",
            "Start time of the process since the Unix epoch",
            Some(Unit::Seconds),
            started.unwrap_or_default().as_secs_f64(),
        )?;
        process::encode(&mut encoder)
    }
}

impl MetricsCollector {
    /// Returns the name of a metric with the prefix.
    fn name(&self, name: &str) -> String {
        format!("{}_{name}", self.metrics.prefix)
    }

    fn requests(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        workers: &[Arc<WorkerCounts>],
    ) -> fmt::Result {
        let name = self.name("http_requests");
        let mut requests = encoder.encode_descriptor(
            &name,
            "HTTP requests with a response, by operation, method and status",
            None,
            MetricType::Counter,
        )?;
        let index = &self.metrics.index;
        let statuses: Vec<String> = status_names().collect();
        for (nth, series) in index.series().iter().enumerate() {
            let Some(labels) = index.operations().get(series.operation) else {
                continue;
            };
            let mut sums = vec![0; statuses.len()];
            for counts in workers.iter().filter_map(|worker| worker.statuses.get(nth)) {
                add_up(&mut sums, counts.counts());
            }
            for (status, sum) in statuses.iter().zip(sums).filter(|(_, sum)| *sum > 0) {
                let labels = [
                    ("operation", labels.operation.as_str()),
                    ("template", labels.template.as_str()),
                    ("method", series.method.as_str()),
                    ("status", status.as_str()),
                ];
                count(&mut requests, &labels, sum)?;
            }
        }
        Ok(())
    }

    fn durations(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        workers: &[Arc<WorkerCounts>],
    ) -> fmt::Result {
        let name = self.name("http_request_duration");
        let mut durations = encoder.encode_descriptor(
            &name,
            "Time from the arrival of a request to the start of its response",
            Some(&Unit::Seconds),
            MetricType::Histogram,
        )?;
        for (nth, operation) in self.metrics.index.operations().iter().enumerate() {
            let mut sums = vec![0; BOUNDS.len() + 1];
            let mut nanoseconds = 0;
            for counts in workers
                .iter()
                .filter_map(|worker| worker.durations.get(nth))
            {
                add_up(&mut sums, counts.buckets());
                nanoseconds += counts.nanoseconds();
            }
            let bounds = BOUNDS.iter().map(|bound| *bound as f64 / 1e6);
            let buckets: Vec<_> = bounds.chain([f64::MAX]).zip(sums.iter().copied()).collect();
            let labels = [
                ("operation", operation.operation.as_str()),
                ("template", operation.template.as_str()),
            ];
            durations
                .encode_family(&labels)?
                .encode_histogram::<NoLabels>(
                    nanoseconds as f64 / 1e9,
                    sums.iter().sum(),
                    &buckets,
                    None,
                )?;
        }
        Ok(())
    }

    /// Encodes what became of traces, if they are recorded.
    fn telemetry(&self, encoder: &mut MetricsEncoder<'_>) -> fmt::Result {
        let Some(counts) = &self.telemetry else {
            return Ok(());
        };
        let name = self.name("telemetry_spans");
        let mut spans = encoder.0.encode_descriptor(
            &name,
            "Spans by what became of them: exported, failed to be sent, dropped because the queue was full",
            None,
            MetricType::Counter,
        )?;
        for (outcome, sum) in counts.spans() {
            count(&mut spans, &[("outcome", outcome)], sum)?;
        }
        encoder.counter(
            &self.name("telemetry_requests_failed"),
            "Requests to the collector of telemetry that failed",
            None,
            counts.failed_requests(),
        )
    }

    fn rejections(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let name = self.name("http_requests_rejected");
        let mut rejected = encoder.encode_descriptor(
            &name,
            "Requests that were rejected before an operation saw them, by reason",
            None,
            MetricType::Counter,
        )?;
        for (reason, sum) in self.metrics.rejections.counts() {
            count(&mut rejected, &[("reason", label(&reason))], sum)?;
        }
        Ok(())
    }
}

fn add_up(sums: &mut [u64], counts: impl Iterator<Item = u64>) {
    for (sum, count) in sums.iter_mut().zip(counts) {
        *sum += count;
    }
}
