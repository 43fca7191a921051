//! Discriminators of tagged unions.

use crate::support::with_schemas;
use purlin_openapi::Dialect;
use serde_json::{Value, json};

fn branch(tag: Value) -> Value {
    json!({
        "type": "object",
        "properties": {"kind": tag, "pair": {"type": "array", "prefixItems": [{"type": "string"}]}},
        "required": ["kind"],
    })
}

fn union(cat: Value, dog: Value, branches: Value) -> impl Fn(Dialect) -> Value {
    let document = with_schemas(&json!({"Cat": cat, "Dog": dog, "Pet": {"oneOf": branches}}));
    move |dialect| {
        let written = document.to_value(dialect);
        let place = match dialect {
            Dialect::V2_0 => "/definitions/Pet",
            _ => "/components/schemas/Pet",
        };
        written.pointer(place).cloned().unwrap_or_default()
    }
}

fn references() -> Value {
    json!([{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}])
}

#[test]
fn distinct_constants_are_the_discriminator() {
    let pet = union(
        branch(json!({"const": "cat"})),
        branch(json!({"type": "string", "enum": ["dog"]})),
        references(),
    );
    let discriminator = json!({
        "propertyName": "kind",
        "mapping": {"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"},
    });
    for dialect in [Dialect::V3_0, Dialect::V3_1] {
        assert_eq!(pet(dialect)["discriminator"], discriminator, "{dialect}");
        // The branches allow more values, but the constants distinguish them.
        assert_eq!(pet(dialect)["oneOf"], references(), "{dialect}");
    }
    assert_eq!(
        pet(Dialect::V2_0),
        json!({"type": "object", "x-oneOf": [{"$ref": "#/definitions/Cat"}, {"$ref": "#/definitions/Dog"}]})
    );
}

#[test]
fn no_discriminator_without_distinct_constants() {
    let cat = || branch(json!({"const": "cat"}));
    let dog = || branch(json!({"const": "dog"}));
    let mut optional = dog();
    optional["required"] = json!([]);
    let mut anything = dog();
    anything
        .as_object_mut()
        .into_iter()
        .for_each(|it| drop(it.remove("type")));
    let cases = [
        (cat(), cat(), references()),
        (cat(), branch(json!({"type": "string"})), references()),
        (cat(), branch(json!({"const": 1})), references()),
        (
            cat(),
            branch(json!({"enum": ["dog", "hound"]})),
            references(),
        ),
        (cat(), optional, references()),
        (cat(), anything, references()),
        (cat(), dog(), json!([{"$ref": "#/components/schemas/Cat"}])),
        (
            cat(),
            dog(),
            json!([{"$ref": "#/components/schemas/Cat"}, {"$ref": "elsewhere.json"}]),
        ),
    ];
    for (cat, dog, branches) in cases {
        let context = format!("{cat} {dog} {branches}");
        let pet = union(cat, dog, branches)(Dialect::V3_1);
        assert!(pet.get("discriminator").is_none(), "{context}");
    }
}

#[test]
fn inline_branches_become_components_named_after_the_union() {
    let cat = || branch(json!({"const": "cat"}));
    let hound = || branch(json!({"const": "basset-hound"}));
    let in_place = json!([{"$ref": "#/components/schemas/Cat"}, hound()]);
    let document = with_schemas(&json!({"Cat": cat(), "Pet": {"oneOf": in_place}}));
    for dialect in [Dialect::V3_0, Dialect::V3_1] {
        let written = document.to_value(dialect);
        let hound_by_name = "#/components/schemas/PetBassetHound";
        let expected = json!({
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": hound_by_name}],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {"cat": "#/components/schemas/Cat", "basset-hound": hound_by_name},
            },
        });
        let schemas = &written["components"]["schemas"];
        assert_eq!(schemas["Pet"], expected, "{dialect}");
        assert_eq!(
            schemas["PetBassetHound"]["required"],
            json!(["kind"]),
            "{dialect}"
        );
    }
}

#[test]
fn inline_branches_stay_if_their_names_are_used_or_equal() {
    let tagged = |tag: &str| branch(json!({"const": tag}));
    let pets = |one: &str, other: &str| json!({"oneOf": [tagged(one), tagged(other)]});
    for (pet, another) in [
        (pets("cat", "dog"), "PetCat"),
        (pets("a-b", "a b"), "Other"),
        (pets("cat", "-"), "Other"),
    ] {
        let document = with_schemas(&json!({"Pet": pet.clone(), another: {"type": "string"}}));
        let written = document.to_value(Dialect::V3_1);
        let schemas = &written["components"]["schemas"];
        assert!(schemas["Pet"].get("discriminator").is_none(), "{pet}");
        assert_eq!(
            schemas.as_object().map(serde_json::Map::len),
            Some(2),
            "{pet}"
        );
    }
}

#[test]
fn an_explicit_discriminator_is_kept() {
    let own = json!({"propertyName": "sort", "mapping": {"c": "#/components/schemas/Cat"}});
    let schema = json!({"oneOf": references(), "discriminator": own});
    let document = with_schemas(&json!({
        "Cat": branch(json!({"const": "cat"})), "Dog": branch(json!({"const": "dog"})), "Pet": schema,
    }));
    let written = document.to_value(Dialect::V3_1);
    assert_eq!(
        written["components"]["schemas"]["Pet"]["discriminator"],
        own
    );
    let written = document.to_value(Dialect::V2_0);
    assert_eq!(
        written["definitions"]["Pet"]["x-discriminator"],
        json!({"propertyName": "sort", "mapping": {"c": "#/definitions/Cat"}})
    );
}

#[test]
fn unions_in_examples_are_ignored() {
    let example = json!({"oneOf": references()});
    let document = with_schemas(&json!({
        "Cat": branch(json!({"const": "cat"})), "Dog": branch(json!({"const": "dog"})),
        "Pet": {"examples": [example], "default": example},
    }));
    let written = document.to_value(Dialect::V3_1);
    assert_eq!(
        written["components"]["schemas"]["Pet"],
        json!({"examples": [example], "default": example})
    );
}
