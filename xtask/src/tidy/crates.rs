//! Rules about the crates: which may know which, and that every dependency has given its reason.

use std::fs;

use serde_json::Value;

use super::Finding;
use crate::{
    fuzz,
    run::{Failure, Outcome, Run, root},
};

/// The arrows of the house. A crate may depend on the crates of its row and on no other of the workspace.
const ARROWS: &[(&str, &[&str])] = &[
    ("purlin-macros", &[]),
    ("purlin-openapi", &[]),
    ("purlin-compat", &["purlin-openapi"]),
    ("purlin-schemas", &["purlin-macros"]),
    (
        "purlin-router",
        &["purlin-macros", "purlin-openapi", "purlin-schemas"],
    ),
    ("purlin-app", &["purlin-router"]),
    ("purlin-greetings", &["purlin-router"]),
    ("purlin-server", &["purlin-app", "purlin-greetings"]),
    ("xtask", &["purlin-compat"]),
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

/// Crates a browser page or a client could use: no HTTP framework, no runtime.
const PLAIN: &[&str] = &[
    "purlin-compat",
    "purlin-macros",
    "purlin-openapi",
    "purlin-schemas",
];

/// Where every dependency gives its reason, as a heading or a table's first cell: `` `name` ``.
const REASONS: &str = "docs/decisions/dependencies.md";

/// A crate of the workspace and a crate it names in its Cargo.toml.
struct Arrow {
    from: String,
    to: String,
    ships: bool,
}

pub(super) fn check(findings: &mut Vec<Finding>) -> Outcome {
    let path = root().join(REASONS);
    let reasons = fs::read_to_string(&path).map_err(Failure::file(&path))?;
    let mut arrows = Vec::new();
    for manifest in ["Cargo.toml", fuzz::MANIFEST] {
        let metadata = Run::cargo().args(["metadata", "--no-deps", "--format-version=1"]);
        let metadata = metadata.args(["--locked", "--manifest-path", manifest]);
        arrows.extend(self::arrows(&metadata.read()?)?);
    }
    findings.extend(arrows.iter().filter_map(astray));
    let unreasoned = |arrow| unreasoned(arrow, &reasons);
    findings.extend(arrows.iter().filter_map(unreasoned));
    findings.extend(stale(&arrows, &reasons));
    Ok(())
}

fn arrows(metadata: &str) -> Outcome<Vec<Arrow>> {
    let metadata: Value = serde_json::from_str(metadata)
        .map_err(|error| Failure::said(format!("`cargo metadata` wrote no JSON: {error}")))?;
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

fn found(arrow: &Arrow, words: String) -> Finding {
    let folder = match arrow.from.strip_prefix("purlin-") {
        Some("fuzz") => "xtask/fuzz".to_owned(),
        Some(name) => format!("crates/{name}"),
        None => arrow.from.clone(),
    };
    Finding {
        file: format!("{folder}/Cargo.toml"),
        line: 1,
        words,
    }
}

/// A dependency that points up or sideways.
fn astray(arrow: &Arrow) -> Option<Finding> {
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
            format!("{from} must not depend on {to}: arrows point down only"),
        ));
    }
    let heavy = ["actix", "tokio", "hyper"]
        .iter()
        .any(|prefix| to.starts_with(prefix));
    let plain = PLAIN.contains(&from.as_str());
    (plain && heavy).then(|| {
        found(
            arrow,
            format!("{from} is plain data and code: it must not depend on {to}"),
        )
    })
}

fn unreasoned(arrow: &Arrow, reasons: &str) -> Option<Finding> {
    let known = ARROWS.iter().any(|(name, _)| *name == arrow.to);
    let reason = format!("| `{}` |", arrow.to);
    (!known && !reasons.contains(&reason)).then(|| {
        found(
            arrow,
            format!(
                "`{}` has no row in {REASONS}: say why it is needed",
                arrow.to
            ),
        )
    })
}

/// Rows for crates nobody depends on any more.
fn stale(arrows: &[Arrow], reasons: &str) -> Vec<Finding> {
    let rows = reasons.lines().enumerate().filter_map(|(number, line)| {
        let name = line.strip_prefix("| `")?.split_once('`')?.0;
        let words = format!("nothing depends on `{name}` any more: remove its row");
        let used = arrows.iter().any(|arrow| arrow.to == name);
        (!used).then(|| Finding {
            file: REASONS.to_owned(),
            line: number + 1,
            words,
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
    fn an_arrow_that_points_up_is_found() {
        assert!(astray(&arrow("purlin-schemas", "purlin-router", true)).is_some());
        assert!(astray(&arrow("purlin-router", "purlin-schemas", true)).is_none());
        assert!(astray(&arrow("purlin-openapi", "actix-web", true)).is_some());
        assert!(astray(&arrow("purlin-schemas", "purlin-router", false)).is_none());
    }

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let reasons = "| crate | why |\n| `serde` | it reads |\n";
        assert!(unreasoned(&arrow("purlin-app", "serde", true), reasons).is_none());
        assert!(unreasoned(&arrow("purlin-app", "left-pad", true), reasons).is_some());
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
