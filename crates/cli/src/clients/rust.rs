//! Rust: the macro of progenitor writes the client when the crate is compiled.

use std::path::Path;

use fs_err as fs;
use serde_json::Value;

use super::write_once;
use crate::{Error, Result, program::Registry};

/// The version of progenitor, of which the client is made.
const PROGENITOR: &str = "0.15.1";

/// Writes a crate with a client for an OpenAPI 3.0 document, in the profile for clients, to the folder `output`. Nothing is
/// compiled.
///
/// # Errors
/// Fails if a file cannot be written.
pub fn rust(registry: &Registry, document: &Path, output: &Path) -> Result {
    let text = fs::read_to_string(document)?;
    let value: Value =
        serde_json::from_str(&text).map_err(|error| Error::invalid(document.display(), error))?;
    let name = format!("{}-client", registry.file_name());
    write_once(output, "Cargo.toml", &manifest(&name, registry, &value))?;
    write_once(output, ".gitignore", "/target\n")?;
    fs::create_dir_all(output.join("src"))?;
    fs::write(output.join("openapi.json"), text)?;
    let library = format!(
        "//! A client of the API {}, written by progenitor from `openapi.json`.\n//!\n\
         //! Keys and tokens are default headers of the `reqwest::Client` that `Client::new_with_client` takes.\n\n\
         progenitor::generate_api!(spec = \"openapi.json\", interface = Builder);\n",
        registry.title
    );
    Ok(fs::write(output.join("src/lib.rs"), library)?)
}

fn manifest(name: &str, registry: &Registry, document: &Value) -> String {
    let mut optional = String::new();
    for (dependency, is_needed) in [
        (
            "chrono = { version = \"0.4\", default-features = false, features = [\"serde\", \"std\"] }",
            has(document, "format", &["date", "date-time"]),
        ),
        ("regress = \"0.12\"", has(document, "pattern", &[])),
        (
            "uuid = { version = \"1\", features = [\"serde\"] }",
            has(document, "format", &["uuid"]),
        ),
    ] {
        if is_needed {
            optional.push_str(dependency);
            optional.push('\n');
        }
    }
    format!(
        r#"# Written once by `cargo purlin clients rust`: change it as you like. openapi.json and src are written at each run.
[package]
name = "{name}"
description = "A client of the API {}."
version = "{}"
edition = "2024"

# A workspace of its own. To make it a member of yours, remove this table.
[workspace]

[dependencies]
progenitor = {{ version = "={PROGENITOR}", default-features = false, features = ["macro"] }}
progenitor-client = "={PROGENITOR}"
reqwest = {{ version = "0.13", default-features = false, features = ["json", "query", "rustls", "stream"] }}
serde = {{ version = "1", features = ["derive"] }}
serde_json = "1"
{optional}"#,
        registry.title.replace(['"', '\\'], "'"),
        registry.version,
    )
}

/// Whether a schema anywhere in a document has a keyword with one of these values, or with any if there are none.
fn has(document: &Value, keyword: &str, values: &[&str]) -> bool {
    match document {
        Value::Object(members) => members.iter().any(|(key, value)| {
            let is_text = value
                .as_str()
                .is_some_and(|it| values.is_empty() || values.contains(&it));
            key == keyword && is_text || has(value, keyword, values)
        }),
        Value::Array(items) => items.iter().any(|item| has(item, keyword, values)),
        _ => false,
    }
}
