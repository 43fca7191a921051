//! Metrics of requests, by the [semantic conventions](https://opentelemetry.io/docs/specs/semconv/http/http-metrics/).

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use opentelemetry::{
    KeyValue,
    metrics::{Histogram, MeterProvider as _, UpDownCounter},
};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use purlin_router::MatchedOperation;

use super::known::{Known, METHODS};

/// The upper bounds of the buckets that the semantic conventions name, in seconds.
const BOUNDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// What is measured of requests.
pub(super) struct Instruments {
    durations: Histogram<f64>,
    active: UpDownCounter<i64>,
}

impl Instruments {
    pub(super) fn new(provider: &SdkMeterProvider) -> Self {
        let meter = provider.meter("purlin");
        Self {
            durations: meter
                .f64_histogram("http.server.request.duration")
                .with_unit("s")
                .with_description("Duration of HTTP server requests.")
                .with_boundaries(BOUNDS.to_vec())
                .build(),
            active: meter
                .i64_up_down_counter("http.server.active_requests")
                .with_unit("{request}")
                .with_description("Number of active HTTP server requests.")
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
    requests: [Cell<Option<Rc<[KeyValue]>>>; METHODS.len() * 2],
}

impl WorkerMetrics {
    pub(super) fn new(instruments: &Arc<Instruments>) -> Self {
        Self {
            instruments: Arc::clone(instruments),
            series: RefCell::default(),
            requests: std::array::from_fn(|_| Cell::new(None)),
        }
    }

    /// Measures the arrival of a request, or its end.
    pub(super) fn add_active(&self, request: Known, change: i64) {
        let Some(place) = self.requests.get(request.place()) else {
            return;
        };
        let attributes = place
            .take()
            .unwrap_or_else(|| Rc::new([request.method_attribute(), request.scheme_attribute()]));
        self.instruments.active.add(change, &attributes);
        place.set(Some(attributes));
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
