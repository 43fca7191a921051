//! The files of a service, rendered from the templates.

use minijinja::{Value, context};

use super::{
    Auth, Database,
    name::{crate_name, variables_prefix},
    source::Source,
};
use crate::{Result, template};

/// A file: its path, in which `NAME` is the name of the service, and its template.
type Template = (&'static str, &'static str);

macro_rules! templates {
    ($($name:ident in $folder:literal: $($path:literal)+;)+) => {$(
        const $name: &[Template] =
            &[$(($path, include_str!(concat!("templates/", $folder, "/", $path, ".jinja")))),+];
    )+};
}

templates! {
    ALL in "all": ".github/workflows/ci.yml" ".gitignore" "Cargo.toml" "NAME.toml" "README.md"
        "src/lib.rs" "src/main.rs" "src/schemas.rs" "tests/api.rs" "tests/support/mod.rs";
    SQL in "sql": "build.rs" "src/errors.rs" "src/routes.rs";
    SQLITE in "sqlite": "migrations/0001_create_note.sql" "src/database.rs" "tests/support/database.rs";
    POSTGRES in "postgres": "migrations/0001_create_note.sql" "src/database.rs" "tests/support/database.rs";
    MEMORY in "memory": "src/errors.rs" "src/routes.rs" "src/store.rs";
    KEY in "key": "src/auth.rs" "tests/support/auth.rs";
    JWT in "jwt": "examples/token.rs" "src/auth.rs" "tests/support/auth.rs";
}

/// Returns the templates of a service.
fn templates(database: Database, auth: Auth) -> impl Iterator<Item = &'static Template> {
    let database: &[_] = match database {
        Database::Sqlite => &[SQL, SQLITE],
        Database::Postgres => &[SQL, POSTGRES],
        Database::None => &[MEMORY],
    };
    let auth: &[_] = match auth {
        Auth::Key => &[KEY],
        Auth::Jwt => &[JWT],
        Auth::None => &[],
    };
    let folders = [ALL].into_iter().chain(database.iter().copied());
    folders.chain(auth.iter().copied()).flatten()
}

/// Returns the files of a service with their paths, in the order of the paths.
pub(super) fn render(
    name: &str,
    database: Database,
    auth: Auth,
    source: &Source,
) -> Result<Vec<(String, String)>> {
    let context = context(name, database, auth, source);
    let files = templates(database, auth).map(|(path, template)| {
        let text = template::render(path, template, &context)?;
        Ok((path.replace("NAME", name), text))
    });
    let mut files = files.collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

fn context(name: &str, database: Database, auth: Auth, source: &Source) -> Value {
    context! {
        name,
        crate_name => crate_name(name),
        settings_file => format!("{name}.toml"),
        variables => variables_prefix(name),
        sql => database != Database::None,
        sqlite => database == Database::Sqlite,
        postgres => database == Database::Postgres,
        auth => auth != Auth::None,
        key => auth == Auth::Key,
        jwt => auth == Auth::Jwt,
        purlin_app => source.dependency("app"),
        purlin_router => source.dependency("router"),
        install => source.install(),
        is_path => source.checkout().is_some(),
        git_command => Source::git_command(),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use clap::ValueEnum as _;

    use super::*;

    /// Renders a service of each database and each way to authenticate.
    fn every_combination(name: &str) -> Vec<(String, Vec<(String, String)>)> {
        let source = Source::Version("0.1.0".to_owned());
        let combinations = Database::value_variants().iter().flat_map(|database| {
            let auths = Auth::value_variants().iter();
            auths.map(move |auth| (*database, *auth))
        });
        combinations
            .map(|(database, auth)| {
                let files = render(name, database, auth, &source).unwrap();
                (format!("{database:?} {auth:?}"), files)
            })
            .collect()
    }

    #[test]
    fn sources_are_formatted_for_names_of_any_usual_length() {
        let folder = tempfile::tempdir().unwrap();
        let mut sources = Vec::new();
        for name in ["a", "demo", "order-service", "invoicing-service"] {
            for (combination, files) in every_combination(name) {
                let service = folder.path().join(format!("{name} {combination}"));
                for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
                    let path = service.join(path);
                    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
                    fs_err::write(&path, text).unwrap();
                    sources.push(path);
                }
            }
        }
        let rustfmt = Command::new("rustfmt")
            .args(["--edition", "2024", "--check"])
            .args(sources)
            .status();
        assert!(rustfmt.unwrap().success(), "see the differences above");
    }

    #[test]
    fn nothing_of_the_templates_is_left() {
        for (combination, files) in every_combination("demo") {
            for (path, text) in files {
                let left = ["{{", "}}", "{%", "%}", "NAME", ".jinja"];
                let left = left
                    .iter()
                    .find(|it| text.contains(*it) || path.contains(*it));
                assert_eq!(left, None, "{combination}: {path}");
                assert!(
                    text.ends_with('\n') && !text.ends_with("\n\n"),
                    "{combination}: {path}"
                );
                assert!(!text.contains("\n\n\n"), "{combination}: {path}");
            }
        }
    }

    #[test]
    fn manifest_and_settings_are_toml() {
        for (combination, files) in every_combination("demo") {
            for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".toml")) {
                let table = text.parse::<toml::Table>();
                assert!(table.is_ok(), "{combination}: {path}: {table:?}");
            }
        }
    }
}
