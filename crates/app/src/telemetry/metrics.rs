//! Metrics of requests, by the [semantic conventions](https://opentelemetry.io/docs/specs/semconv/http/http-metrics/).

use std::{
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use opentelemetry::{
    KeyValue,
    metrics::{Histogram, MeterProvider as _},
};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use purlin_router::MatchedOperation;

use super::known::{Known, METHODS};

/// The upper bounds of the buckets that the semantic conventions name, in seconds.
const BOUNDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// The active requests of one worker, by [`Known::place`].
type Active = [ActiveCount; METHODS.len() * 2];

#[derive(Default)]
struct ActiveCount {
    active: AtomicI64,
    /// Whether there was any, so that methods without requests are not sent.
    was_used: AtomicBool,
}

/// What is measured of requests.
pub(super) struct Instruments {
    durations: Histogram<f64>,
    /// The counts of all workers, which are added up when metrics are sent: an instrument of the SDK would take as long for each
    /// change as the rest of the request's measurements.
    active: Arc<Mutex<Vec<Arc<Active>>>>,
}

impl Instruments {
    pub(super) fn new(provider: &SdkMeterProvider) -> Self {
        let meter = provider.meter("purlin");
        let active = Arc::<Mutex<Vec<Arc<Active>>>>::default();
        let workers = Arc::clone(&active);
        meter
            .i64_observable_up_down_counter("http.server.active_requests")
            .with_unit("{request}")
            .with_description("Number of active HTTP server requests.")
            .with_callback(move |observer| {
                let workers = workers.lock().unwrap_or_else(PoisonError::into_inner);
                for known in Known::all() {
                    let counts = workers.iter().filter_map(|it| it.get(known.place()));
                    let used = counts.filter(|count| count.was_used.load(Relaxed));
                    let active = used.map(|count| count.active.load(Relaxed));
                    if let Some(sum) = active.reduce(|sum, count| sum + count) {
                        let attributes = [known.method_attribute(), known.scheme_attribute()];
                        observer.observe(sum, &attributes);
                    }
                }
            })
            .build();
        Self {
            active,
            durations: meter
                .f64_histogram("http.server.request.duration")
                .with_unit("s")
                .with_description("Duration of HTTP server requests.")
                .with_boundaries(BOUNDS.to_vec())
                .build(),
        }
    }
}

/// The attributes of a response, few and known at startup but for the status.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Series {
    /// The index of the operation.
    operation: Option<u32>,
    request: Known,
    status: u16,
}

/// The measurements of one worker, which keeps the attributes that it has made.
pub(super) struct WorkerMetrics {
    instruments: Arc<Instruments>,
    series: RefCell<HashMap<Series, Rc<[KeyValue]>>>,
    active: Arc<Active>,
}

impl WorkerMetrics {
    pub(super) fn new(instruments: &Arc<Instruments>) -> Self {
        let active = Arc::new(std::array::from_fn(|_| ActiveCount::default()));
        let workers = &mut instruments
            .active
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        workers.push(Arc::clone(&active));
        Self {
            instruments: Arc::clone(instruments),
            series: RefCell::default(),
            active,
        }
    }

    /// Measures the arrival of a request, or its end.
    pub(super) fn add_active(&self, request: Known, change: i64) {
        if let Some(count) = self.active.get(request.place()) {
            count.active.fetch_add(change, Relaxed);
            count.was_used.store(true, Relaxed);
        }
    }

    /// Measures a response.
    pub(super) fn respond(
        &self,
        request: Known,
        operation: Option<&MatchedOperation>,
        status: u16,
        took: Duration,
    ) {
        let series = Series {
            operation: operation.map(|it| it.index()),
            request,
            status,
        };
        let mut known = self.series.borrow_mut();
        let attributes = known.entry(series).or_insert_with(|| {
            let mut attributes = vec![
                request.method_attribute(),
                KeyValue::new("http.response.status_code", i64::from(status)),
                request.scheme_attribute(),
            ];
            if let Some(operation) = operation {
                let route = operation.template().to_owned();
                attributes.push(KeyValue::new("http.route", route));
            }
            if status >= 500 {
                attributes.push(KeyValue::new("error.type", status.to_string()));
            }
            attributes.sort_by(|a, b| a.key.cmp(&b.key));
            attributes.into()
        });
        self.instruments
            .durations
            .record(took.as_secs_f64(), attributes);
    }
}
