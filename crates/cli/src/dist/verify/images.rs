//! The images: those in the archives are those of the statement, and undamaged.

use super::{Finding, Problem, claims, files::Folder};
use crate::{Result, attest::Statement, oci::Contents};

/// The label and annotation with the commit (OCI image specification).
const REVISION: &str = "org.opencontainers.image.revision";

/// Compares the images in the archives with those of the statement.
pub(super) fn check(folder: &Folder, statement: &Statement) -> Result<Vec<Finding>> {
    let (images, files): (Vec<_>, Vec<_>) = statement.subjects.iter().partition(|it| it.is_image());
    let archives = files.into_iter().filter(|file| {
        // An archive that is not the one of the statement is reported as such.
        file.name.ends_with("-image.tar") && folder.digest(&file.name) == Some(&file.digest)
    });
    let mut findings = Vec::new();
    let mut found = Vec::new();
    let mut archives_read = false;
    for archive in archives {
        let Some(path) = folder.file(&archive.name) else {
            continue;
        };
        let contents = Contents::read(&path)?;
        let mut report = |problem| findings.push(Finding::new(archive.name.as_str(), problem));
        for blob in contents.damaged() {
            report(Problem::Blob(blob.clone()));
        }
        for image in contents.images() {
            if !images.iter().any(|it| it.digest == image) {
                report(Problem::Image(image.to_string()));
            }
            found.push(image);
        }
        let commit = claims::commit(statement);
        for revision in contents.annotations(REVISION) {
            if let Some(commit) = commit
                && commit != revision
            {
                report(Problem::Claim {
                    what: REVISION,
                    found: revision.to_owned(),
                    expected: commit.to_owned(),
                });
            }
        }
        archives_read = true;
    }
    // Where no archive can be read, its file is reported.
    let missing = images
        .iter()
        .filter(|it| archives_read && !found.contains(&it.digest));
    findings.extend(missing.map(|it| {
        let digest = it.digest.to_string();
        Finding::new(it.name.as_str(), Problem::NoImage(digest))
    }));
    Ok(findings)
}
