//! Rules about the crates: which may depend on which, and that every external dependency has a reason.

use anyhow::{Result, anyhow};
use fs_err as fs;
use serde_json::Value;

use super::Finding;
use crate::{
    fuzz,
    run::{cargo, root},
};

/// The allowed dependencies: a crate may depend on the crates of its row and on no others of the workspace.
const ARROWS: &[(&str, &[&str])] = &[
    ("purlin-macros", &[]),
    ("purlin-openapi", &[]),
    ("purlin-compat", &["purlin-openapi"]),
    ("purlin-schemas", &["purlin-macros"]),
    ("purlin-store", &[]),
    (
        "purlin-router",
        &[
            "purlin-macros",
            "purlin-openapi",
            "purlin-schemas",
            "purlin-store",
        ],
    ),
    ("purlin-app", &["purlin-router", "purlin-store"]),
    ("purlin-greetings", &["purlin-router"]),
    ("purlin-server", &["purlin-app", "purlin-greetings"]),
    ("purlin-conduit", &["purlin-app", "purlin-router"]),
    ("cargo-purlin", &["purlin-compat", "purlin-openapi"]),
    // What a user's service depends on.
    ("billing", &["purlin-app", "purlin-router"]),
    // What is measured beside programs by hand.
    ("purlin-benches", &["purlin-router"]),
    // Chores of this repository may use any of its crates.
    (
        "xtask",
        &[
            "cargo-purlin",
            "purlin-app",
            "purlin-compat",
            "purlin-greetings",
            "purlin-macros",
            "purlin-openapi",
            "purlin-router",
            "purlin-schemas",
            "purlin-server",
        ],
    ),
    (
        "purlin-fuzz",
        &[
            "purlin-compat",
            "purlin-greetings",
            "purlin-openapi",
            "purlin-router",
            "purlin-schemas",
        ],
    ),
];

/// Crates without an HTTP framework and an async runtime, so that clients and tools can use them.
const PLAIN: &[&str] = &[
    "purlin-compat",
    "purlin-macros",
    "purlin-openapi",
    "purlin-schemas",
];

/// The table of external dependencies; the first cell of a row is the name in back ticks.
const REASONS: &str = "docs/decisions/dependencies.md";

/// A dependency of a crate of the workspace, as its Cargo.toml declares it.
struct Arrow {
    from: String,
    to: String,
    ships: bool,
}

pub(super) fn check(findings: &mut Vec<Finding>) -> Result<()> {
    let path = root().join(REASONS);
    let reasons = fs::read_to_string(&path)?;
    let mut arrows = Vec::new();
    for manifest in ["Cargo.toml", fuzz::MANIFEST] {
        let metadata = cargo().args(["metadata", "--no-deps", "--format-version=1"]);
        let metadata = metadata.args(["--locked", "--manifest-path", manifest]);
        arrows.extend(self::arrows(&metadata.read()?)?);
    }
    findings.extend(arrows.iter().filter_map(forbidden));
    let without_reason = |arrow| without_reason(arrow, &reasons);
    findings.extend(arrows.iter().filter_map(without_reason));
    findings.extend(stale(&arrows, &reasons));
    Ok(())
}

fn arrows(metadata: &str) -> Result<Vec<Arrow>> {
    let metadata: Value = serde_json::from_str(metadata)
        .map_err(|error| anyhow!("`cargo metadata` wrote no JSON: {error}"))?;
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut arrows = Vec::new();
    for package in list(&metadata["packages"]) {
        for dependency in list(&package["dependencies"]) {
            let ships = dependency["kind"].as_str() != Some("dev");
            arrows.push(Arrow {
                from: name(&package),
                to: name(&dependency),
                ships,
            });
        }
    }
    Ok(arrows)
}

