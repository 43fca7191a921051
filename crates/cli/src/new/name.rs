//! Which names a service can have: those of cargo packages, without the ones that mean something else to cargo, the compiler
//! or the environment.

use std::ffi::OsString;

use toml::Table;

use crate::{Error, Result};

/// The longest name, as on crates.io.
const MAX_LENGTH: usize = 64;

/// Keywords of Rust, those that are reserved included.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Crates of the standard library and of the compiler.
const BUILT_IN: &[&str] = &["alloc", "core", "proc_macro", "std", "test"];

/// Folders that cargo creates beside the program.
const FOLDERS: &[&str] = &["build", "deps", "examples", "incremental"];

/// Tools whose settings files or environment variables would be those of the service.
const TOOLS: &[&str] = &[
    "cargo", "clippy", "rust", "rustc", "rustdoc", "rustfmt", "rustup",
];

/// Checks that a package, its crate and its settings can have the name.
pub(super) fn check(name: &str) -> Result {
    let fail = |reason: &str| {
        Err(Error::unsupported(format!(
            "`{name}` cannot be the name of a service: {reason}"
        )))
    };
    if !name.starts_with(|first: char| first.is_ascii_lowercase()) {
        return fail("it has to begin with a letter from a to z");
    }
    // Others are valid in Cargo.toml, but the compiler warns of crates that are not in snake case.
    let is_word = |word: &str| {
        let mut letters = word.chars();
        !word.is_empty() && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if !name.split(['-', '_']).all(is_word) {
        return fail("it may have letters from a to z and digits, and a `-` or `_` between them");
    }
    if name.len() > MAX_LENGTH {
        return fail("it may have 64 characters");
    }
    let crate_name = crate_name(name);
    let is_one_of = |names: &[&str]| names.contains(&&*crate_name);
    if is_one_of(KEYWORDS) {
        return fail("it is a keyword of Rust");
    }
    if is_one_of(BUILT_IN) {
        return fail("it is a crate that comes with Rust");
    }
    if is_one_of(FOLDERS) {
        return fail("it is a folder that cargo creates");
    }
    if is_one_of(TOOLS) {
        return fail("it is a tool whose settings or variables the service would read as its own");
    }
    Ok(())
}

/// Checks that no variable of the environment would be read as a setting of the service, which rejects unknown ones.
pub(super) fn check_variables(name: &str, variables: impl Iterator<Item = OsString>) -> Result {
    let prefix = variables_prefix(name);
    let mut variables = variables.filter_map(|it| it.into_string().ok());
    match variables.find(|variable| variable.starts_with(&prefix)) {
        None => Ok(()),
        Some(variable) => Err(Error::unsupported(format!(
            "`{name}` cannot be the name of a service here: it would read the variable {variable} of this environment as \
             one of its settings, which begin with {prefix}"
        ))),
    }
}

/// Checks that the package does not have the name of a crate that it depends on.
pub(super) fn check_dependencies(name: &str, files: &[(String, String)]) -> Result {
    let manifest = files.iter().find(|(path, _)| path == "Cargo.toml");
    let manifest = manifest.and_then(|(_, text)| text.parse::<Table>().ok());
    let manifest = manifest.unwrap_or_default();
    let tables = ["dependencies", "dev-dependencies"];
    let mut crates = tables
        .into_iter()
        .filter_map(|table| manifest.get(table)?.as_table())
        .flat_map(|table| table.keys());
    match crates.any(|it| crate_name(it) == crate_name(name)) {
        false => Ok(()),
        true => Err(Error::unsupported(format!(
            "`{name}` cannot be the name of a service: it depends on the crate of this name"
        ))),
    }
}

/// Returns the name of the crate in a package.
pub(super) fn crate_name(package: &str) -> String {
    package.replace('-', "_")
}

/// Returns what the environment variables of a service begin with.
pub(super) fn variables_prefix(name: &str) -> String {
    format!("{}_", crate_name(name).to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages_are_accepted() {
        for name in ["demo", "order-service", "a1", "b_2", &"a".repeat(64)] {
            assert!(check(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn other_names_are_rejected_with_the_reason() {
        for (name, reason) in [
            ("", "begin with a letter"),
            ("1a", "begin with a letter"),
            ("-a", "begin with a letter"),
            ("größe", "letters from a to z"),
            ("a b", "letters from a to z"),
            ("a.b", "letters from a to z"),
            ("{{ name }}", "begin with a letter"),
            (&*"a".repeat(65), "64 characters"),
            ("fn", "keyword"),
            ("Shop", "begin with a letter"),
            ("_", "begin with a letter"),
            ("orderService", "letters from a to z"),
            ("a--b", "between them"),
            ("a_", "between them"),
            ("test", "comes with Rust"),
            ("proc-macro", "comes with Rust"),
            ("deps", "folder"),
            ("rustfmt", "tool"),
        ] {
            let error = check(name).map_err(|error| error.to_string());
            assert!(
                error.as_ref().is_err_and(|it| it.contains(reason)),
                "{name}: {error:?}"
            );
        }
    }

    #[test]
    fn name_of_variables_in_the_environment_is_rejected() {
        let variables = || {
            ["PATH", "HTTP_PROXY", "DEMOS_A"]
                .map(OsString::from)
                .into_iter()
        };
        assert!(check_variables("demo", variables()).is_ok());
        let error = check_variables("http", variables())
            .unwrap_err()
            .to_string();
        assert!(error.contains("HTTP_PROXY"), "{error}");
    }

    #[test]
    fn name_of_a_dependency_is_rejected() {
        let manifest = "[dependencies]\nactix-web = \"4\"\n[dev-dependencies]\ntempfile = \"3\"\n";
        let files = [("Cargo.toml".to_owned(), manifest.to_owned())];
        assert!(check_dependencies("demo", &files).is_ok());
        for name in ["actix_web", "tempfile"] {
            assert!(check_dependencies(name, &files).is_err(), "{name}");
        }
    }
}
