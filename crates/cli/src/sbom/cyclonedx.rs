//! CycloneDX 1.5, in JSON.

use serde_json::{Value, json};

use super::{Checksum, Component, Materials};

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
    });
    if !component.version.is_empty() {
        bill["version"] = component.version.as_str().into();
    }
    if let Some(license) = &component.license {
        bill["licenses"] = json!([{"expression": license}]);
    }
    if let Some((bits, hex)) = component.checksum.as_ref().map(Checksum::parts) {
        bill["hashes"] = json!([{"alg": format!("SHA-{bits}"), "content": hex}]);
    }
    if let Some(sources) = &component.sources {
        bill["externalReferences"] = json!([{"type": "vcs", "url": sources}]);
    }
    bill
}
