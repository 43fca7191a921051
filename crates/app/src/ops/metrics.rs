//! The metrics of the process, collected for `prometheus-client`.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use prometheus_client::{
    collector::Collector, encoding::DescriptorEncoder, metrics::MetricType, registry::Unit,
};
use purlin_router::OperationInfo;

use super::{
    OpsState, VersionInfo,
    encoder::{MetricsEncoder, NoLabels, count},
    heartbeat::WorkerHeartbeats,
    operation_index::OperationIndex,
    process,
    readiness::LatestReadiness,
    rejection_counter::RejectionCounters,
    store::{self, StoreStatistics},
    worker_counts::{WorkerCounts, status_names},
};
use crate::{listen::CertificateExpiry, settings::DurationBuckets, telemetry::ExportCounts};

/// The process-wide metrics registry.
pub(crate) struct Metrics {
    /// What the names of metrics begin with, before an underscore.
    prefix: String,
    index: Arc<OperationIndex>,
    workers: Mutex<Vec<Arc<WorkerCounts>>>,
    rejections: Arc<RejectionCounters>,
    started: SystemTime,
    /// The buckets of the histogram of durations.
    buckets: DurationBuckets,
    /// Their upper bounds in nanoseconds, as workers compare them.
    bounds: Arc<[u64]>,
}

impl Metrics {
    pub(crate) fn new<'o>(
        prefix: &str,
        operations: impl Iterator<Item = &'o OperationInfo>,
        rejections: Arc<RejectionCounters>,
        buckets: &DurationBuckets,
    ) -> Arc<Self> {
        Arc::new(Self {
            prefix: prefix.to_owned(),
            index: Arc::new(OperationIndex::new(operations)),
            workers: Mutex::default(),
            rejections,
            started: SystemTime::now(),
            bounds: buckets.nanoseconds().collect(),
            buckets: buckets.clone(),
        })
    }

    /// Returns a new block of counters, for one more worker.
    pub(crate) fn add_worker(&self) -> Arc<WorkerCounts> {
        let counts = Arc::new(WorkerCounts::new(&self.index, &self.bounds));
        locked(&self.workers).push(Arc::clone(&counts));
        counts
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Lists that only grow by one push are whole, even if a thread panicked.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Collects all metrics when they are scraped.
pub(super) struct MetricsCollector {
    metrics: Arc<Metrics>,
    dropped_log_lines: Arc<dyn Fn() -> u64 + Send + Sync>,
    version: Arc<VersionInfo>,
    heartbeats: Arc<WorkerHeartbeats>,
    store: Option<StoreStatistics>,
    telemetry: Option<Arc<ExportCounts>>,
    readiness: Arc<LatestReadiness>,
    max_in_flight: u32,
    certificate_expiry: Option<CertificateExpiry>,
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
        if self.max_in_flight > 0 {
            encoder.gauge(
                &self.name("http_requests_in_flight_limit"),
                "Requests that may be processed at a time; further ones are rejected",
                None,
                u64::from(self.max_in_flight),
            )?;
        }
        let aborted: u64 = workers.iter().map(|worker| worker.aborted()).sum();
        encoder.counter(
            &self.name("http_requests_aborted"),
            "Requests that were aborted before their response started",
            None,
            aborted,
        )?;
        let incomplete: u64 = workers.iter().map(|worker| worker.incomplete()).sum();
        encoder.counter(
            &self.name("http_responses_incomplete"),
            "Responses whose body was cut off; event streams are not counted",
            None,
            incomplete,
        )?;
        self.rejections(&mut encoder.0)?;
        if let Some(statistics) = &self.store {
            store::encode(&mut encoder.0, &self.metrics.prefix, &statistics())?;
        }
        self.readiness(&mut encoder)?;
        let expiry = self.certificate_expiry.as_ref();
        if let Some(expiry) = expiry.and_then(|expiry| expiry()) {
            encoder.gauge(
                &self.name("tls_certificate_expiry_timestamp"),
                "When the certificate of the server expires, since the Unix epoch",
                Some(Unit::Seconds),
                expiry,
            )?;
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
            ("program", self.version.name),
            ("version", self.version.version),
            ("commit", self.version.commit.unwrap_or("unknown")),
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
    pub(super) fn new(state: &OpsState, readiness: &Arc<LatestReadiness>) -> Self {
        Self {
            metrics: Arc::clone(&state.metrics),
            dropped_log_lines: Arc::clone(&state.dropped_log_lines),
            version: Arc::clone(&state.version),
            heartbeats: Arc::clone(&state.heartbeats),
            readiness: Arc::clone(readiness),
            store: state.store.clone(),
            telemetry: state.telemetry.clone(),
            max_in_flight: state.max_in_flight,
            certificate_expiry: state.certificate_expiry.clone(),
        }
    }

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
            let mut sums = vec![0; self.metrics.bounds.len() + 1];
            let mut nanoseconds = 0;
            for counts in workers
                .iter()
                .filter_map(|worker| worker.durations.get(nth))
            {
                add_up(&mut sums, counts.buckets());
                nanoseconds += counts.nanoseconds();
            }
            let bounds = self.metrics.buckets.seconds().iter().copied();
            let bounds = bounds.chain([f64::INFINITY]);
            let buckets: Vec<_> = bounds.zip(sums.iter().copied()).collect();
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
                    // Exemplars, by the position of their bucket, belong here.
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

    fn readiness(&self, encoder: &mut MetricsEncoder<'_>) -> fmt::Result {
        let latest = self.readiness.get();
        encoder.gauge(
            &self.name("ready"),
            "Whether requests should be sent here: 1, or 0 as in /readyz",
            None,
            u64::from(latest.is_ready),
        )?;
        if latest.checks.is_empty() {
            return Ok(());
        }
        let name = self.name("readiness_check_success");
        let mut checks = encoder.0.encode_descriptor(
            &name,
            "Whether a readiness check succeeded the last time: 1 or 0",
            None,
            MetricType::Gauge,
        )?;
        for (check, is_success) in &latest.checks {
            let labels = [("check", &**check)];
            checks
                .encode_family(&labels)?
                .encode_gauge(&u64::from(*is_success))?;
        }
        Ok(())
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
            count(&mut rejected, &[("reason", reason)], sum)?;
        }
        Ok(())
    }
}

fn add_up(sums: &mut [u64], counts: impl Iterator<Item = u64>) {
    for (sum, count) in sums.iter_mut().zip(counts) {
        *sum += count;
    }
}
