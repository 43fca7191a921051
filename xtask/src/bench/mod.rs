//! `cargo xtask bench`: measures, compares the figures with their limits, and writes docs/benchmarks.md.
//!
//! The cases are in the benches of the crates; `measure`, `process` and `middleware` take the figures, `figures` has the
//! limits, `report` writes the page.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use crate::run::{cargo, cmd, need, root};

mod conduit;
mod figures;
mod measure;
mod middleware;
mod process;
mod report;
mod units;

use figures::{Compared, Figures};
use measure::{Dialect, FEW, Iterations, USUAL, instructions, wall};

/// How to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Fail when a limit does not hold
    #[arg(long)]
    strict: bool,
    /// Only measure the middleware and print the figures
    #[arg(long, conflicts_with = "strict")]
    middleware: bool,
    /// Only measure Conduit, and write docs/benchmarks-conduit.md
    #[arg(long, conflicts_with = "middleware")]
    conduit: bool,
}

/// The numbers of routes of the dispatch cases.
const ROUTES: &[u64] = &[1, 10, 100, 1_000, 10_000];

/// Cases of the request bench that do the same work.
struct Work {
    what: &'static str,
    purlin: &'static str,
    /// The names of the implementations by hand, and their cases.
    by_hand: &'static [(&'static str, &'static str)],
}

const REQUESTS: &[Work] = &[
    Work {
        what: "GET `/`, returning a one-field object",
        purlin: "get/purlin",
        by_hand: &[("by hand", "get/by-hand")],
    },
    Work {
        what: "GET `/guarded` with an API key and a header of a declared type",
        purlin: "guarded/purlin",
        by_hand: &[("by hand", "guarded/by-hand")],
    },
    Work {
        what: "POST of a valid 310-byte, 14-field order, echoed with 201",
        purlin: "post/purlin",
        by_hand: &[
            ("by hand, `web::Bytes`", "post/by-hand"),
            ("by hand, `web::Json`", "post/by-hand-web-json"),
        ],
    },
    Work {
        what: "the same with five violations: Purlin reports all, the others serde's first error",
        purlin: "refused/purlin",
        by_hand: &[("by hand, `web::Bytes`", "refused/by-hand")],
    },
];

/// Measures everything and writes the page.
pub(crate) fn bench(options: &Options) -> Result<()> {
    need("valgrind", "valgrind")?;
    if options.middleware {
        return middleware::measure().map(drop);
    }
    if options.conduit {
        return conduit::measure(options.strict);
    }
    let benches = Benches::build()?;
    let figures = Figures {
        dispatch: benches.dispatch()?,
        requests: benches.requests()?,
        decode: benches.decode()?,
        build_ns: wall(benches.find("dispatch")?, "build/1000")?.1,
        register_ns: wall(benches.find("dispatch")?, "register/1000")?.1,
        process: process::measure()?,
        middleware: middleware::measure()?,
    };
    fs::write(root().join("docs/benchmarks.md"), report::page(&figures)?)?;
    let limits = figures.limits();
    for limit in &limits {
        eprintln!("{limit}");
    }
    let broken = limits.iter().filter(|limit| !limit.holds()).count();
    ensure!(
        !options.strict || broken == 0,
        "{broken} of {} limits do not hold",
        limits.len()
    );
    Ok(())
}

/// The executables of the benches, by name.
struct Benches(Vec<(String, PathBuf)>);

impl Benches {
    fn build() -> Result<Self> {
        let benches = [
            "--bench", "dispatch", "--bench", "request", "--bench", "decode",
        ];
        let build = cargo().args(["bench", "--no-run"]).args(benches);
        Ok(Self(build.executables()?))
    }

    fn find(&self, name: &str) -> Result<&PathBuf> {
        let found = self.0.iter().find(|(made, _)| made == name);
        found
            .map(|(_, path)| path)
            .with_context(|| format!("cargo built no bench named {name}"))
    }

    /// Measures instructions and median nanoseconds of one case.
    fn figure(&self, bench: &str, case: &str, iterations: Iterations) -> Result<figures::Cost> {
        let binary = self.find(bench)?;
        let (_, ns) = wall(binary, case)?;
        Ok(figures::Cost {
            instructions: instructions(binary, Dialect::Toggled, case, iterations)?,
            ns,
        })
    }

    fn dispatch(&self) -> Result<Vec<(u64, Compared)>> {
        let row = |routes: &u64| {
            let few = if *routes >= 1_000 { FEW } else { USUAL };
            let purlin = self.figure("dispatch", &format!("purlin/{routes}"), USUAL)?;
            let by_hand = self.figure("dispatch", &format!("actix/{routes}"), few)?;
            Ok((
                *routes,
                Compared {
                    what: String::new(),
                    purlin,
                    by_hand: vec![("actix-web".to_owned(), by_hand)],
                },
            ))
        };
        ROUTES.iter().map(row).collect()
    }

    fn requests(&self) -> Result<Vec<Compared>> {
        let other = |(name, case): &(&str, &str)| {
            Ok(((*name).to_owned(), self.figure("request", case, USUAL)?))
        };
        let row = |work: &Work| {
            Ok(Compared {
                what: work.what.to_owned(),
                purlin: self.figure("request", work.purlin, USUAL)?,
                by_hand: work.by_hand.iter().map(other).collect::<Result<_>>()?,
            })
        };
        REQUESTS.iter().map(row).collect()
    }

    /// Measures the cases of the decode bench. Without arguments it prints a line for each, such as
    /// `fast  Validator::decode, valid  1200 1100`: case, description, median and least nanoseconds.
    fn decode(&self) -> Result<Vec<(String, figures::Cost)>> {
        let binary = self.find("decode")?;
        let table = cmd(binary).read()?;
        let row = |line: &str| {
            let (case, rest) = line.split_once(' ')?;
            let (rest, _least) = rest.trim().rsplit_once(' ')?;
            let (what, median) = rest.trim().rsplit_once(' ')?;
            Some((
                case.to_owned(),
                what.trim().to_owned(),
                median.parse().ok()?,
            ))
        };
        let cost = |(case, what, ns): (String, String, u64)| {
            let instructions = instructions(binary, Dialect::Whole, &case, USUAL)?;
            Ok((what, figures::Cost { instructions, ns }))
        };
        table.lines().filter_map(row).map(cost).collect()
    }
}
