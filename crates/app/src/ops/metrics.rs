//! The metrics: who counts, and how the counts are told to Prometheus (OpenMetrics text, by `prometheus-client`).

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, MetricEncoder, text},
    metrics::MetricType,
    registry::{Registry, Unit},
};

use super::{
    About,
    beats::Beats,
    catalogue::Catalogue,
    counts::{BOUNDS, Counts, status_names},
    process,
    reasons::Reasons,
};
use crate::{api::Api, logging::Lines};

/// What the text is.
pub(super) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything that is counted in this process.
pub(crate) struct Metrics {
    catalogue: Arc<Catalogue>,
    workers: Mutex<Vec<Arc<Counts>>>,
    reasons: Arc<Reasons>,
    started: SystemTime,
}

impl Metrics {
    pub(crate) fn new(apis: &[Api], reasons: Arc<Reasons>) -> Arc<Self> {
        Arc::new(Self {
            catalogue: Arc::new(Catalogue::new(apis)),
            workers: Mutex::default(),
            reasons,
            started: SystemTime::now(),
        })
    }

    /// The block that one more worker counts in.
    pub(crate) fn of_a_worker(&self) -> Arc<Counts> {
        let counts = Arc::new(Counts::new(&self.catalogue));
        locked(&self.workers).push(Arc::clone(&counts));
        counts
    }
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Lists that only ever grow by one push are whole, whoever panicked.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All of it as text, for as often as somebody asks.
pub(super) struct Exposition(Registry);

impl Exposition {
    pub(super) fn new(told: &super::Told) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Told {
            metrics: Arc::clone(&told.metrics),
            lines: told.lines.clone(),
            about: Arc::clone(&told.about),
            beats: Arc::clone(&told.beats),
        }));
        Self(registry)
    }

    pub(super) fn text(&self) -> Result<String, fmt::Error> {
        let mut told = String::new();
        text::encode(&mut told, &self.0)?;
        Ok(told)
    }
}

struct Told {
    metrics: Arc<Metrics>,
    lines: Option<Arc<Lines>>,
    about: Arc<About>,
    beats: Arc<Beats>,
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told").finish_non_exhaustive()
    }
}

impl Collector for Told {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let workers = locked(&self.metrics.workers).clone();
        self.requests(&mut encoder, &workers)?;
        self.durations(&mut encoder, &workers)?;
        let mut teller = Teller(encoder);
        let in_flight: u64 = workers.iter().map(|worker| worker.in_flight()).sum();
        teller.gauge(
            "purlin_http_requests_in_flight",
            "Requests that have come and whose answers have not begun",
            None,
            in_flight,
        )?;
        let aborted: u64 = workers.iter().map(|worker| worker.aborted()).sum();
        teller.counter(
            "purlin_http_requests_aborted",
            "Requests that were cut off before their answers began",
            None,
            aborted,
        )?;
        self.rejections(&mut teller.0)?;
        teller.gauge(
            "purlin_threads_stuck",
            "Threads that serve requests and have not turned for too long: a handler blocks them",
            None,
            self.beats.threads().stuck,
        )?;
        let dropped = self.lines.as_ref().map_or(0, |lines| lines.dropped());
        teller.counter(
            "purlin_log_lines_dropped",
            "Lines of the log that were lost, since standard error took none or not as fast as they came",
            None,
            dropped,
        )?;
        let about = [
            ("program", label(self.about.name)),
            ("version", label(self.about.version)),
            ("commit", label(self.about.commit.unwrap_or("unknown"))),
        ];
        let words = "What is running";
        let mut build =
            teller
                .0
                .encode_descriptor("purlin_build", words, None, MetricType::Info)?;
        build.encode_info(&about)?;
        let started = self.metrics.started.duration_since(UNIX_EPOCH);
        teller.gauge(
            "process_start_time",
            "When the process began, in seconds since 1970",
            Some(Unit::Seconds),
            started.unwrap_or_default().as_secs_f64(),
        )?;
        process::tell(&mut teller)
    }
}

impl Told {
    fn requests(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        workers: &[Arc<Counts>],
    ) -> fmt::Result {
        let mut requests = encoder.encode_descriptor(
            "purlin_http_requests",
            "Requests that were answered, by operation, method and status",
            None,
            MetricType::Counter,
        )?;
        let catalogue = &self.metrics.catalogue;
        let statuses: Vec<String> = status_names().collect();
        for (nth, series) in catalogue.series().iter().enumerate() {
            let Some(named) = catalogue.operations().get(series.operation) else {
                continue;
            };
            let mut sums = vec![0; statuses.len()];
            for counts in workers.iter().filter_map(|worker| worker.statuses.get(nth)) {
                add_up(&mut sums, counts.counts());
            }
            for (status, sum) in statuses.iter().zip(sums).filter(|(_, sum)| *sum > 0) {
                let labels = [
                    ("operation", named.operation.as_str()),
                    ("template", named.template.as_str()),
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
        workers: &[Arc<Counts>],
    ) -> fmt::Result {
        let mut durations = encoder.encode_descriptor(
            "purlin_http_request_duration",
            "From the arrival of a request to the beginning of its answer",
            Some(&Unit::Seconds),
            MetricType::Histogram,
        )?;
        for (nth, named) in self.metrics.catalogue.operations().iter().enumerate() {
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
                ("operation", named.operation.as_str()),
                ("template", named.template.as_str()),
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

    fn rejections(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut rejected = encoder.encode_descriptor(
            "purlin_http_requests_rejected",
            "Requests that were refused before an operation saw them, by reason",
            None,
            MetricType::Counter,
        )?;
        for (reason, sum) in self.metrics.reasons.counts() {
            count(&mut rejected, &[("reason", label(&reason))], sum)?;
        }
        Ok(())
    }
}

/// A label's value as the text has it; the crate writes values as they are.
pub(super) fn label(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

type NoLabels = [(&'static str, &'static str); 0];

fn add_up(sums: &mut [u64], counts: impl Iterator<Item = u64>) {
    for (sum, count) in sums.iter_mut().zip(counts) {
        *sum += count;
    }
}

fn count(metric: &mut MetricEncoder<'_>, labels: &impl EncodeLabelSet, count: u64) -> fmt::Result {
    let mut one = metric.encode_family(labels)?;
    one.encode_counter::<NoLabels, _, f64>(&count, None)
}

/// Tells metrics without labels.
pub(super) struct Teller<'a>(DescriptorEncoder<'a>);

impl Teller<'_> {
    pub(super) fn gauge(
        &mut self,
        name: &str,
        words: &str,
        unit: Option<Unit>,
        value: impl prometheus_client::encoding::EncodeGaugeValue,
    ) -> fmt::Result {
        self.0
            .encode_descriptor(name, words, unit.as_ref(), MetricType::Gauge)?
            .encode_gauge(&value)
    }

    pub(super) fn counter(
        &mut self,
        name: &str,
        words: &str,
        unit: Option<Unit>,
        value: impl prometheus_client::encoding::EncodeCounterValue,
    ) -> fmt::Result {
        self.0
            .encode_descriptor(name, words, unit.as_ref(), MetricType::Counter)?
            .encode_counter::<NoLabels, _, f64>(&value, None)
    }
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn no_label_breaks_out_of_its_quotes() {
        assert_eq!(label("/a\"b\\c\nd"), "/a\\\"b\\\\c\\nd");
        assert_eq!(label("/todos/{id}"), "/todos/{id}");
    }
}
