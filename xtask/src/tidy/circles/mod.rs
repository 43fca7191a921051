//! No circle of modules: inside a crate, modules depend on one another in one direction.
//!
//! An edge leads from the file that mentions a path to the files that define and re-export what the path names. Edges
//! between a module and its descendants are allowed. Exceptions are listed in `xtask/tidy/circles.toml`, with a reason
//! each; one that is no longer needed is a finding too.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, anyhow};
use fs_err as fs;

use super::Finding;
use crate::run::root;

mod graph;
mod resolve;
mod source;

use graph::Graph;
use source::{ModulePath, Modules, ReadFile};

/// The list of exceptions.
const EXCEPTIONS: &str = "xtask/tidy/circles.toml";

/// An edge that may be part of a circle.
struct Exception {
    from: String,
    to: String,
}

/// The edges of a crate, each with the line of its first mention.
type Edges = BTreeMap<(String, String), usize>;

/// Checks every crate of the repository.
pub(super) fn check(findings: &mut Vec<Finding>) -> Result<()> {
    let path = root().join(EXCEPTIONS);
    let text = fs::read_to_string(&path)?;
    let exceptions = exceptions(&text).map_err(|error| anyhow!("{EXCEPTIONS}: {error}"))?;
    let read_file = |file: &str| fs::read_to_string(root().join(file)).ok();
    let mut edges = Vec::new();
    for crate_root in crate_roots()? {
        edges.push(self::edges(&crate_root, &read_file).map_err(anyhow::Error::msg)?);
    }
    for edges in &edges {
        report(edges, &exceptions, findings);
    }
    for Exception { from, to } in exceptions {
        let is_needed = |edges: &Edges| is_on_circle(edges, &from, &to);
        if !edges.iter().any(is_needed) {
            findings.push(Finding {
                file: EXCEPTIONS.to_owned(),
                line: 1,
                message: format!("the exception {from} -> {to} is no longer needed: remove it"),
            });
        }
    }
    Ok(())
}

/// The root files of the crates.
fn crate_roots() -> Result<Vec<String>> {
    let crates = root().join("crates");
    let mut folders = vec!["xtask".to_owned(), "xtask/fuzz".to_owned()];
    for entry in fs::read_dir(&crates)? {
        let entry = entry?;
        folders.push(format!("crates/{}", entry.file_name().to_string_lossy()));
    }
    folders.sort();
    let roots = folders
        .iter()
        .flat_map(|folder| ["lib", "main"].map(|name| format!("{folder}/src/{name}.rs")));
    Ok(roots.filter(|file| root().join(file).exists()).collect())
}

fn exceptions(text: &str) -> Result<Vec<Exception>, String> {
    let table: toml::Table = text.parse().map_err(|error| format!("{error}"))?;
    let list = table.get("exception").and_then(toml::Value::as_array);
    let list = list.map(Vec::as_slice).unwrap_or_default();
    let exception = |entry: &toml::Value| {
        let field = |key: &str| {
            let value = entry.get(key).and_then(toml::Value::as_str).map(str::trim);
            let value = value.filter(|value| !value.is_empty()).map(str::to_owned);
            value.ok_or_else(|| format!("an exception needs `{key}`"))
        };
        field("reason")?;
        Ok(Exception {
            from: field("from")?,
            to: field("to")?,
        })
    };
    list.iter().map(exception).collect()
}

/// The edges between the files of a crate, other than those between a module and its descendants.
fn edges(crate_root: &str, read_file: ReadFile<'_>) -> Result<Edges, String> {
    let modules = source::read(crate_root, read_file)?;
    let homes = homes(&modules);
    let mut edges = Edges::new();
    for (path, module) in &modules.0 {
        for mention in &module.mentions {
            for target in modules.resolve(path, &mention.segments) {
                let (Some(&from), Some(&to)) = (homes.get(path), homes.get(&target)) else {
                    continue;
                };
                let Some(file) = modules.0.get(to).map(|module| module.file.clone()) else {
                    continue;
                };
                if !from.starts_with(to) && !to.starts_with(from) {
                    let line = edges
                        .entry((module.file.clone(), file))
                        .or_insert(mention.line);
                    *line = mention.line.min(*line);
                }
            }
        }
    }
    Ok(edges)
}

/// For each module the module that its file belongs to: an inline module counts as part of its file.
fn homes(modules: &Modules) -> BTreeMap<&ModulePath, &ModulePath> {
    let mut by_file: BTreeMap<&str, &ModulePath> = BTreeMap::new();
    for (path, module) in &modules.0 {
        let home = by_file.entry(&module.file).or_insert(path);
        if path.len() < home.len() {
            *home = path;
        }
    }
    let home =
        |(path, module): (_, &source::Module)| Some((path, *by_file.get(module.file.as_str())?));
    modules.0.iter().filter_map(home).collect()
}

fn graph<'e>(edges: impl Iterator<Item = &'e (String, String)>) -> Graph<'e> {
    let mut graph = Graph::new();
    for (from, to) in edges {
        graph.entry(from.as_str()).or_default().insert(to.as_str());
    }
    graph
}

