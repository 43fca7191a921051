//! Metrics of the process, under the names that Prometheus' client libraries use. There are none on other systems than
//! Linux.

use std::fmt;

use super::encoder::MetricsEncoder;

#[cfg(not(target_os = "linux"))]
pub(super) fn encode(_: &mut MetricsEncoder<'_>) -> fmt::Result {
    Ok(())
}

/// Encodes what `/proc` says of this process. Values that cannot be read, as in a container without `/proc`, are left
/// out.
#[cfg(target_os = "linux")]
pub(super) fn encode(encoder: &mut MetricsEncoder<'_>) -> fmt::Result {
    use procfs::process::{LimitValue, Process};
    use prometheus_client::registry::Unit;

    let Ok(process) = Process::myself() else {
        return Ok(());
    };
    if let Ok(stat) = process.stat() {
        let ticks = (stat.utime + stat.stime) as f64;
        let pages = stat.rss * procfs::page_size();
        let help = "Total user and system CPU time of the process";
        let seconds = ticks / procfs::ticks_per_second() as f64;
        encoder.counter("process_cpu", help, Some(Unit::Seconds), seconds)?;
        let help = "Resident memory of the process";
        encoder.gauge("process_resident_memory", help, Some(Unit::Bytes), pages)?;
        let help = "Virtual memory of the process";
        let size = stat.vsize;
        encoder.gauge("process_virtual_memory", help, Some(Unit::Bytes), size)?;
        let threads = stat.num_threads;
        encoder.gauge("process_threads", "Threads of the process", None, threads)?;
    }
    if let Ok(open) = process.fd_count() {
        let help = "Open file descriptors";
        encoder.gauge("process_open_fds", help, None, open)?;
    }
    if let Ok(limits) = process.limits()
        && let LimitValue::Value(limit) = limits.max_open_files.soft_limit
    {
        let help = "Maximum number of open file descriptors";
        encoder.gauge("process_max_fds", help, None, limit)?;
    }
    Ok(())
}
