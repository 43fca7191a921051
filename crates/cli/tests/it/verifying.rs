//! What `dist` wrote is verified, and against which demands.

use cargo_purlin::{
    dist::{self, Verdict, Verified, VerifyOptions},
    oci::Contents,
};
use fs_err as fs;

use crate::support::{Built, build, git, keys, service};

fn verified(built: &Built, args: &[&str]) -> Verified {
    match built.verify(args).unwrap() {
        Verdict::Verified(verified) => verified,
        Verdict::NotVerified(findings) => panic!("{findings:?}"),
    }
}

#[test]
fn signed_build_is_verified() {
    let built = Built::signed();
    let key = built.beside("1.pub");
    let record = built.json("build.json");
    let image = record["images"]["hello"].as_str().unwrap();
    let verified = verified(
        &built,
        &[
            "--key",
            key.to_str().unwrap(),
            "--commit",
            &built.commit,
            "--image",
            image,
        ],
    );
    assert_eq!(verified.commit.as_deref(), Some(&*built.commit));
    assert_eq!(verified.images, [("hello".to_owned(), image.to_owned())]);
    assert!(verified.files.contains(&"hello-sbom.tar".to_owned()));
    assert!(verified.builder.ends_with("#holder-of-the-key"));
    assert_eq!(verified.key_id.unwrap().len(), 64);
}

#[test]
fn folder_without_files_is_an_error_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    for (path, problem) in [("", "is empty"), ("none", "does not exist")] {
        let error = dist::verify(&folder.path().join(path), &VerifyOptions::default());
        let error = error.unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
        assert!(error.contains("with `dist`"), "{error}");
    }
}

#[test]
fn findings_are_counted() {
    let built = Built::signed();
    fs::remove_file(built.file("build.json")).unwrap();
    let verdict = built.verify(&[]).unwrap().to_string();
    assert!(verdict.ends_with("\n2 findings: not verified"), "{verdict}");
    fs::remove_file(built.file("provenance.json")).unwrap();
    let verdict = built.verify(&[]).unwrap().to_string();
    assert_eq!(
        verdict,
        "provenance.json: is missing\n1 finding: not verified"
    );
}

#[test]
fn without_a_key_nothing_is_said_of_the_signer() {
    let built = Built::signed();
    assert_eq!(verified(&built, &[]).key_id, None);
    fs::remove_file(built.file("provenance.dsse.json")).unwrap();
    built.sum_again();
    assert_eq!(verified(&built, &[]).key_id, None);
}

#[test]
fn other_commit_builder_or_image_than_demanded_is_a_finding() {
    let built = Built::signed();
    let zeros = "0".repeat(40);
    let findings = built.findings_with(&["--commit", &zeros]);
    let commit = &built.commit;
    let expected = format!("provenance.dsse.json: the commit is {commit}, and {zeros} is demanded");
    assert_eq!(findings, [expected]);
    let findings = built.findings_with(&["--builder", "https://example.com/ci"]);
    assert!(findings[0].ends_with("and https://example.com/ci is demanded"));
    let image = format!("sha256:{}", "0".repeat(64));
    let findings = built.findings_with(&["--image", &image]);
    let expected = format!("provenance.dsse.json: the image {image} is in none of the archives");
    assert_eq!(findings, [expected]);
}

#[test]
fn named_builder_is_in_the_provenance_and_the_same_commit_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder.path().join("service"));
    let (private, _) = keys(folder.path(), 1);
    let builder = "https://example.com/ci";
    let args = [
        "--sign-key",
        private.to_str().unwrap(),
        "--builder",
        builder,
    ];
    let outputs = ["first", "second"].map(|name| folder.path().join(name));
    for output in &outputs {
        build(&service, output, &args).unwrap();
    }
    let names = |folder| {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&outputs[0]), names(&outputs[1]));
    for name in names(&outputs[0]) {
        let [first, second] = outputs
            .each_ref()
            .map(|it| fs::read(it.join(&name)).unwrap());
        assert!(first == second, "{name:?} differs");
    }
    let provenance = fs::read_to_string(outputs[0].join("provenance.json")).unwrap();
    assert!(provenance.contains(builder));
    // A build without a key takes the signature away.
    build(&service, &outputs[0], &[]).unwrap();
    assert!(!outputs[0].join("provenance.dsse.json").exists());
    // Changed sources are built, and not signed.
    fs::write(service.workspace.join("new"), "").unwrap();
    let error = build(&service, &outputs[0], &args).unwrap_err().to_string();
    let commit = git(&service.workspace, &["rev-parse", "HEAD"]);
    let expected = format!("--sign-key: the sources are {commit}-dirty, which is no commit:");
    assert!(error.starts_with(&expected), "{error}");
}

#[test]
fn sources_without_a_commit_have_no_revision_and_are_dated_1970() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder.path().join("service"));
    fs::remove_dir_all(service.workspace.join(".git")).unwrap();
    let output = folder.path().join("files");
    build(&service, &output, &[]).unwrap();
    let record = fs::read(output.join("build.json")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    assert_eq!(record["commit"], "unknown");
    assert_eq!(record["source_date_epoch"], 0);
    let image = Contents::read(&output.join("hello-image.tar")).unwrap();
    let label = |name: &str| image.annotations(&format!("org.opencontainers.image.{name}"));
    assert_eq!(label("revision"), [""; 0]);
    assert_eq!(label("created"), ["1970-01-01T00:00:00Z"]);
    assert_eq!(label("source"), ["https://example.com/hello"]);
    let verified = dist::verify(&output, &VerifyOptions::default()).unwrap();
    assert!(matches!(verified, Verdict::Verified(it) if it.commit.is_none()));
    let (key, _) = keys(folder.path(), 1);
    let signed = build(&service, &output, &["--sign-key", key.to_str().unwrap()]);
    assert!(
        signed
            .unwrap_err()
            .to_string()
            .contains("build without a key")
    );
}

#[test]
fn program_whose_variables_have_another_prefix_is_not_packaged() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = service(&folder.path().join("service"));
    service.variables = "SHOP_".to_owned();
    let error = build(&service, &folder.path().join("files"), &[]).unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("begin with HELLO_, not with SHOP_"),
        "{error}"
    );
    assert!(error.contains("`prefix = \"hello\"`"), "{error}");
}

#[test]
fn packaged_executable_is_named_without_a_commit() {
    let built = Built::signed();
    let binary = built.beside("given");
    let architecture = std::env::consts::ARCH
        .replace("x86_64", "amd64")
        .replace("aarch64", "arm64");
    fs::copy(built.file(&format!("hello-linux-{architecture}")), &binary).unwrap();
    let service = service(&built.beside("service"));
    let private = built.beside("1.pem");
    let args = [
        "--binary",
        binary.to_str().unwrap(),
        "--sign-key",
        private.to_str().unwrap(),
    ];
    build(&service, &built.files(), &args).unwrap();
    // The files of the run before are gone.
    assert_eq!(built.findings(), [""; 0]);
    let key = built.beside("1.pub");
    let verified = verified(&built, &["--key", key.to_str().unwrap()]);
    assert_eq!(verified.commit, None);
    assert_eq!(verified.images[0].0, "given");
    let findings = built.findings_with(&["--commit", &built.commit]);
    assert!(
        findings[0].contains("the commit is not named"),
        "{findings:?}"
    );
}
