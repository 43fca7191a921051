//! The load generators: wrk, or oha.

use serde_json::Value;

use super::Options;
use crate::{Error, Result, process::Cmd};

/// An installed load generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    Wrk,
    Oha,
}

/// What a load generator measured.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Load {
    pub(super) requests: u64,
    /// Responses other than 2xx and 3xx, and errors of connections.
    pub(super) failed: u64,
    pub(super) per_second: f64,
    /// Seconds within which half of the requests ended.
    pub(super) p50: f64,
    /// Seconds within which 99 of 100 requests ended.
    pub(super) p99: f64,
}

impl Tool {
    pub(super) fn find() -> Result<Self> {
        // wrk has no option that succeeds without a URL.
        let has_wrk = Cmd::new("sh").args(["-c", "command -v wrk"]).succeeds();
        match (has_wrk, Cmd::new("oha").arg("--version").succeeds()) {
            (true, _) => Ok(Self::Wrk),
            (false, true) => Ok(Self::Oha),
            (false, false) => Err(Error::unsupported(
                "no load generator was found: install wrk (the package wrk of Debian and Homebrew), or oha (`cargo install \
                 oha`)",
            )),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Wrk => "wrk",
            Self::Oha => "oha",
        }
    }

    /// Sends requests for some seconds.
    pub(super) fn run(self, url: &str, options: &Options, seconds: u32) -> Result<Load> {
        let connections = options.connections.to_string();
        let command = match self {
            Self::Wrk => {
                let threads = options.connections.min(2).to_string();
                let duration = format!("-d{seconds}s");
                let wrk = Cmd::new("wrk").args(["-t", &threads, "-c", &connections]);
                wrk.args([&duration, "--latency", "--timeout", "10s"])
            }
            Self::Oha => {
                let duration = format!("{seconds}s");
                let oha = Cmd::new("oha").args(["--no-tui", "--output-format", "json"]);
                oha.args(["-c", &connections, "-z", &duration])
            }
        };
        let headers = options.headers.iter().flat_map(|header| ["-H", header]);
        let (printed, _) = command.args(headers).arg(url).output()?;
        let load = match self {
            Self::Wrk => wrk(&printed),
            Self::Oha => oha(&printed),
        };
        load.ok_or_else(|| Error::invalid(format!("what {} printed", self.name()), printed))
    }
}

/// Reads what `wrk --latency` prints.
fn wrk(printed: &str) -> Option<Load> {
    let mut load = Load::default();
    for line in printed.lines().map(str::trim) {
        if let Some((number, _)) = line.split_once(" requests in ") {
            load.requests = number.parse().ok()?;
        } else if let Some(number) = line.strip_prefix("Non-2xx or 3xx responses: ") {
            load.failed += number.parse::<u64>().ok()?;
        } else if let Some(errors) = line.strip_prefix("Socket errors: ") {
            for error in errors.split(", ") {
                load.failed += error.rsplit(' ').next()?.parse::<u64>().ok()?;
            }
        } else if let Some(rate) = line.strip_prefix("Requests/sec:") {
            load.per_second = rate.trim().parse().ok()?;
        } else if let Some(time) = line.strip_prefix("50%") {
            load.p50 = seconds(time.trim())?;
        } else if let Some(time) = line.strip_prefix("99%") {
            load.p99 = seconds(time.trim())?;
        }
    }
    (load.requests > 0).then_some(load)
}

/// Reads a time as wrk prints it: `635.91us`, `1.20ms`, `2.00s`, `1.50m`.
fn seconds(text: &str) -> Option<f64> {
    let units = [("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0)];
    units.iter().find_map(|(unit, factor)| {
        let number = text.strip_suffix(unit)?.parse::<f64>().ok()?;
        Some(number * factor)
    })
}

/// Reads what `oha --output-format json` prints.
fn oha(printed: &str) -> Option<Load> {
    let report: Value = serde_json::from_str(printed).ok()?;
    let counts = |key: &str| -> Vec<(String, u64)> {
        let counts = report[key].as_object().into_iter().flatten();
        let counts = counts.filter_map(|(name, count)| Some((name.clone(), count.as_u64()?)));
        counts.collect()
    };
    let statuses = counts("statusCodeDistribution");
    let responses: u64 = statuses.iter().map(|(_, count)| count).sum();
    let rejected = statuses
        .iter()
        .filter(|(status, _)| !status.starts_with(['2', '3']));
    // Requests in progress at the end are no failures.
    let errors = counts("errorDistribution");
    let errors = errors.iter().filter(|(name, _)| !name.contains("deadline"));
    let percentile = |name: &str| report["latencyPercentiles"][name].as_f64();
    let load = Load {
        requests: responses,
        failed: rejected.chain(errors).map(|(_, count)| count).sum(),
        per_second: report["summary"]["requestsPerSec"].as_f64()?,
        p50: percentile("p50")?,
        p99: percentile("p99")?,
    };
    (load.requests > 0).then_some(load)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_of_wrk_is_read() {
        let printed = "Running 5s test @ http://127.0.0.1:1/\n  2 threads and 64 connections\n  \
                       Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency     1.16ms    1.01ms  20.15ms   92.90%\n  \
                       Latency Distribution\n     50%    0.94ms\n     75%    1.31ms\n     90%    1.90ms\n     99%    5.40ms\n  \
                       299187 requests in 5.10s, 70.90MB read\n  Socket errors: connect 0, read 1, write 0, timeout 2\n  \
                       Non-2xx or 3xx responses: 4\nRequests/sec:  58663.92\nTransfer/sec:     13.90MB\n";
        let load = wrk(printed).unwrap();
        assert_eq!((load.requests, load.failed), (299_187, 7));
        assert_eq!((load.p50, load.p99), (0.94e-3, 5.4e-3));
        assert_eq!(load.per_second, 58663.92);
        assert_eq!(wrk("unable to connect to 127.0.0.1:1"), None);
    }

    #[test]
    fn times_of_wrk_have_units() {
        let times = ["635.50us", "2.00s", "1.50m", "x"].map(seconds);
        assert_eq!(times, [Some(635.5e-6), Some(2.0), Some(90.0), None]);
    }

    #[test]
    fn output_of_oha_is_read() {
        let printed = r#"{"summary": {"requestsPerSec": 100.5},
            "latencyPercentiles": {"p50": 0.001, "p99": 0.01},
            "statusCodeDistribution": {"200": 500, "500": 3},
            "errorDistribution": {"aborted due to deadline": 64, "connection closed": 1}}"#;
        let load = oha(printed).unwrap();
        assert_eq!((load.requests, load.failed), (503, 4));
        assert_eq!((load.per_second, load.p50, load.p99), (100.5, 0.001, 0.01));
    }
}
