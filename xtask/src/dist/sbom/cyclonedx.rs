//! CycloneDX 1.5, in JSON.

use serde_json::{Value, json};

use super::{Materials, Package};

pub(super) fn bill(materials: &Materials) -> Value {
    let Materials {
        packages, created, ..
    } = materials;
    let (program, parts) = match packages.split_first() {
        Some((program, parts)) => (component(program, "application"), parts),
        None => (Value::Null, &[][..]),
    };
    let dependencies = packages.iter().map(|package| {
        let uses = package.uses.iter().filter_map(|nth| packages.get(*nth));
        let uses: Vec<_> = uses.map(Package::purl).collect();
        json!({"ref": package.purl(), "dependsOn": uses})
    });
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": created,
            "component": program,
            "tools": {"components": [{"type": "application", "name": "cargo xtask dist"}]},
        },
        "components": parts.iter().map(|it| component(it, "library")).collect::<Vec<_>>(),
        "dependencies": dependencies.collect::<Vec<_>>(),
    })
}

fn component(package: &Package, kind: &str) -> Value {
    let mut told = json!({
        "type": kind,
        "bom-ref": package.purl(),
        "purl": package.purl(),
        "name": package.name,
        "version": package.version,
    });
    if let Some(license) = &package.license {
        told["licenses"] = json!([{"expression": license}]);
    }
    if let Some(checksum) = &package.checksum {
        told["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
    }
    told
}
