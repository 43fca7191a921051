//! Documents: every dialect of any document can be written and read.
//!
//! [`draw`](crate::draw) turns the bytes into a document whose references resolve. They must resolve in every dialect, with
//! and without unused components; JSON and YAML must be equal; and the schemas of the older dialects must accept what
//! that of OpenAPI 3.1 accepts.

use arbitrary::Unstructured;
use purlin_openapi::{Dialect, Document};
use serde_json::Value;

use crate::{draw, older};

/// The target.
pub fn documents(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let Ok(mut document) = draw::document(&mut bytes) else {
        return;
    };
    written(&document);
    older::allows_what_3_1_allows(&document, &mut bytes);
    document.prune();
    for &dialect in Dialect::ALL {
        leads_somewhere(&document.to_value(dialect), dialect);
    }
}

fn written(document: &Document) {
    for &dialect in Dialect::ALL {
        let value = document.to_value(dialect);
        let member = match dialect {
            Dialect::V2_0 => "swagger",
            _ => "openapi",
        };
        assert_eq!(value[member], dialect.version_text(), "{dialect}");
        leads_somewhere(&value, dialect);

        let json = document.to_json(dialect);
        match serde_json::from_str::<Value>(&json) {
            Ok(read) => assert_eq!(read, value, "{dialect} as JSON"),
            Err(error) => panic!("{dialect} is no JSON: {error}\n{json}"),
        }
        let yaml = document.to_yaml(dialect);
        match yaml_serde::from_str::<Value>(&yaml) {
            Ok(read) => assert_eq!(read, value, "{dialect} as YAML:\n{yaml}"),
            Err(error) => panic!("{dialect} is no YAML: {error}\n{yaml}"),
        }
    }
}

/// Checks that every local reference resolves.
fn leads_somewhere(document: &Value, dialect: Dialect) {
    all_lead_somewhere(document, document, dialect);
}

fn all_lead_somewhere(value: &Value, document: &Value, dialect: Dialect) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref")
                && let Some(pointer) = reference.strip_prefix('#')
            {
                let found = document.pointer(pointer);
                assert!(found.is_some(), "{dialect}: {reference} leads nowhere");
            }
            for member in members.values() {
                all_lead_somewhere(member, document, dialect);
            }
        }
        Value::Array(items) => {
            for item in items {
                all_lead_somewhere(item, document, dialect);
            }
        }
        _ => {}
    }
}
