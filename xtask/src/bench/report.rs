//! docs/benchmarks.md: the figures with the method of each.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use cargo_purlin::dist::grouped;
use serde_json::Value;

use super::{
    figures::{Compared, Cost, Figures},
    middleware::Middleware,
    process::{PROFILE, WORKERS},
    units::{megabytes, millis},
};
use crate::run::{cargo, cmd};

const HEAD: &str = "\
# Benchmarks

Written by `cargo xtask bench`; do not edit. The figures that count are instructions: they repeat within a
percent on machines of the same kind, unlike times. Times give the scale and hold for one machine only.

";

const HOW_LIMITS: &str = "\
`cargo xtask bench --strict` fails when a limit does not hold.

";

const HOW_DISPATCH: &str = "\
A GET for the route registered last; it has one path parameter, decoded as `u64`, and returns 204. Served in process, by the
`App` service without a socket.

";

const HOW_REQUESTS: &str = "\
An operation of Purlin and the same handler written by hand on actix-web with serde_json and garde's derive, both in an
`App` with nothing else in it, in process, responses read to their end. The ratio is to the cheapest handler by hand.

";

const HOW_MIDDLEWARE: &str = "\
The cost of the [middleware](middleware.md): instructions of the whole server per GET of `/` on an open connection, with the
profile `dist` and one worker. Without middleware the same API is served by a plain actix-web `App`
(`crates/greetings/examples/problem_details.rs`). The figures include the thread of the log.

";

const HOW_DECODE: &str = "\
Bytes to a validated value or to a report, without HTTP.

";

/// Writes the whole page.
pub(super) fn page(figures: &Figures) -> Result<String> {
    let mut out = HEAD.to_owned();
    limits(&mut out, figures);
    dispatch(&mut out, &figures.dispatch);
    requests(&mut out, &figures.requests);
    middleware(&mut out, &figures.middleware);
    decode(&mut out, &figures.decode);
    start(&mut out, figures);
    method(&mut out)?;
    Ok(out)
}

fn limits(out: &mut String, figures: &Figures) {
    out.push_str("## Limits\n\n");
    out.push_str(HOW_LIMITS);
    table(out, &["figure", "measured", "at most", "limit"]);
    for limit in figures.limits() {
        let unit = limit.unit;
        let measured = if unit == " ×" {
            format!("{:.4}", limit.figure)
        } else {
            format!("{:.2}", limit.figure)
        };
        row(
            out,
            &[
                limit.what,
                &format!("{measured}{unit}"),
                &format!("{}{unit}", limit.most),
                limit.verdict(),
            ],
        );
    }
}

fn dispatch(out: &mut String, rows: &[(u64, Compared)]) {
    out.push_str("\n## Finding the operation\n\n");
    out.push_str(HOW_DISPATCH);
    table(
        out,
        &[
            "routes",
            "Purlin, instructions",
            "actix-web, instructions",
            "ratio",
            "Purlin, ns",
            "actix-web, ns",
        ],
    );
    for (routes, compared) in rows {
        let Some((_, other)) = compared.by_hand.first() else {
            continue;
        };
        let counts = [*routes, compared.purlin.instructions, other.instructions].map(grouped);
        let times = [compared.purlin.ns, other.ns].map(grouped);
        let ratio = format!("{:.4}", compared.ratio());
        row(
            out,
            &[
                &counts[0], &counts[1], &counts[2], &ratio, &times[0], &times[1],
            ],
        );
    }
}

fn requests(out: &mut String, rows: &[Compared]) {
    out.push_str("\n## Whole requests\n\n");
    out.push_str(HOW_REQUESTS);
    table(out, &["request", "way", "instructions", "ratio", "ns"]);
    for compared in rows {
        let ratio = format!("{:.3}", compared.ratio());
        cost(out, &[&compared.what, "Purlin"], compared.purlin, &ratio);
        for (name, other) in &compared.by_hand {
            cost(out, &["", name], *other, "");
        }
    }
}

