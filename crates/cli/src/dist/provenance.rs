//! The provenance of a build: an in-toto statement with the predicate of SLSA, version 1, about every file and image.
//!
//! It contains neither the time nor the place of the build, so that it is reproducible. `docs/provenance.md` describes the
//! parameters.

use serde_json::{Map, Value, json};

use super::{commit::Commit, files::Files, options::Plan};
use crate::{
    Result,
    attest::{Envelope, Statement, Subject},
    build::Binary,
    oci::{Artifact, Descriptor, Digest, Image},
    sbom::{Checksum, encoded},
    toolchain::{Compiler, Rustc},
};

/// The file of the statement.
pub(super) const STATEMENT: &str = "provenance.json";

/// The file of the signed statement.
pub(super) const ENVELOPE: &str = "provenance.dsse.json";

/// The type of the predicate.
pub(super) const PREDICATE: &str = "https://slsa.dev/provenance/v1";

/// The type of the build: how to interpret its parameters.
pub(super) const BUILD_TYPE: &str = concat!(
    env!("CARGO_PKG_REPOSITORY"),
    "/blob/main/docs/provenance.md#build-type-1"
);

/// The builder where none is named.
pub(super) const BUILDER: &str = concat!(
    env!("CARGO_PKG_REPOSITORY"),
    "/blob/main/docs/provenance.md#holder-of-the-key"
);

/// The names of all parameters that are under the control of the one who builds.
pub(super) const PARAMETERS: [&str; 8] = [
    "binary",
    "libc",
    "name",
    "package",
    "platforms",
    "profile",
    "sourceDateEpoch",
    "tag",
];

/// The media type of a signed provenance, by the in-toto specification.
const SIGNED: &str = "application/vnd.in-toto.provenance+dsse";

/// Returns the statement about the files and images of a build.
pub(super) fn statement(
    plan: &Plan<'_>,
    image: &Descriptor,
    images: &[Image],
    binaries: &[Binary],
    files: &Files,
) -> Result<Statement> {
    let mut subjects: Vec<_> = files
        .iter()
        .map(|(name, bytes)| Subject::file(name, bytes))
        .collect();
    subjects.push(subject(plan, &plan.name, image));
    if images.len() > 1 {
        subjects.extend(images.iter().map(|image| {
            let platform = image.platform.architecture();
            let name = format!("{} linux/{platform}", plan.name);
            subject(plan, &name, &image.descriptor())
        }));
    }
    let (internal, dependencies) = match plan.is_built() {
        true => (internal()?, built_from(plan)?),
        false => (json!({}), packaged(plan, binaries)),
    };
    let builder = plan.options.builder.as_deref().unwrap_or(BUILDER);
    let predicate = json!({
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": external(plan, binaries),
            "internalParameters": internal,
            "resolvedDependencies": dependencies,
        },
        "runDetails": {"builder": {"id": builder}},
    });
    Ok(Statement::new(subjects, PREDICATE, predicate))
}

/// Adds the statement to the files, and the signed one where there is a key.
pub(super) fn add(plan: &Plan<'_>, statement: &Statement, files: &mut Files) {
    let bytes = statement.to_json();
    if let Some(key) = &plan.key {
        let envelope = Envelope::sign(Statement::MEDIA_TYPE, bytes.clone(), key);
        files.insert(ENVELOPE.to_owned(), envelope.to_json());
    }
    files.insert(STATEMENT.to_owned(), bytes);
}

/// Returns the signed statement as an artifact that refers to an image.
pub(super) fn artifact(files: &Files) -> Option<Artifact> {
    let envelope = files.get(ENVELOPE)?;
    Some(Artifact {
        media_type: SIGNED,
        title: ENVELOPE.to_owned(),
        bytes: envelope.clone(),
    })
}

fn subject(plan: &Plan<'_>, name: &str, image: &Descriptor) -> Subject {
    let (short, digest) = (plan.short_name(), image.digest.hex());
    let tag = encoded(&plan.tag);
    Subject {
        digest: image.digest.clone(),
        media_type: Some(image.media_type.to_owned()),
        uri: Some(format!("pkg:oci/{short}@sha256%3A{digest}?tag={tag}")),
        ..Subject::file(name, &[])
    }
}

/// Returns what the one who builds chooses.
fn external(plan: &Plan<'_>, binaries: &[Binary]) -> Value {
    let platforms = binaries.iter().map(|binary| binary.platform.architecture());
    let platforms = platforms.map(|it| format!("linux/{it}"));
    let mut parameters = json!({
        "name": plan.name,
        "platforms": platforms.collect::<Vec<_>>(),
        "sourceDateEpoch": plan.commit.epoch,
        "tag": plan.tag,
    });
    if plan.is_built() {
        parameters["libc"] = plan.options.libc.name().into();
        parameters["package"] = plan.service.package.as_str().into();
        parameters["profile"] = plan.service.profile.as_str().into();
    } else if let Some(binary) = &plan.options.binary {
        let file = binary.file_name().unwrap_or_default();
        parameters["binary"] = file.to_string_lossy().into();
    }
    parameters
}

