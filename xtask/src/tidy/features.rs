//! The features of the published crates are documented: the comment of a feature in `Cargo.toml` is the only text about it, and
//! the tables of `lib.rs` and of the page about all features have a row with it.

use anyhow::Result;
use fs_err as fs;
use toml::Table;

use super::Finding;
use crate::run::root;

/// The page with the features of all crates.
const PAGE: &str = "docs/feature-flags.md";

/// A feature as `Cargo.toml` declares it.
#[derive(Debug, PartialEq, Eq)]
struct Feature {
    name: String,
    comment: String,
    is_default: bool,
    /// The optional dependencies it adds, by their names.
    crates: Vec<String>,
}

impl Feature {
    /// Returns its row in the tables.
    fn row(&self) -> String {
        let default = if self.is_default { "yes" } else { "no" };
        let crates: Vec<_> = self.crates.iter().map(|it| format!("`{it}`")).collect();
        let (name, comment) = (&self.name, self.comment.trim_end_matches('.'));
        format!(
            "| `{name}` | {default} | {comment} | {} |",
            crates.join(", ")
        )
    }
}

/// Checks every crate with features that is published.
pub(super) fn check(findings: &mut Vec<Finding>) -> Result<()> {
    let page = fs::read_to_string(root().join(PAGE))?;
    for entry in fs::read_dir(root().join("crates"))? {
        let folder = entry?.path();
        let manifest = fs::read_to_string(folder.join("Cargo.toml"))?;
        let table: Table = manifest.parse()?;
        let is_published = table
            .get("package")
            .is_some_and(|package| package.get("publish").is_none());
        if !is_published || !table.contains_key("features") {
            continue;
        }
        let name = folder.strip_prefix(root())?.to_string_lossy().into_owned();
        let lib = fs::read_to_string(folder.join("src/lib.rs"))?;
        for feature in features(&manifest, &table) {
            let mut report = |file: &str, message| {
                findings.push(Finding {
                    file: file.to_owned(),
                    line: 1,
                    message,
                });
            };
            if feature.comment.is_empty() {
                let message = format!(
                    "write a comment that describes the feature `{}`",
                    feature.name
                );
                report(&format!("{name}/Cargo.toml"), message);
                continue;
            }
            let row = feature.row();
            if !lib.lines().any(|line| line == format!("//! {row}")) {
                let message = format!("the table of features lacks the row //! {row}");
                report(&format!("{name}/src/lib.rs"), message);
            }
            if !page.lines().any(|line| line == row) {
                report(PAGE, format!("the table of {name} lacks the row {row}"));
            }
        }
    }
    Ok(())
}

/// Returns the features for users: without `default`, and without those that begin with `__`.
fn features(manifest: &str, table: &Table) -> Vec<Feature> {
    let Some(declared) = table.get("features").and_then(toml::Value::as_table) else {
        return Vec::new();
    };
    let list = |name: &str| {
        let items = declared.get(name).and_then(toml::Value::as_array);
        let items = items.into_iter().flatten().filter_map(toml::Value::as_str);
        items.map(str::to_owned).collect::<Vec<_>>()
    };
    let defaults = list("default");
    let names = declared.keys().filter(|name| *name != "default");
    let features = names.filter(|name| !name.starts_with("__")).map(|name| {
        let crates = list(name);
        let crates = crates.iter().filter_map(|it| it.strip_prefix("dep:"));
        Feature {
            name: name.clone(),
            comment: comment(manifest, name),
            is_default: defaults.contains(name),
            crates: crates.map(str::to_owned).collect(),
        }
    });
    features.collect()
}

/// Returns the comment above a feature, its lines joined.
fn comment(manifest: &str, name: &str) -> String {
    let lines = manifest.lines().skip_while(|line| *line != "[features]");
    let mut comment = Vec::new();
    for line in lines {
        match line.strip_prefix('#') {
            Some(text) => comment.push(text.trim()),
            None if line.starts_with(&format!("{name} =")) => return comment.join(" "),
            None => comment.clear(),
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"
[features]
default = ["tls"]
# HTTPS: needs
# a C compiler.
tls = ["dep:rustls", "other/tls"]
bare = []
__internal = []
"#;

    #[test]
    fn features_have_the_comment_above_them() {
        let features = features(MANIFEST, &MANIFEST.parse().unwrap());
        let rows: Vec<_> = features.iter().map(Feature::row).collect();
        assert!(
            rows.contains(&"| `tls` | yes | HTTPS: needs a C compiler | `rustls` |".to_owned())
        );
        let bare = features.iter().find(|feature| feature.name == "bare");
        assert_eq!(bare.map(|feature| feature.comment.as_str()), Some(""));
        assert_eq!(features.len(), 2, "{features:?}");
    }
}
