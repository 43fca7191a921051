//! The rich document in every dialect, compared with golden files, and the
//! names of the dialects.

use crate::support::{assert_golden, rich};
use purlin_openapi::{Dialect, Document, Info};
use serde_json::json;

#[test]
fn a_rich_document_in_swagger_2_0() {
    assert_golden("rich.v2_0.json", &rich::document().to_json(Dialect::V2_0));
}

#[test]
fn a_rich_document_in_openapi_3_0() {
    assert_golden("rich.v3_0.json", &rich::document().to_json(Dialect::V3_0));
}

#[test]
fn a_rich_document_in_openapi_3_1() {
    assert_golden("rich.v3_1.json", &rich::document().to_json(Dialect::V3_1));
}

#[test]
fn a_rich_document_as_yaml() {
    assert_golden("rich.v3_1.yaml", &rich::document().to_yaml(Dialect::V3_1));
}

#[test]
fn empty_parts_are_omitted() {
    let document = Document::new(Info::new("Empty", "1"));
    let info = json!({"title": "Empty", "version": "1"});
    assert_eq!(
        document.to_value(Dialect::V2_0),
        json!({"swagger": "2.0", "info": info, "paths": {}})
    );
    assert_eq!(
        document.to_value(Dialect::V3_0),
        json!({"openapi": "3.0.4", "info": info, "paths": {}})
    );
}

#[test]
fn dialects_are_parsed_from_their_names() {
    for &dialect in Dialect::ALL {
        assert_eq!(dialect.to_string().parse(), Ok(dialect));
        let version = dialect.version_text();
        assert!(version.starts_with(&dialect.to_string()), "{version}");
    }
    assert_eq!("3.0".parse(), Ok(Dialect::V3_0));
    let refused = "3".parse::<Dialect>().unwrap_err();
    assert_eq!(
        refused.to_string(),
        "unsupported OpenAPI version `3`; use `2.0`, `3.0` or `3.1`"
    );
}

#[test]
fn every_reference_has_a_target() {
    for &dialect in Dialect::ALL {
        let document = rich::document().to_value(dialect);
        let text = document.to_string();
        for reference in text.split("\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{dialect}: #{pointer}");
        }
    }
}