fn report(edges: &Edges, exceptions: &[Exception], findings: &mut Vec<Finding>) {
    let is_excepted = |edge: &(String, String)| {
        let same = |exception: &Exception| exception.from == edge.0 && exception.to == edge.1;
        exceptions.iter().any(same)
    };
    let graph = graph(edges.keys().filter(|edge| !is_excepted(edge)));
    for circle in graph::circles(&graph) {
        let mut message = "circle of modules".to_owned();
        let mut first_line = 1;
        for (index, from) in circle.iter().enumerate() {
            let to = circle[(index + 1) % circle.len()];
            let line = edges
                .get(&((*from).to_owned(), to.to_owned()))
                .copied()
                .unwrap_or(1);
            if index == 0 {
                first_line = line;
            } else {
                message.push_str(&format!(" -> {from}:{line}"));
            }
        }
        message.push_str(&format!(" -> {}", circle[0]));
        findings.push(Finding {
            file: circle[0].to_owned(),
            line: first_line,
            message,
        });
    }
}

fn is_on_circle(edges: &Edges, from: &str, to: &str) -> bool {
    let edge = (from.to_owned(), to.to_owned());
    if !edges.contains_key(&edge) {
        return false;
    }
    let graph = graph(edges.keys());
    let mut reached = BTreeSet::new();
    let mut waiting = vec![to];
    while let Some(node) = waiting.pop() {
        if reached.insert(node) {
            waiting.extend(graph.get(node).into_iter().flatten());
        }
    }
    reached.contains(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)], exceptions: &[Exception]) -> Vec<String> {
        let read_file = |path: &str| {
            let file = files.iter().find(|(name, _)| *name == path);
            file.map(|(_, text)| (*text).to_owned())
        };
        let edges = edges("src/lib.rs", &read_file).unwrap();
        let mut findings = Vec::new();
        report(&edges, exceptions, &mut findings);
        findings
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    const CIRCLE: &str = "circle of modules -> src/b.rs:1 -> src/a.rs";

    #[test]
    fn imports_in_one_direction_are_no_circle() {
        let files = [
            ("src/lib.rs", "mod a; mod b; pub use a::A;"),
            ("src/a.rs", "use crate::b::B; pub struct A;"),
            ("src/b.rs", "use std::fmt; pub struct B;"),
        ];
        assert_eq!(found(&files, &[]), [""; 0]);
    }

    #[test]
    fn two_modules_that_import_each_other_are_a_circle() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "use crate::b::B; pub struct A;"),
            ("src/b.rs", "use super::a::{self, A}; pub struct B;"),
        ];
        assert_eq!(found(&files, &[]), [CIRCLE]);
    }

    #[test]
    fn a_parent_and_its_descendants_may_use_each_other() {
        let files = [
            ("src/lib.rs", "mod a; pub(crate) fn root() {}"),
            ("src/a/mod.rs", "mod b; use b::B; pub struct A;"),
            (
                "src/a/b.rs",
                "use super::A; pub struct B; fn f() { crate::root() }",
            ),
        ];
        assert_eq!(found(&files, &[]), [""; 0]);
    }

    #[test]
    fn a_path_in_an_expression_a_macro_or_an_attribute_counts() {
        let mentions = [
            "fn f() { crate::b::g() }",
            "fn f() { println!(\"{}\", crate::b::g()) }",
            "macro_rules! m { () => { $crate::b::g() }; }",
            "#[serde(default = \"crate::b::g\")] struct S;",
            "fn f() { use crate::b; b::g() }",
        ];
        for mention in mentions {
            let files = [
                ("src/lib.rs", "mod a; mod b;"),
                ("src/a.rs", mention),
                ("src/b.rs", "use crate::a; pub fn g() {}"),
            ];
            assert_eq!(found(&files, &[]), [CIRCLE], "{mention}");
        }
    }

    #[test]
    fn a_re_export_does_not_hide_a_circle() {
        for facade in [
            "pub use a::A;",
            "pub use a::*;",
            "mod inner { pub use crate::a::A; } use inner::A;",
        ] {
            let files = [
                ("src/lib.rs", &*format!("mod a; mod b; {facade}")),
                ("src/a.rs", "use crate::b::B; pub struct A;"),
                ("src/b.rs", "use crate::A; pub struct B;"),
            ];
            assert_eq!(found(&files, &[]), [CIRCLE], "{facade}");
        }
    }

    #[test]
    fn tests_may_use_anything() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            (
                "src/a.rs",
                "pub struct A; #[cfg(test)] mod tests { use crate::b::B; }",
            ),
            ("src/b.rs", "use crate::a::A; pub struct B;"),
        ];
        assert_eq!(found(&files, &[]), [""; 0]);
    }

    #[test]
    fn an_exception_opens_a_circle() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "use crate::b::B;"),
            ("src/b.rs", "use crate::a::A;"),
        ];
        let list = "[[exception]]\nfrom = \"src/b.rs\"\nto = \"src/a.rs\"\nreason = \"why\"\n";
        assert_eq!(found(&files, &exceptions(list).unwrap()), [""; 0]);
    }

    #[test]
    fn an_exception_that_is_on_no_circle_is_stale() {
        let edges = |list: &[(&str, &str)]| -> Edges {
            let edge = |(from, to): &(&str, &str)| (((*from).to_owned(), (*to).to_owned()), 1);
            list.iter().map(edge).collect()
        };
        let circle = edges(&[("a", "b"), ("b", "c"), ("c", "a")]);
        assert!(is_on_circle(&circle, "a", "b"));
        assert!(!is_on_circle(&edges(&[("a", "b"), ("b", "c")]), "a", "b"));
        assert!(!is_on_circle(&circle, "a", "c"));
    }

    #[test]
    fn an_exception_without_a_reason_is_refused() {
        assert!(exceptions("[[exception]]\nfrom = \"a\"\nto = \"b\"\nreason = \" \"\n").is_err());
        assert!(exceptions("").is_ok_and(|list| list.is_empty()));
    }
}
