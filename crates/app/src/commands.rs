//! The commands that print registries: `routes` and `openapi`.

use std::{borrow::Cow, fmt::Write};

use purlin_router::{OperationInfo, Router};
use serde_json::Value;

use crate::{
    api::Api,
    cli::{DocumentOptions, Format, Profile},
};

/// Prints the table of all operations.
pub(crate) fn routes(apis: &[Api]) -> String {
    let mut rows =
        vec![["METHOD", "PATH", "OPERATION", "AUTHENTICATORS", "SUMMARY"].map(str::to_owned)];
    for api in apis {
        rows.extend(api.router.operations().map(|operation| {
            [
                operation.method().to_string(),
                operation.template().to_owned(),
                operation.operation_id().to_owned(),
                authenticators(operation),
                operation.summary().unwrap_or_default().to_owned(),
            ]
        }));
    }
    table(&rows)
}

/// Returns the names of an operation's authenticators. With `or none` a request needs no credential.
fn authenticators(operation: &OperationInfo) -> String {
    let names: Vec<_> = operation.authenticators().collect();
    match names.join(", ") {
        names if names.is_empty() => "-".to_owned(),
        names if operation.is_authentication_optional() => format!("{names} or none"),
        names => names,
    }
}

/// Aligns the columns of rows.
pub(crate) fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            // Writing to a String does not fail.
            let _ = write!(line, "{cell:width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Prints title and version of every registry, as JSON.
pub(crate) fn list(apis: &[Api]) -> String {
    let registries = apis.iter().map(Api::to_json).collect();
    format!("{:#}\n", Value::Array(registries))
}

/// Prints the document of the only registry, or of the selected one.
pub(crate) fn openapi(apis: &[Api], options: &DocumentOptions) -> Result<String, String> {
    let wanted = options.registry.as_deref();
    let named: Vec<&Api> = apis
        .iter()
        .filter(|api| wanted.is_none_or(|wanted| api.is_named(wanted)))
        .collect();
    match named.as_slice() {
        [api] => Ok(document(&api.router, options)),
        [] if apis.is_empty() => Err("there is no registry to document".to_owned()),
        [] => Err(format!(
            "no registry is called `{}`; there are: {}",
            wanted.unwrap_or_default(),
            names(apis.iter())
        )),
        several => Err(format!(
            "several registries could be meant; name one with --registry \"TITLE VERSION\": {}",
            names(several.iter().copied())
        )),
    }
}

fn document(router: &Router, options: &DocumentOptions) -> String {
    let mut document = if options.rust_items {
        Cow::Owned(router.document_with_items())
    } else {
        Cow::Borrowed(router.document())
    };
    if options.profile == Profile::Clients {
        document = Cow::Owned(document.for_clients());
    }
    let text = match options.format {
        Format::Json => document.to_json(options.dialect),
        Format::Yaml => document.to_yaml(options.dialect),
    };
    format!("{}\n", text.trim_end())
}

fn names<'a>(apis: impl Iterator<Item = &'a Api>) -> String {
    apis.map(|api| format!("`{}`", api.name()))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use purlin_router::{
        Json, Operation, Registry,
        auth::{HeaderApiKey, anyone},
        schemas::Message,
    };

    use super::routes;
    use crate::api;

    async fn hello() -> Json<Message> {
        Json(Message::new("Hello"))
    }

    #[test]
    fn optional_authentication_is_distinguished_from_required_authentication() {
        let registry = Registry::new("Hello", "1.0.0")
            .authenticator("key", HeaderApiKey::new("X-Key").key("tests", "secret"))
            .operation(Operation::get("/open", hello).operation_id("open"))
            .operation(
                Operation::get("/required", hello)
                    .operation_id("required")
                    .authenticators(["key"]),
            )
            .operation(
                Operation::get("/optional", hello)
                    .operation_id("optional")
                    .authenticators(["key".into(), anyone()]),
            );
        let (apis, errors) = api::build([registry]);
        assert!(errors.is_empty(), "{errors:?}");
        let table = routes(&apis);
        let cell = |path: &str| {
            let row = table.lines().find(|row| row.contains(path));
            let cells = row.unwrap().split("  ").filter(|cell| !cell.is_empty());
            cells.map(str::trim).nth(3).unwrap().to_owned()
        };
        assert_eq!(cell("/open"), "-");
        assert_eq!(cell("/required"), "key");
        assert_eq!(cell("/optional"), "key or none");
    }
}
