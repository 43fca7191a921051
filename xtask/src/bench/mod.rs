//! `cargo xtask bench`: measures, holds the figures against their limits, writes docs/benchmarks.md.
//!
//! What is measured stands in the benches of the crates; how one figure comes about is in `measure` and `process`, what
//! all of them mean in `figures`, what the reader sees in `report` and `chart`.

use std::{path::PathBuf};

use anyhow::{anyhow, Result};
use fs_err as fs;

use crate::run::{cmd, need, root};

mod around;
mod chart;
mod figures;
mod measure;
mod process;
mod report;

pub(crate) use chart::grouped;
use figures::{Compared, Figures};
use measure::{Dialect, FEW, Iterations, USUAL, instructions, wall};

/// How the figures are gathered.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Fail when a limit does not hold
    #[arg(long)]
    strict: bool,
    /// Only measure what stands around every request, print it and write nothing
    #[arg(long, conflicts_with = "strict")]
    around: bool,
}

/// Route numbers of the dispatch cases.
const ROUTES: &[u64] = &[1, 10, 100, 1_000, 10_000];

/// Cases of the request bench that do the same work.
struct Work {
    what: &'static str,
    purlin: &'static str,
    /// Names of the other ways, and their cases.
    by_hand: &'static [(&'static str, &'static str)],
}

const REQUESTS: &[Work] = &[
    Work {
        what: "GET `/` answering a one-field object",
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
        what: "the same with five violations: Purlin names all, the others serde's first error",
        purlin: "refused/purlin",
        by_hand: &[("by hand, `web::Bytes`", "refused/by-hand")],
    },
];

/// Measures everything and writes the page and its chart.
pub(crate) fn bench(options: &Options) -> Result<()> {
    need("valgrind", "valgrind")?;
    if options.around {
        return around::measure().map(|_| ());
    }
    let benches = Benches::build()?;
    let figures = Figures {
        dispatch: benches.dispatch()?,
        requests: benches.requests()?,
        decode: benches.decode()?,
        build_ns: wall(benches.find("dispatch")?, "build/1000")?.1,
        register_ns: wall(benches.find("dispatch")?, "register/1000")?.1,
        process: process::measure()?,
        around: around::measure()?,
    };
    write(
        "docs/benchmarks-dispatch.svg",
        &chart::dispatch(&figures.dispatch),
    )?;
    write("docs/benchmarks.md", &report::page(&figures)?)?;
    let limits = figures.limits();
    for limit in &limits {
        eprintln!("{limit}");
    }
    let broken = limits.iter().filter(|limit| !limit.holds()).count();
    if options.strict && broken > 0 {
        return Err(anyhow!("{broken} of {} limits do not hold",
            limits.len()));
    }
    Ok(())
}

fn write(path: &str, text: &str) -> Result<()> {
    let path = root().join(path);
    fs::write(&path, text)
}

/// The bench binaries, by name.
struct Benches(Vec<(String, PathBuf)>);

impl Benches {
    fn build() -> Result<Self> {
        let benches = [
            "--bench", "dispatch", "--bench", "request", "--bench", "decode",
        ];
        executables(["bench", "--no-run"].into_iter().chain(benches)).map(Self)
    }

    fn find(&self, name: &str) -> Result<&PathBuf> {
        let found = self.0.iter().find(|(made, _)| made == name);
        found
            .map(|(_, path)| path)
            .ok_or_else(|| anyhow!("cargo built no bench named {name}"))
    }

    /// Instructions and median nanoseconds of one case.
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

    /// The cases of the decode bench; started without arguments it prints a line for each, such as
    /// `fast  Contract::decode, valid  1200 1100`: case, what it is, median and least nanoseconds.
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
