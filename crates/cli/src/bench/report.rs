//! The figures, as a table and as JSON.

use std::{fmt, time::Duration};

use serde_json::{Value, json};

use super::{
    Options,
    load::Load,
    operations::{Skipped, Target},
};
use crate::count::counted;

/// How the figures are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Format {
    /// A table.
    #[default]
    Text,
    /// An object in JSON.
    Json,
}

/// The figures of all operations that were measured.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The load generator.
    pub tool: &'static str,
    /// Concurrent connections.
    pub connections: u32,
    /// Seconds of load for each operation.
    pub seconds: u32,
    /// The cargo profile of the program.
    pub profile: String,
    /// Processors of this machine, which client and server share.
    pub processors: usize,
    /// The operations that were measured.
    pub measured: Vec<Measured>,
    /// The operations that were not.
    pub skipped: Vec<Skipped>,
}

/// The figures of an operation.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Measured {
    /// The operation id.
    pub operation: String,
    /// The path and query that were requested.
    pub path: String,
    /// The requests that ended.
    pub requests: u64,
    /// Responses other than 2xx and 3xx, and errors of connections.
    pub failed: u64,
    /// Requests a second.
    pub per_second: f64,
    /// Milliseconds within which half of the requests ended.
    pub p50_ms: f64,
    /// Milliseconds within which 99 of 100 requests ended.
    pub p99_ms: f64,
    /// Microseconds of processor time of the server for a request, kernel included; Linux only.
    pub cpu_us: Option<f64>,
    /// Bytes of resident memory of the server after the load; Linux only.
    pub memory_bytes: Option<u64>,
}

impl Measured {
    pub(super) fn new(
        target: Target,
        load: &Load,
        used: Option<Duration>,
        memory: Option<u64>,
    ) -> Self {
        let each = |used: Duration| used.as_secs_f64() * 1e6 / load.requests as f64;
        Self {
            operation: target.id,
            path: target.path,
            requests: load.requests,
            failed: load.failed,
            per_second: load.per_second,
            p50_ms: load.p50 * 1e3,
            p99_ms: load.p99 * 1e3,
            cpu_us: used.map(each),
            memory_bytes: memory,
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "operation": self.operation,
            "path": self.path,
            "requests": self.requests,
            "failed": self.failed,
            "requests_per_second": self.per_second,
            "p50_ms": self.p50_ms,
            "p99_ms": self.p99_ms,
            "cpu_us_per_request": self.cpu_us,
            "memory_bytes": self.memory_bytes,
        })
    }
}

impl Report {
    pub(super) fn new(options: &Options, tool: &'static str, skipped: Vec<Skipped>) -> Self {
        Self {
            tool,
            connections: options.connections,
            seconds: options.duration,
            profile: options.profile.clone(),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            measured: Vec::new(),
            skipped,
        }
    }

    /// Returns the figures as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let measured: Vec<_> = self.measured.iter().map(Measured::to_json).collect();
        let skipped = self.skipped.iter();
        let skipped = skipped.map(|it| json!({"operation": it.operation, "reason": it.reason}));
        json!({
            "tool": self.tool,
            "connections": self.connections,
            "seconds": self.seconds,
            "profile": self.profile,
            "processors": self.processors,
            "operations": measured,
            "skipped": skipped.collect::<Vec<_>>(),
        })
    }

    /// Describes why there are no figures.
    pub(super) fn nothing_to_measure(&self) -> String {
        let reasons = self.skipped.iter();
        let reasons: String = reasons
            .map(|it| format!("\n  {}: {}", it.operation, it.reason))
            .collect();
        match reasons.is_empty() {
            true => "the document has no GET operation".to_owned(),
            false => format!("no operation can be measured:{reasons}"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heading = [
            "OPERATION",
            "REQUESTS/S",
            "P50",
            "P99",
            "CPU/REQUEST",
            "MEMORY",
            "FAILED",
        ];
        let mut rows = vec![heading.map(str::to_owned)];
        rows.extend(self.measured.iter().map(|it| {
            let cpu = it.cpu_us.map(|cpu| format!("{cpu:.1} µs"));
            let memory = it
                .memory_bytes
                .map(|bytes| format!("{} MB", bytes / 1_000_000));
            [
                it.operation.clone(),
                format!("{:.0}", it.per_second),
                format!("{:.2} ms", it.p50_ms),
                format!("{:.2} ms", it.p99_ms),
                cpu.unwrap_or_else(|| "-".to_owned()),
                memory.unwrap_or_else(|| "-".to_owned()),
                it.failed.to_string(),
            ]
        }));
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        for row in &rows {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let width = width(column);
                match column {
                    0 => line.push_str(&format!("{cell:width$}")),
                    _ => line.push_str(&format!("  {cell:>width$}")),
                }
            }
            writeln!(f, "{line}")?;
        }
        writeln!(
            f,
            "\n{} of {} for {} s each; profile {}; client and server share {}",
            counted(self.connections as usize, "connection"),
            self.tool,
            self.seconds,
            self.profile,
            counted(self.processors, "processor")
        )?;
        for skipped in &self.skipped {
            writeln!(f, "not measured: {}: {}", skipped.operation, skipped.reason)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_and_json_have_the_same_figures() {
        let target = Target {
            id: "articles".to_owned(),
            path: "/articles".to_owned(),
        };
        let load = Load {
            requests: 1000,
            failed: 2,
            per_second: 200.4,
            p50: 0.001,
            p99: 0.0125,
        };
        let used = Some(Duration::from_millis(30));
        let measured = Measured::new(target, &load, used, Some(12_000_000));
        let report = Report {
            tool: "wrk",
            connections: 1,
            seconds: 5,
            profile: "release".to_owned(),
            processors: 2,
            measured: vec![measured],
            skipped: vec![Skipped {
                operation: "me".to_owned(),
                reason: "needs credentials".to_owned(),
            }],
        };
        let text = report.to_string();
        assert!(
            text.contains("\n1 connection of wrk for 5 s each; profile release; client and server share 2 processors\n"),
            "{text}"
        );
        let row = text.lines().nth(1).unwrap();
        let cells: Vec<_> = row
            .split("  ")
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .collect();
        assert_eq!(
            cells,
            [
                "articles", "200", "1.00 ms", "12.50 ms", "30.0 µs", "12 MB", "2"
            ]
        );
        assert!(
            text.contains("not measured: me: needs credentials"),
            "{text}"
        );
        let json = report.to_json();
        assert_eq!(json["operations"][0]["cpu_us_per_request"], 30.0);
        assert_eq!(json["skipped"][0]["operation"], "me");
    }
}
