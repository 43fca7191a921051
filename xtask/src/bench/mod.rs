//! `cargo xtask bench`: measures, compares the figures with their limits, and writes docs/benchmarks.md.
//!
//! `shapes` compares whole servers with programs by hand; the cases of `dispatch` and `decode` are in the benches of the crates;
//! `middleware` and `process` measure the server; `compile_time` compiles a service for each of several frameworks. `figures` are
//! stored, `limits` has their limits, `report` and `chart` write the page.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use crate::run::{cargo, cmd, need};

mod allocators;
mod callgrind;
mod chart;
mod compile_time;
mod conduit;
mod environment;
mod figures;
mod limits;
mod load;
mod measure;
mod middleware;
mod process;
mod report;
mod shapes;
mod throughput;
mod units;

use figures::{Case, Cost, Dispatch, Figures};
use measure::{Dialect, FEW, Iterations, USUAL, instructions, wall};

/// How to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Fail when a limit does not hold
    #[arg(long)]
    strict: bool,
    /// Leave out what takes a quiet machine: throughput
    #[arg(long)]
    quick: bool,
    /// Write the page and its charts from the figures of the last run
    #[arg(long, group = "part")]
    render: bool,
    /// Only compare the shapes of requests with programs by hand, quickly, and print the figures; with NAME, those whose name
    /// contains it
    #[arg(long, group = "part", value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    shapes: Option<String>,
    /// Only measure the shipped server with each C library and allocator, and write the page; with --quick without load
    #[arg(long, group = "part")]
    allocators: bool,
    /// Only measure the middleware and print the figures
    #[arg(long, group = "part")]
    middleware: bool,
    /// Only measure Conduit, and write docs/benchmarks-conduit.md
    #[arg(long, group = "part")]
    conduit: bool,
    /// Only measure what a small service costs to compile, beside other frameworks, and write
    /// docs/benchmarks-compile-time.md; with NAME, only print the figures of those whose name contains it
    #[arg(long, group = "part", value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    compile_time: Option<String>,
}

/// The numbers of routes of the dispatch cases.
const ROUTES: &[u64] = &[1, 10, 100, 1_000, 10_000];

/// The profile of the programs that are compared with one another: every crate is built to be quick, whereas `dist` chooses
/// those on the way of Purlin's requests.
const COMPARED: &str = "compared";

/// Measures everything and writes the page.
pub(crate) fn bench(options: &Options) -> Result<()> {
    if options.render {
        return judge(&Figures::read()?, options.strict);
    }
    if let Some(only) = &options.compile_time {
        return compile_time::measure(only);
    }
    need("valgrind", "valgrind")?;
    if options.middleware {
        return middleware::measure().map(drop);
    }
    if let Some(only) = &options.shapes {
        return shapes::print(only);
    }
    if options.conduit {
        return conduit::measure(options.strict);
    }
    let last = Figures::read()?;
    if options.allocators {
        let figures = Figures {
            environment: environment::read()?,
            allocators: allocators::measure(options.quick)?,
            ..last
        };
        figures.write()?;
        return judge(&figures, options.strict);
    }
    let programs = shapes::Programs::build(COMPARED)?;
    let benches = Benches::build()?;
    let build_ns = wall(benches.find("dispatch")?, "build/1000")?.1;
    let register_ns = wall(benches.find("dispatch")?, "register/1000")?.1;
    let figures = Figures {
        environment: environment::read()?,
        shapes: shapes::measure(&programs, "")?,
        middleware: Some(middleware::measure()?),
        dispatch: benches.dispatch()?,
        decode: benches.decode()?,
        start: Some(process::measure(
            &allocators::shipped()?,
            build_ns,
            register_ns,
        )?),
        throughput: match options.quick {
            true => last.throughput,
            false => throughput::measure(&programs)?,
        },
        allocators: last.allocators,
    };
    figures.write()?;
    judge(&figures, options.strict)
}

/// Writes the page, and prints every limit and whether it holds; fails with `strict` if one does not.
fn judge(figures: &Figures, strict: bool) -> Result<()> {
    report::write(figures)?;
    let mut limits: Vec<_> = figures.shapes.iter().map(limits::of_shape).collect();
    limits.extend(limits::of_others(figures));
    for limit in &limits {
        eprintln!("{limit}");
    }
    let broken = limits.iter().filter(|limit| !limit.holds()).count();
    ensure!(
        !strict || broken == 0,
        "{broken} of {} limits do not hold",
        limits.len()
    );
    Ok(())
}

/// The executables of the benches, by name.
struct Benches(Vec<(String, PathBuf)>);

impl Benches {
    fn build() -> Result<Self> {
        let benches = ["--bench", "dispatch", "--bench", "decode"];
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
    fn figure(&self, bench: &str, case: &str, iterations: Iterations) -> Result<Cost> {
        let binary = self.find(bench)?;
        let (_, ns) = wall(binary, case)?;
        Ok(Cost {
            instructions: instructions(binary, Dialect::Toggled, case, iterations)?,
            ns,
        })
    }

    fn dispatch(&self) -> Result<Vec<Dispatch>> {
        let row = |routes: &u64| {
            let few = if *routes >= 1_000 { FEW } else { USUAL };
            Ok(Dispatch {
                routes: *routes,
                purlin: self.figure("dispatch", &format!("purlin/{routes}"), USUAL)?,
                actix: self.figure("dispatch", &format!("actix/{routes}"), few)?,
            })
        };
        ROUTES.iter().map(row).collect()
    }

    /// Measures the cases of the decode bench. Without arguments it prints a line for each, such as
    /// `fast  Validator::decode, valid  1200 1100`: case, description, median and least nanoseconds.
    fn decode(&self) -> Result<Vec<Case>> {
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
            let cost = Cost { instructions, ns };
            Ok(Case { what, cost })
        };
        table.lines().filter_map(row).map(cost).collect()
    }
}
