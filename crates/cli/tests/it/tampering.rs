//! Files, signatures and keys that are not the right ones: each is named, with what was expected.

use cargo_purlin::attest::{Envelope, SigningKey, Statement};
use fs_err as fs;

use crate::support::Built;

/// Asserts that the findings begin with these texts, in this order.
fn assert_findings(built: &Built, expected: &[&str]) {
    let findings = built.findings();
    assert_eq!(findings.len(), expected.len(), "{findings:#?}");
    for (finding, expected) in findings.iter().zip(expected) {
        assert!(finding.starts_with(expected), "{finding}\n{expected}");
    }
}

#[test]
fn changed_image_layer_is_found() {
    let built = Built::signed();
    built.damage("hello-image.tar");
    let digest = "hello-image.tar: has the SHA-256 digest ";
    let sums = "SHA256SUMS: has another digest for hello-image.tar";
    assert_findings(&built, &[digest, sums]);
    // Right checksums do not help.
    built.sum_again();
    assert_findings(&built, &[digest]);
}

#[test]
fn swapped_bills_of_materials_are_found() {
    let built = Built::signed();
    let bills: Vec<_> = built.json("provenance.json")["subject"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|subject| subject["name"].as_str())
        .filter(|name| name.ends_with(".cdx.json") || name.ends_with(".spdx.json"))
        .map(|name| built.file(name))
        .collect();
    let [first, second] = &bills[..] else {
        panic!("{bills:?}")
    };
    let other = built.beside("other");
    fs::rename(first, &other).unwrap();
    fs::rename(second, first).unwrap();
    fs::rename(other, second).unwrap();
    built.sum_again();
    assert_findings(&built, &["hello-linux-", "hello-linux-"]);
}

#[test]
fn missing_file_is_found() {
    let built = Built::signed();
    fs::remove_file(built.file("openapi-3.1.json")).unwrap();
    let missing = "openapi-3.1.json: is missing";
    assert_findings(&built, &[missing, missing]);
    built.sum_again();
    assert_findings(&built, &[missing]);
    let built = Built::signed();
    fs::remove_file(built.file("SHA256SUMS")).unwrap();
    assert_findings(&built, &["SHA256SUMS: is missing"]);
}

#[test]
fn file_that_is_not_named_is_found() {
    let built = Built::signed();
    fs::write(built.file("install.sh"), "").unwrap();
    built.sum_again();
    assert_findings(
        &built,
        &["install.sh: is not named in the provenance: remove it"],
    );
}

#[test]
fn link_or_folder_in_place_of_a_file_is_found() {
    let built = Built::signed();
    let file = built.file("openapi-3.1.json");
    fs::rename(&file, built.beside("document")).unwrap();
    std::os::unix::fs::symlink(built.beside("document"), &file).unwrap();
    assert_findings(&built, &["openapi-3.1.json: is no regular file"]);
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_findings(&built, &["openapi-3.1.json: is no regular file"]);
}

#[test]
fn unsigned_statement_does_not_satisfy_a_key() {
    let built = Built::signed();
    fs::remove_file(built.file("provenance.dsse.json")).unwrap();
    built.sum_again();
    let expected = "provenance.dsse.json: is missing: a signature is demanded, and the provenance is not signed";
    assert_findings(&built, &[expected]);
}

#[test]
fn signature_by_another_key_is_rejected() {
    let built = Built::signed();
    let key = SigningKey::read(&built.beside("2.pem")).unwrap();
    let payload = fs::read(built.file("provenance.json")).unwrap();
    let envelope = Envelope::sign(Statement::MEDIA_TYPE, payload, &key);
    fs::write(built.file("provenance.dsse.json"), envelope.to_json()).unwrap();
    built.sum_again();
    let expected = "provenance.dsse.json: is not signed with the key ";
    assert_findings(&built, &[expected]);
}

