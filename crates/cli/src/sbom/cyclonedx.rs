//! CycloneDX 1.5, in JSON.

use serde_json::{Value, json};

use super::{Component, Materials};

pub(super) fn bill(materials: &Materials) -> Value {
    let Materials {
        components,
        created,
        ..
    } = materials;
    let (program, libraries) = match components.split_first() {
        Some((program, libraries)) => (component(program, "application"), libraries),
        None => (Value::Null, &[][..]),
    };
    let dependencies = components.iter().map(|component| {
        let used = component
            .dependencies
            .iter()
            .filter_map(|nth| components.get(*nth));
        let used: Vec<_> = used.map(Component::purl).collect();
        json!({"ref": component.purl(), "dependsOn": used})
    });
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": created,
            "component": program,
            "tools": {"components": [{"type": "application", "name": "cargo-purlin"}]},
        },
        "components": libraries.iter().map(|it| component(it, "library")).collect::<Vec<_>>(),
        "dependencies": dependencies.collect::<Vec<_>>(),
    })
}

fn component(component: &Component, kind: &str) -> Value {
    let mut bill = json!({
        "type": kind,
        "bom-ref": component.purl(),
        "purl": component.purl(),
        "name": component.name,
        "version": component.version,
    });
    if let Some(license) = &component.license {
        bill["licenses"] = json!([{"expression": license}]);
    }
    if let Some(checksum) = &component.checksum {
        bill["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
    }
    bill
}
