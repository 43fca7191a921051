//! What the system knows of this process, under the names Prometheus has for it. Elsewhere than on Linux nothing is told.

use std::fmt;

use super::metrics::Teller;

#[cfg(not(target_os = "linux"))]
pub(super) fn tell(_: &mut Teller<'_>) -> fmt::Result {
    Ok(())
}

/// What cannot be read, as in a container without `/proc`, is left out.
#[cfg(target_os = "linux")]
pub(super) fn tell(teller: &mut Teller<'_>) -> fmt::Result {
    use procfs::process::{LimitValue, Process};
    use prometheus_client::registry::Unit;

    let Ok(process) = Process::myself() else {
        return Ok(());
    };
    if let Ok(stat) = process.stat() {
        let ticks = (stat.utime + stat.stime) as f64;
        let pages = stat.rss * procfs::page_size();
        let words = "Processor time that the process has taken";
        let seconds = ticks / procfs::ticks_per_second() as f64;
        teller.counter("process_cpu", words, Some(Unit::Seconds), seconds)?;
        let words = "Memory of the process that is in use";
        teller.gauge("process_resident_memory", words, Some(Unit::Bytes), pages)?;
        let words = "Memory of the process that has an address";
        let size = stat.vsize;
        teller.gauge("process_virtual_memory", words, Some(Unit::Bytes), size)?;
        let threads = stat.num_threads;
        teller.gauge("process_threads", "Threads of the process", None, threads)?;
    }
    if let Ok(open) = process.fd_count() {
        let words = "Files and sockets that are open";
        teller.gauge("process_open_fds", words, None, open)?;
    }
    if let Ok(limits) = process.limits()
        && let LimitValue::Value(most) = limits.max_open_files.soft_limit
    {
        let words = "Files and sockets that may be open";
        teller.gauge("process_max_fds", words, None, most)?;
    }
    Ok(())
}