/// Returns the versions of the tools, for debugging and rebuilding.
fn internal() -> Result<Value> {
    Ok(json!({
        "cargo": crate::process::Cmd::cargo().arg("--version").read()?.trim(),
        "rustc": Rustc::installed()?.verbose.lines().collect::<Vec<_>>(),
    }))
}

/// Returns what an executable was built from: the sources, the locked crates, the compilers, and what is bundled.
fn built_from(plan: &Plan<'_>) -> Result<Vec<Value>> {
    let mut dependencies = Vec::new();
    let repository = plan.service.repository.as_deref();
    dependencies.extend(source(&plan.commit, repository));
    let lock = fs_err::read(plan.service.workspace.join("Cargo.lock"))?;
    let digest = Digest::of(&lock);
    dependencies.push(json!({"name": "Cargo.lock", "digest": {"sha256": digest.hex()}}));
    let rustc = Rustc::installed()?;
    if let (Some(commit), Some(sources)) = (rustc.commit(), rustc.sources()) {
        dependencies.push(json!({
            "name": "rustc",
            "uri": sources,
            "digest": {"gitCommit": commit},
            "annotations": {"version": rustc.release()},
        }));
    }
    for platform in plan.platforms() {
        let compiler = Compiler::of(platform);
        dependencies.extend(compiler_package(&compiler));
    }
    dependencies.sort_by_key(|it| it["name"].as_str().map(str::to_owned));
    dependencies.dedup();
    for (_, component) in &plan.service.bundled {
        // A package without a digest is only named by the bills of materials.
        if let Some((bits, hex)) = component.checksum.as_ref().map(Checksum::parts) {
            let algorithm = format!("sha{bits}");
            dependencies.push(json!({
                "name": component.name,
                "uri": component.purl(),
                "digest": {algorithm: hex},
            }));
        }
    }
    Ok(dependencies)
}

/// Returns the sources. A commit is named by its digest only if the sources are those of the commit.
fn source(commit: &Commit, repository: Option<&str>) -> Option<Value> {
    let repository = repository.map(|it| format!("git+{it}"));
    let mut source = Map::from_iter([("name".to_owned(), "source".into())]);
    let (id, is_clean) = (&commit.id, commit.is_clean());
    let uri = match (is_clean, repository) {
        (true, Some(repository)) => Some(format!("{repository}@{id}")),
        (_, repository) => repository,
    };
    if !is_clean && uri.is_none() {
        return None;
    }
    source.extend(uri.map(|uri| ("uri".to_owned(), uri.into())));
    if is_clean {
        source.insert("digest".to_owned(), json!({"gitCommit": id}));
    } else {
        source.insert("annotations".to_owned(), json!({"state": id}));
    }
    Some(source.into())
}

/// Returns the Debian package of the C compiler, or at least its version.
fn compiler_package(compiler: &Compiler) -> Option<Value> {
    let version = compiler.version()?;
    let uri = match compiler.debian_package() {
        Some(it) => format!(
            "pkg:deb/{}/{}@{}?arch={}",
            encoded(&it.distribution),
            encoded(&it.name),
            encoded(&it.version),
            encoded(&it.architecture)
        ),
        None => format!("pkg:generic/{}", encoded(&compiler.program)),
    };
    let annotations = json!({"version": version});
    Some(json!({"name": compiler.program, "uri": uri, "annotations": annotations}))
}

/// Returns the executable that was packaged; what it was built from is not known.
fn packaged(plan: &Plan<'_>, binaries: &[Binary]) -> Vec<Value> {
    let binaries = binaries.iter().map(|binary| {
        let digest = Digest::of(&binary.bytes);
        json!({"name": plan.short_name(), "digest": {"sha256": digest.hex()}})
    });
    binaries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_sources_have_no_digest() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let repository = Some("https://example.com/a");
        let source = |id: &str, repository| {
            let id = id.to_owned();
            source(&Commit { id, epoch: 0 }, repository)
        };
        let clean = source(commit, repository).unwrap();
        assert_eq!(clean["uri"], format!("git+https://example.com/a@{commit}"));
        assert_eq!(clean["digest"]["gitCommit"], commit);
        let changed = source(&format!("{commit}-dirty"), repository).unwrap();
        assert_eq!(changed["uri"], "git+https://example.com/a");
        assert_eq!(changed.get("digest"), None);
        assert_eq!(source("unknown", None), None);
        let unpublished = source(commit, None).unwrap();
        assert_eq!(unpublished.get("uri"), None);
    }
}
