//! docs/benchmarks-conduit.md.

use std::fmt::Write as _;

use anyhow::Result;
use cargo_purlin::dist::grouped;

use super::{
    LIMIT, PROGRAMS, Row, TURNS, WORKERS,
    wrk::{CONNECTIONS, DURATION, Figures},
};
use crate::{
    bench::report::{row as table_row, table},
    run::cmd,
};

/// Returns the page.
pub(super) fn page(rows: &[Row]) -> Result<String> {
    let mut out = head();
    out.push_str("## Instructions outside of the database\n\n");
    out.push_str(&instructions(rows));
    out.push_str("\n## Load\n\n");
    out.push_str(&load(rows));
    let rustc = cmd("rustc").args(["--version"]).read()?;
    let valgrind = cmd("valgrind").args(["--version"]).read()?;
    let _ = write!(
        out,
        "\nMeasured with {} and {}.\n",
        rustc.trim(),
        valgrind.trim()
    );
    Ok(out)
}

/// Returns a line of a row for the terminal.
pub(super) fn summary(row: &Row) -> String {
    let counts = row.instructions.map(grouped).join(", ");
    let rates = row.load.map(|load| format!("{:.0}", load.per_second()));
    format!(
        "{}: {counts} instructions ({:.3} ×), {} requests per second",
        row.what,
        row.ratio(),
        rates.join(", ")
    )
}

fn head() -> String {
    let [ships, plain, by_hand] = PROGRAMS;
    let (turns, seconds) = (TURNS, DURATION.as_secs());
    format!(
        "\
# Benchmarks of a service with a database

Written by `cargo xtask bench --conduit`; do not edit. Three endpoints of Conduit, the RealWorld API of `crates/conduit`, beside
the same three written by hand on actix-web and sqlx, with the same SQL and the same responses
([by_hand.rs](../crates/conduit/examples/by_hand.rs)). Conduit is measured *{ships}*, with the default settings and all middleware,
and *{plain}*, as the handlers *{by_hand}* are. A list has 20 articles; a comment is created by a user with a token.

Instructions are those of the whole process per request, counted by callgrind over a socket, without the threads in which SQLite
runs. PostgreSQL is another process; what sqlx does to speak with it counts. glibc clears memory with vector instructions here
(`GLIBC_TUNABLES`): callgrind would count each byte of `rep stosb`, with which actix-http clears a list of 3 KB in all programs.
The limit is {LIMIT} × the instructions by hand, in a plain `App`.

Load is `wrk` with {CONNECTIONS} connections against {WORKERS} workers, {turns} turns of {seconds} s each, in which the programs
alternate, on one machine with the database and wrk. The machine is shared: compare within a row. Processor time is that of the
service, which includes SQLite and does not include PostgreSQL.

"
    )
}

fn instructions(rows: &[Row]) -> String {
    let [ships, plain, by_hand] = PROGRAMS;
    let mut out = String::new();
    let columns = [
        "database", "endpoint", ships, plain, by_hand, "ratio", "limit",
    ];
    table(&mut out, &columns);
    for row in rows {
        let database = row.database.to_string();
        let counts = row.instructions.map(grouped);
        let times = format!("{:.3}", row.ratio());
        let verdict = if row.ratio() <= LIMIT {
            "holds"
        } else {
            "**does not hold**"
        };
        let [ships, plain, by_hand] = counts.each_ref().map(String::as_str);
        table_row(
            &mut out,
            &[&database, row.what, ships, plain, by_hand, &times, verdict],
        );
    }
    out
}

fn load(rows: &[Row]) -> String {
    let mut out = String::new();
    let columns = [
        "database",
        "endpoint",
        "program",
        "requests per second",
        "to by hand",
        "p50, ms",
        "p99, ms",
        "processor time per request, µs",
    ];
    table(&mut out, &columns);
    for row in rows {
        let database = row.database.to_string();
        let [.., by_hand] = &row.load;
        for (program, load) in PROGRAMS.iter().zip(&row.load) {
            let cells = cells(load, by_hand);
            let cells = cells.each_ref().map(String::as_str);
            table_row(
                &mut out,
                &[&[&*database, row.what, program], &cells[..]].concat(),
            );
        }
    }
    out
}

fn cells(load: &Figures, by_hand: &Figures) -> [String; 5] {
    let milliseconds = |time: std::time::Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
    [
        grouped(load.per_second() as u64),
        format!("{:.2}", load.per_second() / by_hand.per_second()),
        milliseconds(load.p50),
        milliseconds(load.p99),
        format!("{:.0}", load.each_us()),
    ]
}
