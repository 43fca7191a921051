//! `cargo xtask bench --conduit`: three endpoints of Conduit beside the same three written by hand, on each database.
//!
//! The programs: Conduit as it ships; its registry in a plain actix-web `App` (`crates/conduit/examples/embedded.rs`); and
//! handlers by hand in such an `App`, with the same SQL (`crates/conduit/examples/by_hand.rs`). All are built with the profile
//! `release` and serve the same database. `wrk` measures load, `instructions` the work outside of the database, `page` writes
//! docs/benchmarks-conduit.md.

mod instructions;
mod page;
mod wrk;

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use cargo_purlin::process::Cmd;
use fs_err as fs;
use serde_json::{Value, json};

use crate::{
    conduit::{self, DATABASES, Database, SECRET, content},
    run::{cargo, cmd, empty_folder, need_with, root},
};

/// The most instructions outside of the database, by those by hand.
const LIMIT: f64 = 1.05;

/// How often the programs take turns under load; the figures of all turns are added.
const TURNS: usize = 2;

/// The worker threads under load.
const WORKERS: usize = 2;

/// The programs, in the order of the columns.
const PROGRAMS: [&str; 3] = ["as it ships", "in a plain `App`", "by hand"];

/// A request that is sent again and again.
struct Endpoint {
    what: &'static str,
    method: &'static str,
    path: String,
    /// The token and the body of a request that has them.
    body: Option<(String, String)>,
}

impl Endpoint {
    /// Returns the request for a persistent connection.
    fn request(&self) -> String {
        let Self { method, path, .. } = self;
        let fields = self
            .body
            .as_ref()
            .map_or("\r\n".to_owned(), |(token, body)| {
                let length = body.len();
                format!(
                    "Authorization: Token {token}\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}\r\n\r\n{body}"
                )
            });
        format!("{method} {path} HTTP/1.1\r\nHost: a\r\n{fields}")
    }
}

/// A program with its database.
struct Run<'a> {
    binary: &'a Path,
    database: &'a str,
}

impl Run<'_> {
    /// Adds the settings; those of the examples are variables of their own.
    fn configured(&self, program: Cmd, workers: usize) -> Cmd {
        conduit::configured(program, self.database, workers)
            .env("DATABASE", self.database)
            .env("SECRET", SECRET)
            .env("WORKERS", workers.to_string())
    }
}

/// The figures of one endpoint on one database, by program.
struct Row {
    database: Database,
    what: &'static str,
    load: [wrk::Figures; 3],
    instructions: [u64; 3],
}

/// Measures everything and writes the page; with `strict`, fails when the limit does not hold.
pub(super) fn measure(strict: bool) -> Result<()> {
    need_with("wrk", "-v", "wrk")?;
    let binaries = build()?;
    let folder = empty_folder("bench-conduit")?;
    let mut rows = Vec::new();
    for database in DATABASES {
        let empty = database.create(&folder)?;
        let runs = binaries.each_ref().map(|binary| Run {
            binary,
            database: empty.url(),
        });
        let endpoints = fill(&runs[0])?;
        for endpoint in &endpoints {
            let row = Row {
                database,
                what: endpoint.what,
                load: load(&runs, endpoint)?,
                instructions: instructions(&runs, endpoint)?,
            };
            eprintln!("{database}: {}", page::summary(&row));
            rows.push(row);
        }
    }
    fs::write(
        root().join("docs/benchmarks-conduit.md"),
        page::page(&rows)?,
    )?;
    let broken = rows.iter().filter(|row| row.ratio() > LIMIT).count();
    ensure!(
        !strict || broken == 0,
        "{broken} of {} rows are over {LIMIT} × the instructions by hand",
        rows.len()
    );
    Ok(())
}

impl Row {
    /// Returns the instructions outside of the database in a plain `App`, by those by hand.
    fn ratio(&self) -> f64 {
        let [_, purlin, by_hand] = self.instructions;
        super::units::ratio(purlin, by_hand)
    }
}

/// Builds the programs.
fn build() -> Result<[PathBuf; 3]> {
    let build = cargo()
        .args([
            "build",
            "--profile",
            "release",
            "--package",
            "purlin-conduit",
        ])
        .args([
            "--bin",
            "purlin-conduit",
            "--example",
            "embedded",
            "--example",
            "by_hand",
        ]);
    let made = build.executables()?;
    let find = |wanted: &str| {
        let found = made.iter().find(|(name, _)| name == wanted);
        found.map(|(_, path)| path.clone())
    };
    let [Some(ships), Some(embedded), Some(by_hand)] =
        ["purlin-conduit", "embedded", "by_hand"].map(find)
    else {
        anyhow::bail!("cargo did not build the programs");
    };
    Ok([ships, embedded, by_hand])
}

/// Fills the database, and returns the requests.
fn fill(run: &Run) -> Result<[Endpoint; 3]> {
    let server = conduit::start(run.configured(cmd(run.binary), WORKERS))?;
    let address = server.address();
    content::fill(address)?;
    let token = content::register(address, "commenter")?;
    let slug = content::publish(address, &token, "The one", &json!(["dragons"]))?;
    let body: Value = json!({"comment": {"body": "It is short, as most comments are."}});
    let status = server.stop()?;
    ensure!(status.success(), "Conduit ended with {status}");
    let endpoint = |what, method, path, body| Endpoint {
        what,
        method,
        path,
        body,
    };
    let article = format!("/api/articles/{slug}");
    Ok([
        endpoint("list articles", "GET", "/api/articles".to_owned(), None),
        endpoint("one article", "GET", article.clone(), None),
        endpoint(
            "create comment",
            "POST",
            format!("{article}/comments"),
            Some((token, body.to_string())),
        ),
    ])
}

/// Loads the programs in turn.
fn load(runs: &[Run; 3], endpoint: &Endpoint) -> Result<[wrk::Figures; 3]> {
    let mut sums = [wrk::Figures::default(); 3];
    for _ in 0..TURNS {
        for (run, sum) in runs.iter().zip(&mut sums) {
            let server = conduit::start(run.configured(cmd(run.binary), WORKERS))?;
            sum.add(wrk::load(&server, endpoint)?);
        }
    }
    Ok(sums)
}

fn instructions(runs: &[Run; 3], endpoint: &Endpoint) -> Result<[u64; 3]> {
    let mut counts = [0; 3];
    for (run, count) in runs.iter().zip(&mut counts) {
        *count = instructions::outside(run, endpoint)?;
    }
    Ok(counts)
}
