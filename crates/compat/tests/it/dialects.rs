//! Generated documents: each is equal to itself, and the dialects of one API are
//! equal as far as they can express the same.

use std::{collections::BTreeSet, fs, path::Path};

use purlin_compat::Severity;
use serde_json::Value;

use crate::support::{assert_pointers_exist, report};

fn read(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Returns all documents of these folders.
fn documents() -> Vec<String> {
    let folders = [
        "../openapi/tests/golden",
        "../router/tests/golden",
        "../router/tests/golden/parity",
    ];
    let files = folders.iter().flat_map(|folder| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = fs::read_dir(path)
            .unwrap()
            .map(|file| file.unwrap().file_name());
        files.map(move |file| format!("{folder}/{}", file.to_str().unwrap()))
    });
    files.filter(|file| file.ends_with(".json")).collect()
}

/// Returns the breaking findings between two dialects of one API as `RULE OLD_POINTER`.
fn breaking(old: &Value, new: &Value) -> BTreeSet<String> {
    let report = report(old, new);
    assert_pointers_exist(&report, old, new);
    let findings = report
        .findings
        .iter()
        .filter(|it| it.severity == Severity::Breaking);
    findings
        .map(|it| format!("{} {}", it.rule, it.old_pointer))
        .collect()
}

#[test]
fn every_document_is_equal_to_itself() {
    let documents = documents();
    assert!(documents.len() >= 18, "{documents:?}");
    for path in documents {
        let document = read(&path);
        assert_eq!(report(&document, &document).findings, [], "{path}");
    }
}

#[test]
fn services_are_equal_in_swagger_2_0_and_openapi_3_1() {
    let mut count = 0;
    for path in documents()
        .iter()
        .filter(|path| path.ends_with(".2.0.json"))
    {
        let (old, new) = (read(path), read(&path.replace(".2.0.json", ".3.1.json")));
        let none = BTreeSet::new();
        assert_eq!(breaking(&old, &new), none, "{path}");
        assert_eq!(
            breaking(&new, &old),
            none,
            "{path} in the opposite direction"
        );
        count += 1;
    }
    assert!(count >= 6, "{count}");
}

fn rich(old: &str, new: &str) -> BTreeSet<String> {
    let document = |dialect: &str| read(&format!("../openapi/tests/golden/rich.{dialect}.json"));
    breaking(&document(old), &document(new))
}

fn are<const N: usize>(findings: [&str; N]) -> BTreeSet<String> {
    findings.map(ToOwned::to_owned).into()
}

// The remaining differences are what the older dialects cannot express:
//
// - 3.0 and 2.0 have no `prefixItems`: every item may match any of them. They have neither `patternProperties` nor
//   `propertyNames`, and accept unknown properties instead of rejecting them. They have no client certificates: the
//   operation has no security requirement, and its description states who may call it.
// - 2.0 has no `not`, no operations with their own servers and no TRACE. An object parameter becomes one parameter per
//   property, and an object in a form becomes a string.
//
// A constraint that an older dialect lacks is an addition in the opposite direction.

const LISTS: [&str; 5] = [
    "response-property-any-of-added /components/schemas/Todo/properties/window/prefixItems/0",
    "response-property-any-of-added /components/schemas/Todo/properties/window/prefixItems/1",
    "response-property-any-of-added /paths/~1events/get/responses/200/content/application~1json/schema/oneOf/0/items",
    "response-property-any-of-added /paths/~1events/get/responses/200/content/application~1json/schema/oneOf/0/prefixItems/0",
    "response-property-constraint-removed /components/schemas/Todo/properties/labels/propertyNames",
];

const ABSENT_IN_2_0: [&str; 5] = [
    "api-path-removed-without-deprecation /paths/~1elsewhere/get",
    "api-path-removed-without-deprecation /paths/~1trace/trace",
    "new-required-request-parameter /paths/~1lists~1{list}~1todos/get",
    "request-property-type-changed /components/schemas/Finished/type",
    "response-property-constraint-removed /components/schemas/Todo/properties/owner/not",
];

#[test]
fn openapi_3_0_differs_from_3_1_only_in_what_it_cannot_express() {
    assert_eq!(rich("v3_1", "v3_0"), are(LISTS));
    assert_eq!(
        rich("v3_0", "v3_1"),
        are([
            "api-security-added /paths/~1admin/delete",
            "request-property-additional-properties-removed /components/schemas/Todo/properties/labels",
            "request-property-any-of-removed /components/schemas/Todo/properties/window/items/anyOf/0",
            "request-property-any-of-removed /components/schemas/Todo/properties/window/items/anyOf/1",
            "request-property-constraint-added /components/schemas/Todo/properties/labels",
        ])
    );
}

#[test]
fn swagger_2_0_differs_from_openapi_3_only_in_what_it_cannot_express() {
    assert_eq!(rich("v3_0", "v2_0"), are(ABSENT_IN_2_0));
    let mut all = are(ABSENT_IN_2_0);
    all.extend(are(LISTS));
    assert_eq!(rich("v3_1", "v2_0"), all);
    let back = [
        "new-required-request-parameter /paths/~1lists~1{list}~1todos/get",
        "request-property-constraint-added /definitions/Todo/properties/owner",
        "request-property-type-changed /paths/~1files/post/parameters/0/type",
    ];
    assert_eq!(rich("v2_0", "v3_0"), are(back));
    let mut all = are(back);
    all.extend(are([
        "api-security-added /paths/~1admin/delete",
        "request-property-additional-properties-removed /definitions/Todo/properties/labels",
        "request-property-any-of-removed /definitions/Todo/properties/window/items/x-anyOf/0",
        "request-property-any-of-removed /definitions/Todo/properties/window/items/x-anyOf/1",
        "request-property-constraint-added /definitions/Todo/properties/labels",
    ]));
    assert_eq!(rich("v2_0", "v3_1"), all);
}
