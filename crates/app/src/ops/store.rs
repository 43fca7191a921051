//! The metrics of the store that replicas share.

use std::{fmt, sync::Arc};

use prometheus_client::{encoding::DescriptorEncoder, metrics::MetricType, registry::Unit};
use purlin_store::Statistics;

use super::encoder::{NoLabels, count};

/// Returns what is counted of the calls of a store.
pub(crate) type StoreStatistics = Arc<dyn Fn() -> Vec<Statistics> + Send + Sync>;

/// Encodes what is counted of the calls for each purpose.
pub(super) fn encode(
    encoder: &mut DescriptorEncoder<'_>,
    prefix: &str,
    all: &[Statistics],
) -> fmt::Result {
    let calls_name = format!("{prefix}_store_calls");
    let mut calls = encoder.encode_descriptor(
        &calls_name,
        "Calls of the store that replicas share, by purpose and outcome",
        None,
        MetricType::Counter,
    )?;
    for it in all {
        for (outcome, number) in [
            ("ok", it.succeeded),
            ("failed", it.failed),
            ("timeout", it.timed_out),
            ("skipped", it.skipped),
        ] {
            let labels = [("purpose", it.purpose), ("outcome", outcome)];
            count(&mut calls, &labels, number)?;
        }
    }
    let duration_name = format!("{prefix}_store_call_duration");
    let mut seconds = encoder.encode_descriptor(
        &duration_name,
        "Time that calls of the store took, by purpose",
        Some(&Unit::Seconds),
        MetricType::Counter,
    )?;
    for it in all {
        let labels = [("purpose", it.purpose)];
        let mut one = seconds.encode_family(&labels)?;
        one.encode_counter::<NoLabels, _, f64>(&it.time.as_secs_f64(), None)?;
    }
    let paused_name = format!("{prefix}_store_paused");
    let mut paused = encoder.encode_descriptor(
        &paused_name,
        "Whether calls of the store fail at once because those before them failed",
        None,
        MetricType::Gauge,
    )?;
    for it in all {
        let labels = [("purpose", it.purpose)];
        let mut one = paused.encode_family(&labels)?;
        one.encode_gauge(&u64::from(it.is_open))?;
    }
    Ok(())
}
