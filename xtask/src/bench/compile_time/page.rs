//! docs/benchmarks-compile-time.md.

use anyhow::Result;

use super::{build::Figures, services::Service};
use crate::{
    bench::report::{row, table},
    run::cmd,
};

const HEAD: &str = "\
# Benchmarks of compiling

Written by `cargo xtask bench --compile-time`; do not edit. The same small service, written for each framework as its documentation
does, in a package of its own with the profiles that a new package has: ten operations, and ten types with rules for their members and
descriptions (the texts are in [xtask/bench/compile-time](../xtask/bench/compile-time)).

Processor seconds are those of cargo and of everything that it starts, user and system: compilers, build scripts, linkers. They
hardly depend on what else the machine does, unlike the time on the clock, which is at best these seconds divided by the processors.

";

const COLUMNS: &str = "
- *crates*: what is compiled beside the service, build scripts and procedural macros included, on Linux. Versions are the newest
  that cargo finds on that day.
- *clean*: `cargo build` from nothing, with the crates downloaded.
- *of Purlin's crates*, *of the service*: what of *clean* the compiler takes for these.
- *edited*: `cargo build` after a string in one handler was changed, the least of three. All else is compiled already, so it is the
  service itself, incrementally, and the linker.
- *target*: the folder `target` after the clean build. *Executable*: the program, with full debug information.

Caveats: the frameworks do not do the same. Without a document, actix-web by hand states nothing of what it checks; utoipa's
document and garde's rules are two declarations that can differ; dropshot documents rules and checks none of them; poem-openapi
reports the first violation. Purlin's service reads and checks each body in two ways, one that is quick and one that reports
everything. What else is different: [comparison](comparison.md).
";

/// Returns the page.
pub(super) fn page(rows: &[(Service, Figures)]) -> Result<String> {
    let mut out = HEAD.to_owned();
    table(
        &mut out,
        &[
            "service",
            "version",
            "has",
            "crates",
            "clean, s",
            "of Purlin's crates",
            "of the service",
            "edited, s",
            "target, MB",
            "executable, MB",
        ],
    );
    for (service, figures) in rows {
        let purlin = match figures.purlin {
            0.0 => String::new(),
            seconds => format!("{seconds:.1}"),
        };
        row(
            &mut out,
            &[
                service.name,
                &figures.version,
                service.has,
                &figures.crates.to_string(),
                &format!("{:.0}", figures.clean),
                &purlin,
                &format!("{:.1}", figures.service),
                &format!("{:.2}", figures.edited),
                &megabytes(figures.target),
                &megabytes(figures.executable),
            ],
        );
    }
    out.push_str(COLUMNS);
    let rustc = cmd("rustc").args(["--version"]).read()?;
    let environment = format!("\nMeasured with {}.\n", rustc.trim());
    Ok(out + &environment)
}

/// Returns the figures of a service for the terminal.
pub(super) fn summary(figures: &Figures) -> String {
    format!(
        "{} crates, {:.0} s clean ({:.1} s Purlin, {:.1} s service), {:.2} s edited, target {} MB, executable {} MB",
        figures.crates,
        figures.clean,
        figures.purlin,
        figures.service,
        figures.edited,
        megabytes(figures.target),
        megabytes(figures.executable),
    )
}

fn megabytes(bytes: u64) -> String {
    format!("{:.0}", bytes as f64 / 1e6)
}
