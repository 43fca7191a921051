//! The same service for each framework: ten operations on ten types with rules and documentation.
//!
//! Each text is repeated for every resource, with the names of the resource in place of `TYPE` and `NAME`.

use anyhow::Result;

use crate::run::{cmd, root};

/// The resources; each has two types and two operations.
const RESOURCES: [&str; 5] = ["Guest", "Room", "Booking", "Invoice", "Review"];

/// The string in a handler of each service that an edit changes.
pub(super) const EDITED: &str = "the first guest";

/// A service.
pub(super) struct Service {
    /// The name in the table.
    pub(super) name: &'static str,
    /// The package whose version is reported.
    pub(super) framework: &'static str,
    /// What the service has beside the operations.
    pub(super) has: &'static str,
    dependencies: &'static str,
    pub(super) source: String,
}

impl Service {
    /// Returns its `Cargo.toml`. Purlin is taken from the last commit as cargo takes it from a repository: compiled as a
    /// dependency is, and not as a package that is edited.
    pub(super) fn manifest(&self) -> Result<String> {
        let commit = cmd("git").args(["rev-parse", "HEAD"]).read()?;
        let repository = format!(
            "git = \"file://{}\", rev = \"{}\"",
            root().display(),
            commit.trim()
        );
        let dependencies = self.dependencies.replace("PURLIN", &repository);
        Ok(format!(
            "[package]\nname = \"service\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}"
        ))
    }
}

/// Returns the text of a file of a service.
macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("../../../bench/compile-time/", $name))
    };
}

/// Returns the services, in the order of the table.
pub(super) fn all() -> Vec<Service> {
    let service = |name, framework, has, dependencies, texts: &[&str]| Service {
        name,
        framework,
        has,
        dependencies,
        source: for_each_resource(&texts.concat()),
    };
    vec![
        service(
            "actix-web, serde and garde, by hand",
            "actix-web",
            "no document",
            file!("actix-web.toml"),
            &[file!("actix-web.rs")],
        ),
        service(
            "utoipa on actix-web, garde",
            "utoipa",
            "a document, Swagger UI",
            file!("utoipa.toml"),
            &[file!("utoipa.rs")],
        ),
        service(
            "poem-openapi",
            "poem-openapi",
            "a document, Swagger UI",
            file!("poem-openapi.toml"),
            &[file!("poem-openapi.rs")],
        ),
        service(
            "dropshot",
            "dropshot",
            "a document; TLS; a log",
            file!("dropshot.toml"),
            &[file!("dropshot.rs")],
        ),
        service(
            "`purlin-router` on actix-web",
            "purlin-router",
            "a document, Swagger UI",
            file!("purlin-router.toml"),
            &[file!("purlin.rs"), file!("purlin-router.rs")],
        ),
        service(
            "`purlin-app`",
            "purlin-app",
            "a document, Swagger UI; settings, a log, middleware, metrics",
            file!("purlin-app.toml"),
            &[file!("purlin.rs"), file!("purlin-app.rs")],
        ),
    ]
}

/// Repeats the lines between `// for each resource` and `// end` for each resource, with its names in place of `TYPE` and
/// `NAME`. The descriptions of the files are left out: a service may have several of them.
fn for_each_resource(text: &str) -> String {
    let mut out = String::new();
    let mut repeated: Option<String> = None;
    for line in text.lines() {
        match (line.trim(), &mut repeated) {
            (line, _) if line.starts_with("//!") => {}
            ("// for each resource", _) => repeated = Some(String::new()),
            ("// end", _) => {
                let lines = repeated.take().unwrap_or_default();
                for resource in RESOURCES {
                    let name = resource.to_lowercase();
                    out += &lines.replace("TYPE", resource).replace("NAME", &name);
                }
            }
            (_, Some(repeated)) => {
                repeated.push_str(line);
                repeated.push('\n');
            }
            (_, None) => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}
