//! The checks that are one call of cargo each: `fmt`, `lint`, `doc`, `test`.

use anyhow::Result;
use crate::{
    fuzz,
    run::{cargo},
};

/// Formats, or with `check` says what differs.
pub(crate) fn fmt(check: bool) -> Result<()> {
    for place in [&["--all"][..], &["--manifest-path", fuzz::MANIFEST]] {
        let run = cargo().args(["fmt"]).args(place);
        if check {
            run.args(["--check"]).run()?;
        } else {
            run.run()?;
        }
    }
    Ok(())
}

/// Clippy on all targets; benches and examples are compiled by this alone.
///
/// `--all-features` builds no dependency anew: the development dependencies of purlin-schemas switch the same
/// features on for `cargo test`.
pub(crate) fn lint() -> Result<()> {
    clippy(&["--workspace", "--all-features"])?;
    clippy(&["--manifest-path", fuzz::MANIFEST, "--target-dir", "target"])
}

fn clippy(place: &[&str]) -> Result<()> {
    cargo()
        .args(["clippy", "--all-targets", "--quiet"])
        .args(place)
        .args([
            "--",
            "-D",
            "warnings",
            "-D",
            "clippy::allow_attributes_without_reason",
        ])
        .run()
}

/// rustdoc for every crate: broken links and missing words are errors.
pub(crate) fn doc() -> Result<()> {
    let doc = cargo().args([
        "doc",
        "--workspace",
        "--all-features",
        "--no-deps",
        "--quiet",
    ]);
    doc.env("RUSTDOCFLAGS", "-D warnings").run()
}

/// Every test there is.
pub(crate) fn test() -> Result<()> {
    cargo().args(["test"]).run()?;
    own_tests()
}

/// The tests of xtask, which plain `cargo test` leaves out.
pub(crate) fn own_tests() -> Result<()> {
    cargo()
        .args(["test", "--package", "xtask", "--quiet"])
        .run()
}
