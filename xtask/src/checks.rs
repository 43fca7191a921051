//! The checks that are one call of cargo each: `fmt`, `lint`, `doc`, `test`.

use crate::run::{Outcome, Run};

/// Formats, or with `check` says what differs.
pub(crate) fn fmt(check: bool) -> Outcome {
    let run = Run::cargo().args(["fmt", "--all"]);
    if check {
        run.args(["--check"]).run()
    } else {
        run.run()
    }
}

/// Clippy on all targets; benches and examples are compiled by this alone.
///
/// `--all-features` builds no dependency anew: the development dependencies of purlin-schemas switch the same
/// features on for `cargo test`.
pub(crate) fn lint() -> Outcome {
    let clippy = Run::cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--quiet",
    ]);
    clippy
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
pub(crate) fn doc() -> Outcome {
    let doc = Run::cargo().args([
        "doc",
        "--workspace",
        "--all-features",
        "--no-deps",
        "--quiet",
    ]);
    doc.env("RUSTDOCFLAGS", "-D warnings").run()
}

/// Every test there is.
pub(crate) fn test() -> Outcome {
    Run::cargo().args(["test"]).run()?;
    own_tests()
}

/// The tests of xtask, which plain `cargo test` leaves out.
pub(crate) fn own_tests() -> Outcome {
    Run::cargo()
        .args(["test", "--package", "xtask", "--quiet"])
        .run()
}
