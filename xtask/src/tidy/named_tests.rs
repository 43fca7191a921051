//! Tests that the Markdown files name in back ticks must exist, such as `tls::client_certificates_are_verified`.
//!
//! A name counts as that of a test if it has modules and a function whose name has at least four parts.

use std::collections::BTreeMap;

use super::Finding;

/// The functions of all Rust files, and the files they are in.
pub(super) struct Functions<'t>(BTreeMap<&'t str, Vec<&'t str>>);

impl<'t> Functions<'t> {
    /// Takes the files and their text.
    pub(super) fn new(files: impl Iterator<Item = (&'t str, &'t str)>) -> Self {
        let mut functions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (path, text) in files.filter(|(path, _)| path.ends_with(".rs")) {
            for line in text.lines() {
                let line = line.trim_start();
                let line = line.strip_prefix("async ").unwrap_or(line);
                if let Some(rest) = line.strip_prefix("fn ")
                    && let Some((name, _)) = rest.split_once('(')
                {
                    functions.entry(name).or_default().push(path);
                }
            }
        }
        Self(functions)
    }

    /// Finds the names of tests that do not exist.
    pub(super) fn check(&self, path: &str, text: &str, findings: &mut Vec<Finding>) {
        if !path.ends_with(".md") {
            return;
        }
        for (number, line) in text.lines().enumerate() {
            for name in line.split('`').skip(1).step_by(2) {
                if is_test(name) && !self.exists(name) {
                    findings.push(Finding {
                        file: path.to_owned(),
                        line: number + 1,
                        message: format!("there is no test `{name}`"),
                    });
                }
            }
        }
    }

    fn exists(&self, name: &str) -> bool {
        let mut parts: Vec<&str> = name.split("::").collect();
        let function = parts.pop().unwrap_or_default();
        let is_in = |path: &&str| {
            let modules: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
            parts.iter().all(|part| modules.contains(part))
        };
        self.0
            .get(function)
            .is_some_and(|paths| paths.iter().any(is_in))
    }
}

fn is_test(name: &str) -> bool {
    let is_part = |part: &str| {
        let is_legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        !part.is_empty() && part.chars().all(is_legal)
    };
    let parts = |name: &str| name.split('_').count();
    let last = name.rsplit("::").next().unwrap_or_default();
    name.contains("::") && name.split("::").all(is_part) && parts(last) >= 4
}

#[cfg(test)]
mod tests {
    use super::{Finding, Functions};

    #[test]
    fn tests_that_do_not_exist_are_found() {
        let text = "#[test]\nfn it_is_as_it_should_be() {\n";
        let functions = Functions::new([("crates/app/tests/it/tls/mod.rs", text)].into_iter());
        let mut findings: Vec<Finding> = Vec::new();
        let named = "`tls::it_is_as_it_should_be` `logs::it_is_as_it_should_be` `web::block` `a::b`\n\n`tls::it_is_not_so_at_all`";
        functions.check("docs/hardening.md", named, &mut findings);
        let found: Vec<_> = findings.iter().map(|finding| finding.line).collect();
        assert_eq!(found, [1, 3]);
    }
}
