//! The checks that are one call of cargo each: `fmt`, `lint`, `doc`, `test`.

use anyhow::Result;

use crate::{conduit, fuzz, run::cargo, stores};

/// Formats the sources, or with `check` lists what differs.
pub(crate) fn fmt(check: bool) -> Result<()> {
    for packages in [&["--all"][..], &["--manifest-path", fuzz::MANIFEST]] {
        let check = check.then_some("--check");
        cargo().arg("fmt").args(packages).args(check).run()?;
    }
    Ok(())
}

/// Runs clippy on all targets; benches and examples are compiled by this alone.
///
/// `--all-features` builds no dependency twice: the development dependencies of purlin-schemas enable the same features.
pub(crate) fn lint() -> Result<()> {
    for packages in [
        &["--workspace", "--all-features"][..],
        &["--manifest-path", fuzz::MANIFEST, "--target-dir", "target"],
    ] {
        cargo()
            .args(["clippy", "--all-targets", "--quiet"])
            .args(packages)
            .args(["--", "-D", "warnings"])
            .args(["-D", "clippy::allow_attributes_without_reason"])
            .run()?;
    }
    features("purlin-router", &FEATURES)?;
    features("purlin-app", &["", "telemetry"])?;
    features(
        "purlin-store",
        &["", "postgres", "redis", "postgres,tls", "redis,tls"],
    )
}

/// The features of purlin-router that its users may leave out.
const FEATURES: [&str; 10] = [
    "",
    "basic",
    "compression",
    "jwks-url",
    "jwt",
    "multipart",
    "passwords",
    "swagger-ui",
    "tracing",
    "yaml",
];

/// Runs clippy on a library without default features, and with each of these.
fn features(package: &str, features: &[&str]) -> Result<()> {
    for feature in features {
        cargo()
            .args(["clippy", "--package", package, "--lib", "--quiet"])
            .args(["--no-default-features", "--features", feature])
            .args(["--", "-D", "warnings"])
            .run()?;
    }
    Ok(())
}

/// Builds the documentation of every crate; warnings are errors.
pub(crate) fn doc() -> Result<()> {
    cargo()
        .args(["doc", "--workspace", "--all-features"])
        .args(["--no-deps", "--quiet"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()?;
    Ok(())
}

/// Runs every test of the workspace.
pub(crate) fn test() -> Result<()> {
    cargo().arg("test").run()?;
    other_tests()?;
    conduit::tested()?;
    stores::tested()
}

/// Runs the tests of the packages that are not default members: the tools, and the example of a user's service.
pub(crate) fn other_tests() -> Result<()> {
    cargo()
        .args(["test", "--quiet", "--package", "xtask"])
        .args(["--package", "cargo-purlin", "--package", "billing"])
        .run()?;
    // As in the README, without the name of a package.
    cargo().args(["run", "--quiet", "--", "--version"]).run()?;
    Ok(())
}
