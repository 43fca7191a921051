//! The checks that are one call of cargo each: `fmt`, `lint`, `doc`, `test`.

use crate::{
    fuzz,
    run::{Outcome, Run},
};

/// Formats, or with `check` says what differs.
pub(crate) fn fmt(check: bool) -> Outcome {
    for place in [&["--all"][..], &["--manifest-path", fuzz::MANIFEST]] {
        let run = Run::cargo().args(["fmt"]).args(place);
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
pub(crate) fn lint() -> Outcome {
    clippy(&["--workspace", "--all-features"])?;
    clippy(&["--manifest-path", fuzz::MANIFEST, "--target-dir", "target"])?;
    features()
}

/// The features of purlin-router that its users may leave out.
const FEATURES: [&str; 8] = [
    "",
    "basic",
    "compression",
    "jwks-url",
    "jwt",
    "multipart",
    "swagger-ui",
    "yaml",
];

/// The library purlin-router without its default features, and with each feature alone.
fn features() -> Outcome {
    for feature in FEATURES {
        Run::cargo()
            .args(["clippy", "--package", "purlin-router", "--lib", "--quiet"])
            .args(["--no-default-features", "--features", feature])
            .args(["--", "-D", "warnings"])
            .run()?;
    }
    Ok(())
}

fn clippy(place: &[&str]) -> Outcome {
    Run::cargo()
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
