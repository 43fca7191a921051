//! SPDX 2.3, in JSON.

use serde_json::{Value, json};

use super::{Checksum, Component, Materials};

pub(super) fn bill(materials: &Materials) -> Value {
    let Materials {
        components,
        target,
        created,
        commit,
    } = materials;
    let program = components.first().map(id).unwrap_or_default();
    let name = components.first().map_or("", |program| &program.name);
    let dependencies = components.iter().flat_map(|component| {
        let used = component.dependencies.iter();
        let used = used.filter_map(|index| components.get(*index));
        used.map(move |used| relation(&id(component), "DEPENDS_ON", &id(used)))
    });
    let described = [relation("SPDXRef-DOCUMENT", "DESCRIBES", &program)];
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        // Unique for each commit and target; it cannot be fetched.
        "documentNamespace": format!("https://purlin.invalid/spdx/{name}/{commit}/{target}"),
        "creationInfo": {"created": created, "creators": ["Tool: cargo-purlin"]},
        "packages": components.iter().map(package).collect::<Vec<_>>(),
        "relationships": described.into_iter().chain(dependencies).collect::<Vec<_>>(),
    })
}

/// Letters, digits, dots and hyphens.
fn id(component: &Component) -> String {
    let clean = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "-");
    let (name, version) = (clean(&component.name), clean(&component.version));
    match component.kind {
        "cargo" => format!("SPDXRef-{name}-{version}"),
        // A crate may have the same name.
        other => format!("SPDXRef-{other}-{name}-{version}"),
    }
}

fn relation(from: &str, kind: &str, to: &str) -> Value {
    json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to})
}

fn package(component: &Component) -> Value {
    const UNKNOWN: &str = "NOASSERTION";
    let license = component.license.as_deref().unwrap_or(UNKNOWN);
    let mut package = json!({
        "SPDXID": id(component),
        "name": component.name,
        "downloadLocation": component.sources.as_deref().unwrap_or(UNKNOWN),
        "filesAnalyzed": false,
        "licenseConcluded": UNKNOWN,
        "licenseDeclared": license,
        "copyrightText": UNKNOWN,
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": component.purl(),
        }],
    });
    if !component.version.is_empty() {
        package["versionInfo"] = component.version.as_str().into();
    }
    if let Some((bits, hex)) = component.checksum.as_ref().map(Checksum::parts) {
        let algorithm = format!("SHA{bits}");
        package["checksums"] = json!([{"algorithm": algorithm, "checksumValue": hex}]);
    }
    package
}
