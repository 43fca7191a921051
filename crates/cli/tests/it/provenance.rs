//! The statement has the structure of in-toto's statements and of SLSA's provenance, and names what the build was made of.

use cargo_purlin::oci::Digest;
use fs_err as fs;
use serde_json::{Value, json};

use crate::support::Built;

/// The requirements of the specifications of in-toto's statement 1 and SLSA's provenance 1.
fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["_type", "subject", "predicateType", "predicate"],
        "properties": {
            "_type": {"const": "https://in-toto.io/Statement/v1"},
            "predicateType": {"const": "https://slsa.dev/provenance/v1"},
            "subject": {
                "type": "array",
                "minItems": 1,
                "items": {"$ref": "#/$defs/resource", "required": ["digest", "name"]},
            },
            "predicate": {
                "required": ["buildDefinition", "runDetails"],
                "properties": {
                    "buildDefinition": {
                        "required": ["buildType", "externalParameters"],
                        "properties": {
                            "buildType": {"$ref": "#/$defs/uri"},
                            "externalParameters": {"type": "object"},
                            "internalParameters": {"type": "object"},
                            "resolvedDependencies": {
                                "type": "array",
                                "items": {"$ref": "#/$defs/resource"},
                            },
                        },
                        "additionalProperties": false,
                    },
                    "runDetails": {
                        "required": ["builder"],
                        "properties": {
                            "builder": {
                                "required": ["id"],
                                "properties": {"id": {"$ref": "#/$defs/uri"}},
                                "additionalProperties": false,
                            },
                            // No invocation and no times: the statement is reproducible.
                        },
                        "additionalProperties": false,
                    },
                },
                "additionalProperties": false,
            },
        },
        "additionalProperties": false,
        "$defs": {
            "uri": {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:[^ ]+$"},
            "resource": {
                "type": "object",
                "anyOf": [
                    {"required": ["uri"]},
                    {"required": ["digest"]},
                    {"required": ["content"]},
                ],
                "properties": {
                    "name": {"type": "string"},
                    "uri": {"$ref": "#/$defs/uri"},
                    "mediaType": {"type": "string"},
                    "annotations": {"type": "object"},
                    "digest": {
                        "type": "object",
                        "minProperties": 1,
                        "properties": {
                            "gitCommit": {"pattern": "^[0-9a-f]{40}$"},
                            "sha256": {"pattern": "^[0-9a-f]{64}$"},
                            "sha512": {"pattern": "^[0-9a-f]{128}$"},
                        },
                        "additionalProperties": false,
                    },
                },
                "additionalProperties": false,
            },
        },
    })
}

#[test]
fn statement_is_valid() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let mut statement = Built::signed().json("provenance.json");
    let errors = validator.iter_errors(&statement);
    let errors: Vec<_> = errors
        .map(|it| format!("{} {it}", it.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    // The schema rejects what the specifications do.
    statement["predicate"]["buildDefinition"]["resolvedDependencies"] = json!([{"name": "a"}]);
    assert!(!validator.is_valid(&statement));
}

#[test]
fn every_file_and_the_image_are_subjects() {
    let built = Built::signed();
    let statement = built.json("provenance.json");
    let subjects = statement["subject"].as_array().unwrap();
    let mut named = Vec::new();
    for subject in subjects.iter().filter(|it| it["mediaType"].is_null()) {
        let name = subject["name"].as_str().unwrap();
        let digest = Digest::of(&fs::read(built.file(name)).unwrap());
        assert_eq!(subject["digest"]["sha256"], digest.hex(), "{name}");
        named.push(name.to_owned());
    }
    let files = fs::read_dir(built.files()).unwrap();
    let files = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let unnamed: Vec<_> = files.filter(|file| !named.contains(file)).collect();
    let mut unnamed: Vec<_> = unnamed.iter().map(String::as_str).collect();
    unnamed.sort_unstable();
    let expected = ["SHA256SUMS", "provenance.dsse.json", "provenance.json"];
    assert_eq!(unnamed, expected);
    let images: Vec<_> = subjects
        .iter()
        .filter(|it| !it["mediaType"].is_null())
        .collect();
    assert_eq!(images.len(), 1);
    let hex = images[0]["digest"]["sha256"].as_str().unwrap();
    let uri = format!("pkg:oci/hello@sha256%3A{hex}?tag=1.0.0");
    assert_eq!(
        (&images[0]["name"], &images[0]["uri"]),
        (&json!("hello"), &json!(uri))
    );
    assert_eq!(
        built.json("build.json")["images"]["hello"],
        format!("sha256:{hex}")
    );
}

#[test]
fn sources_and_tools_are_named_with_their_digests() {
    let built = Built::signed();
    let statement = built.json("provenance.json");
    let definition = &statement["predicate"]["buildDefinition"];
    let dependency = |name: &str| {
        let all = definition["resolvedDependencies"].as_array().unwrap();
        all.iter().find(|it| it["name"] == name).unwrap()
    };
    let source = dependency("source");
    let commit = &built.commit;
    assert_eq!(
        source["uri"],
        format!("git+https://example.com/hello@{commit}")
    );
    assert_eq!(source["digest"]["gitCommit"], *commit);
    let lock = "version = 4\n\n[[package]]\nname = \"hello\"\nversion = \"1.0.0\"\n";
    let lock = Digest::of(lock.as_bytes());
    assert_eq!(dependency("Cargo.lock")["digest"]["sha256"], lock.hex());
    assert!(dependency("rustc")["digest"]["gitCommit"].is_string());
    let parameters = &definition["externalParameters"];
    assert_eq!(parameters["package"], "hello");
    assert_eq!(parameters["profile"], "dist");
    assert_eq!(parameters["libc"], "gnu");
    // The time of the commit, not of the build.
    assert_eq!(parameters["sourceDateEpoch"], 1_767_225_600);
}

#[test]
fn bills_of_materials_name_the_standard_library_and_the_c_library() {
    let built = Built::signed();
    let statement = built.json("provenance.json");
    let subjects = statement["subject"].as_array().unwrap();
    let mut names = subjects.iter().filter_map(|it| it["name"].as_str());
    let bill = built.json(names.find(|it| it.ends_with(".cdx.json")).unwrap());
    let components = bill["components"].as_array().unwrap();
    let rust = components
        .iter()
        .find(|it| it["name"] == "rust-std")
        .unwrap();
    let rustc = &built.json("build.json")["rustc"][0];
    let version = rust["version"].as_str().unwrap();
    assert!(rustc.as_str().unwrap().contains(version), "{rust} {rustc}");
    let vcs = rust["externalReferences"][0]["url"].as_str().unwrap();
    assert!(
        vcs.starts_with("git+https://github.com/rust-lang/rust@"),
        "{vcs}"
    );
    let is_libc = |it: &&Value| it["name"] == "glibc" || it["name"] == "libc6-dev";
    let libc = components.iter().find(is_libc).unwrap();
    assert_eq!(libc["hashes"][0]["alg"], "SHA-256");
}