fn found(arrow: &Arrow, message: String) -> Finding {
    let folder = match arrow.from.as_str() {
        "purlin-fuzz" => "xtask/fuzz".to_owned(),
        "cargo-purlin" => "crates/cli".to_owned(),
        "purlin-benches" => "benches".to_owned(),
        "billing" => "docs/examples/billing".to_owned(),
        name => match name.strip_prefix("purlin-") {
            Some(name) => format!("crates/{name}"),
            None => name.to_owned(),
        },
    };
    Finding {
        file: format!("{folder}/Cargo.toml"),
        line: 1,
        message,
    }
}

/// Finds a dependency that is not in the list of allowed ones.
fn forbidden(arrow: &Arrow) -> Option<Finding> {
    let Arrow { from, to, .. } = arrow;
    if !arrow.ships || from == to {
        return None;
    }
    let ours = ARROWS.iter().any(|(name, _)| name == to);
    let allowed = ARROWS
        .iter()
        .any(|(name, may)| name == from && may.contains(&to.as_str()));
    if ours && !allowed {
        return Some(found(
            arrow,
            format!("{from} must not depend on {to}: see `ARROWS` in xtask/src/tidy/crates.rs"),
        ));
    }
    let heavy = ["actix", "tokio", "hyper"]
        .iter()
        .any(|prefix| to.starts_with(prefix));
    let plain = PLAIN.contains(&from.as_str());
    (plain && heavy).then(|| {
        found(
            arrow,
            format!(
                "{from} must not depend on {to}: it has no HTTP framework and no async runtime"
            ),
        )
    })
}

fn without_reason(arrow: &Arrow, reasons: &str) -> Option<Finding> {
    let known = ARROWS.iter().any(|(name, _)| *name == arrow.to);
    let reason = format!("| `{}` |", arrow.to);
    (!known && !reasons.contains(&reason)).then(|| {
        found(
            arrow,
            format!(
                "`{}` has no row in {REASONS}: add one with the reason",
                arrow.to
            ),
        )
    })
}

/// Finds rows of crates that nothing depends on.
fn stale(arrows: &[Arrow], reasons: &str) -> Vec<Finding> {
    let rows = reasons.lines().enumerate().filter_map(|(number, line)| {
        let name = line.strip_prefix("| `")?.split_once('`')?.0;
        let message = format!("nothing depends on `{name}` any more: remove its row");
        let used = arrows.iter().any(|arrow| arrow.to == name);
        (!used).then(|| Finding {
            file: REASONS.to_owned(),
            line: number + 1,
            message,
        })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrow(from: &str, to: &str, ships: bool) -> Arrow {
        Arrow {
            from: from.to_owned(),
            to: to.to_owned(),
            ships,
        }
    }

    #[test]
    fn a_dependency_that_is_not_allowed_is_found() {
        assert!(forbidden(&arrow("purlin-schemas", "purlin-router", true)).is_some());
        assert!(forbidden(&arrow("purlin-router", "purlin-schemas", true)).is_none());
        assert!(forbidden(&arrow("purlin-openapi", "actix-web", true)).is_some());
        assert!(forbidden(&arrow("purlin-schemas", "purlin-router", false)).is_none());
    }

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let reasons = "| crate | why |\n| `serde` | it reads |\n";
        assert!(without_reason(&arrow("purlin-app", "serde", true), reasons).is_none());
        assert!(without_reason(&arrow("purlin-app", "left-pad", true), reasons).is_some());
    }

    #[test]
    fn a_reason_without_its_dependency_is_found() {
        let found = stale(
            &[arrow("purlin-app", "serde", true)],
            "| `serde` | it reads |\n| `left-pad` | why |\n",
        );
        assert_eq!(
            found.iter().map(|finding| finding.line).collect::<Vec<_>>(),
            [2]
        );
    }

    #[test]
    fn dependencies_are_read_from_cargo_metadata() {
        let metadata = r#"{"packages":[{"name":"a","dependencies":[{"name":"b","kind":null},{"name":"c","kind":"dev"}]}]}"#;
        let arrows = arrows(metadata).unwrap();
        assert_eq!(
            arrows
                .iter()
                .map(|a| (a.to.as_str(), a.ships))
                .collect::<Vec<_>>(),
            [("b", true), ("c", false)]
        );
    }
}