#[test]
fn changed_statement_is_rejected() {
    let built = Built::signed();
    let json = fs::read_to_string(built.file("provenance.json")).unwrap();
    let changed = json.replace(&built.commit, &"0".repeat(40));
    fs::write(built.file("provenance.json"), &changed).unwrap();
    let expected = "provenance.json: is not the statement in the signed envelope";
    assert_findings(&built, &[expected]);
    // The same in the envelope, with the signature it had.
    let mut envelope = built.json("provenance.dsse.json");
    let read = Envelope::parse(envelope.to_string().as_bytes()).unwrap();
    assert_ne!(read.payload, changed.as_bytes());
    let key = SigningKey::read(&built.beside("2.pem")).unwrap();
    let other = Envelope::sign(Statement::MEDIA_TYPE, changed.into_bytes(), &key);
    let other: serde_json::Value = serde_json::from_slice(&other.to_json()).unwrap();
    envelope["payload"] = other["payload"].clone();
    fs::write(built.file("provenance.dsse.json"), envelope.to_string()).unwrap();
    let expected = "provenance.dsse.json: has an invalid signature: it names the key ";
    assert_findings(&built, &[expected]);
}

#[test]
fn signed_payload_of_another_type_is_no_statement() {
    let built = Built::signed();
    let key = SigningKey::read(&built.beside("1.pem")).unwrap();
    let payload = fs::read(built.file("provenance.json")).unwrap();
    let envelope = Envelope::sign("text/plain", payload, &key);
    fs::write(built.file("provenance.dsse.json"), envelope.to_json()).unwrap();
    assert_findings(
        &built,
        &["provenance.dsse.json: payloadType is text/plain, and "],
    );
    built.sign_again(|statement| statement.predicate_type = "https://example.com/a".to_owned());
    let expected = "provenance.dsse.json: predicateType is https://example.com/a, and ";
    assert_findings(&built, &[expected]);
    let built = Built::signed();
    built.sign_again(|statement| {
        let definition = &mut statement.predicate["buildDefinition"];
        definition["buildType"] = "https://example.com/b".into();
        definition["externalParameters"]["script"] = "x.sh".into();
    });
    let expected = [
        "provenance.dsse.json: buildType is https://example.com/b, and ",
        "provenance.dsse.json: the external parameter `script` is not known",
    ];
    assert_findings(&built, &expected);
}

#[test]
fn statement_that_contradicts_its_files_is_found() {
    let built = Built::signed();
    let zeros = "0".repeat(40);
    built.sign_again(|statement| {
        let dependencies = &mut statement.predicate["buildDefinition"]["resolvedDependencies"];
        let dependencies = dependencies.as_array_mut().unwrap().iter_mut();
        for source in dependencies.filter(|it| it["name"] == "source") {
            source["digest"]["gitCommit"] = zeros.as_str().into();
        }
    });
    let commit = &built.commit;
    let image = format!(
        "hello-image.tar: org.opencontainers.image.revision is {commit}, and the provenance names {zeros}"
    );
    let record = format!("build.json: commit is {commit}, and the provenance names {zeros}");
    assert_findings(&built, &[&image, &record]);
}

#[test]
fn image_that_is_not_in_the_archive_is_found() {
    let built = Built::signed();
    built.sign_again(|statement| {
        let mut subjects = statement.subjects.iter_mut();
        let image = subjects.find(|it| it.is_image()).unwrap();
        image.digest = cargo_purlin::oci::Digest::of(b"another");
    });
    let expected = [
        "hello-image.tar: contains the image sha256:",
        "hello: the image sha256:",
        "build.json: contains the image sha256:",
    ];
    assert_findings(&built, &expected);
}

#[test]
fn key_that_cannot_be_used_is_an_error_and_no_finding() {
    let built = Built::signed();
    let error = |name: &str, text: &str| {
        let file = built.beside(name);
        fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        let error = built.verify(&["--key", file]).unwrap_err().to_string();
        error.strip_prefix(&format!("{file}: ")).unwrap().to_owned()
    };
    let expected = "is not PEM: there is no line `-----BEGIN PUBLIC KEY-----`";
    assert_eq!(error("empty", ""), expected);
    let private = fs::read_to_string(built.beside("1.pem")).unwrap();
    let expected = "contains a PRIVATE KEY, and a PUBLIC KEY is needed";
    assert!(error("private", &private).starts_with(expected));
    let public = fs::read_to_string(built.beside("1.pub")).unwrap();
    let short = public.replacen("MCow", "MCo", 1);
    assert!(error("short", &short).starts_with("is damaged: "));
    let error = built.verify(&["--key", "no/such/file"]).unwrap_err();
    assert!(error.to_string().contains("no/such/file"), "{error}");
}
