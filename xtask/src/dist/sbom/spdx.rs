//! SPDX 2.3, in JSON.

use serde_json::{Value, json};

use super::{Materials, Package};

pub(super) fn bill(materials: &Materials) -> Value {
    let Materials {
        packages,
        target,
        created,
        commit,
    } = materials;
    let program = packages.first().map(id).unwrap_or_default();
    let name = packages.first().map_or("", |program| &program.name);
    let uses = packages.iter().flat_map(|package| {
        let uses = package.uses.iter().filter_map(|nth| packages.get(*nth));
        uses.map(move |used| relation(&id(package), "DEPENDS_ON", &id(used)))
    });
    let described = [relation("SPDXRef-DOCUMENT", "DESCRIBES", &program)];
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        // One of a kind for each commit and platform, and nothing that could be fetched.
        "documentNamespace": format!("https://purlin.invalid/spdx/{name}/{commit}/{target}"),
        "creationInfo": {"created": created, "creators": ["Tool: cargo-xtask-dist"]},
        "packages": packages.iter().map(package).collect::<Vec<_>>(),
        "relationships": described.into_iter().chain(uses).collect::<Vec<_>>(),
    })
}

/// Letters, digits, dots and hyphens.
fn id(package: &Package) -> String {
    let clean = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "-");
    format!(
        "SPDXRef-{}-{}",
        clean(&package.name),
        clean(&package.version)
    )
}

fn relation(from: &str, kind: &str, to: &str) -> Value {
    json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to})
}

fn package(package: &Package) -> Value {
    const UNKNOWN: &str = "NOASSERTION";
    let license = package.license.as_deref().unwrap_or(UNKNOWN);
    let mut told = json!({
        "SPDXID": id(package),
        "name": package.name,
        "versionInfo": package.version,
        "downloadLocation": UNKNOWN,
        "filesAnalyzed": false,
        "licenseConcluded": UNKNOWN,
        "licenseDeclared": license,
        "copyrightText": UNKNOWN,
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": package.purl(),
        }],
    });
    if let Some(checksum) = &package.checksum {
        told["checksums"] = json!([{"algorithm": "SHA256", "checksumValue": checksum}]);
    }
    told
}