fn middleware(out: &mut String, middleware: &Middleware) {
    out.push_str("\n## Middleware\n\n");
    out.push_str(HOW_MIDDLEWARE);
    table(out, &["server", "instructions", "ratio"]);
    row(out, &["no middleware", &grouped(middleware.bare), "1"]);
    for (case, (what, instructions)) in middleware.cases.iter().enumerate() {
        let ratio = format!("{:.3}", middleware.ratio(case));
        row(out, &[what, &grouped(*instructions), &ratio]);
    }
}

fn decode(out: &mut String, rows: &[(String, Cost)]) {
    if rows.is_empty() {
        return;
    }
    out.push_str("\n## Decoding alone\n\n");
    out.push_str(HOW_DECODE);
    table(out, &["case", "instructions", "ns"]);
    for (case, cost) in rows {
        row(out, &[case, &grouped(cost.instructions), &grouped(cost.ns)]);
    }
}

fn start(out: &mut String, figures: &Figures) {
    let process = &figures.process;
    let ms = |ns| format!("{:.2} ms", millis(ns));
    out.push_str("\n## Start\n\n");
    table(out, &["what", "figure"]);
    row(
        out,
        &[
            "declaring and building a registry of 1,000 operations",
            &ms(figures.build_ns),
        ],
    );
    row(
        out,
        &[
            "starting an `App` with it, once per worker",
            &ms(figures.register_ns),
        ],
    );
    let time = format!(
        "start of the process to the end of its first 200, {WORKERS} workers, median of 21"
    );
    row(out, &[&time, &ms(process.start_us * 1_000)]);
    let memory = format!("resident memory a second later (`VmRSS`), {WORKERS} workers");
    row(
        out,
        &[&memory, &format!("{:.2} MB", megabytes(process.rss_kb))],
    );
    row(
        out,
        &[
            "size of the executable",
            &format!("{:.2} MB", process.binary_bytes as f64 / 1e6),
        ],
    );
    let profile = format!(
        "\nThe process is `purlin-server` built with the profile `{PROFILE}`, as it ships.\n"
    );
    out.push_str(&profile);
}

fn method(out: &mut String) -> Result<()> {
    let rustc = cmd("rustc").args(["--version"]).read()?;
    let valgrind = cmd("valgrind").args(["--version"]).read()?;
    let actix = version("actix-web")?;
    let _ = write!(
        out,
        "\n## How\n\n\
         Cases are in `crates/router/benches` and `crates/schemas/benches`; without arguments a bench lists them.\n\
         Instructions of one iteration are the difference of two counts by the difference of their iterations, which\n\
         excludes the set-up and the construction of the requests:\n\n\
         ```console\n\
         valgrind --tool=callgrind --toggle-collect='*::measured' BENCH CASE 200\n\
         valgrind --tool=callgrind --toggle-collect='*::measured' BENCH CASE 1200\n\
         ```\n\n\
         (4 and 12 iterations for actix-web from 1,000 routes on.) Nanoseconds are the median round of `BENCH --wall CASE`.\n\n\
         Measured with {}, {}, actix-web {actix}; cargo's profile for the benches is `bench`.\n",
        rustc.trim(),
        valgrind.trim(),
    );
    Ok(())
}

/// Returns the version of a dependency.
fn version(package: &str) -> Result<String> {
    let metadata = cargo()
        .args(["metadata", "--format-version=1", "--locked"])
        .read()?;
    let metadata: Value = serde_json::from_str(&metadata).unwrap_or_default();
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let found = packages
        .filter(|found| found["name"] == package)
        .find_map(|found| found["version"].as_str());
    found
        .map(ToOwned::to_owned)
        .with_context(|| format!("`cargo metadata` has no {package}"))
}

pub(super) fn table(out: &mut String, columns: &[&str]) {
    row(out, columns);
    row(out, &vec!["---"; columns.len()]);
}

pub(super) fn row(out: &mut String, cells: &[&str]) {
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn cost(out: &mut String, names: &[&str], Cost { instructions, ns }: Cost, ratio: &str) {
    let (instructions, ns) = (grouped(instructions), grouped(ns));
    let cells: Vec<&str> = names
        .iter()
        .copied()
        .chain([&*instructions, ratio, &*ns])
        .collect();
    row(out, &cells);
}
