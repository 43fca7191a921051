//! From the sources to what is deployed: static executables, a container image, bills of materials, OpenAPI documents, a
//! record of the build, its provenance and checksums; and the verification of all that.
//!
//! No daemon is needed, and the same commit gives the same bytes on every machine.

mod checksums;
mod commit;
mod documents;
mod files;
mod image;
mod options;
mod provenance;
mod push;
mod record;
mod verify;

use std::time::Instant;

use fs_err as fs;

use self::{
    checksums::{CHECKSUMS, checksums},
    files::Files,
    options::Plan,
};
pub use self::{
    options::Options,
    push::Repository,
    verify::{Finding, Problem, Verdict, Verified, VerifyOptions, verify},
};
pub use crate::oci::Tagged;
use crate::{
    Result, Service,
    build::Binary,
    oci::{Archive, Artifact, Descriptor, Digest, Image},
    progress, sbom,
};

/// Builds everything and writes it to the output folder of the service.
pub fn dist(service: &Service, options: &Options) -> Result {
    let plan = Plan::new(service, options)?;
    let mut files = Files::new();
    let begin = Instant::now();
    let binaries = plan.binaries()?;
    let compiled = begin.elapsed().as_secs_f64();

    let images = progress::step("compressing the image", || {
        let images = binaries.iter().map(|binary| image::image(&plan, binary));
        images.collect::<Result<Vec<_>>>()
    })?;
    let mut archive = Archive::new(plan.commit.epoch);
    let image = archive.image(&plan.name, &plan.tag, &images);
    files.insert(plan.file("image.tar"), archive.write()?);
    let bills = match plan.is_built() {
        true => progress::step("listing crates and libraries", || bills(&plan, &binaries))?,
        false => binaries.iter().map(|_| Vec::new()).collect(),
    };
    if plan.is_built() {
        let archive = referrers(&plan, images.iter().map(Image::descriptor).zip(&bills));
        files.insert(plan.file("sbom.tar"), archive.write()?);
        let bills = bills.iter().flatten().cloned();
        files.extend(bills.map(|bill| (bill.title, bill.bytes)));
        let documents = || documents::documents(service, &binaries);
        files.extend(progress::step("printing the documents", documents)?);
    }
    let record = record::build(&plan, &image.digest, &binaries)?;
    files.insert("build.json".to_owned(), record);
    for binary in &binaries {
        let name = plan.file(&format!("linux-{}", binary.platform.architecture()));
        files.insert(name, binary.bytes.clone());
    }
    let statement = provenance::statement(&plan, &image, &images, &binaries, &files)?;
    provenance::add(&plan, &statement, &mut files);
    files.insert(CHECKSUMS.to_owned(), checksums(&files));
    files::replace(&plan.output, &files)?;
    files::print(&plan.output, &files);
    print(&plan, &images, &image.digest);
    let total = begin.elapsed().as_secs_f64();
    eprintln!("\n{total:.1} s, of which cargo took {compiled:.1} s");
    match &options.push {
        Some(registry) => {
            let artifacts = artifacts(&image, &images, bills, provenance::artifact(&files));
            push(&plan, registry, &artifacts)
        }
        None => Ok(()),
    }
}

/// Returns the artifacts that refer to each image: its bills of materials, and the signed provenance, which refers to the
/// index as well.
fn artifacts(
    image: &Descriptor,
    images: &[Image],
    bills: Vec<Vec<Artifact>>,
    provenance: Option<Artifact>,
) -> Vec<(Descriptor, Vec<Artifact>)> {
    let mut artifacts: Vec<_> = images.iter().map(Image::descriptor).zip(bills).collect();
    if images.len() > 1 {
        artifacts.push((image.clone(), Vec::new()));
    }
    for (_, artifacts) in &mut artifacts {
        artifacts.extend(provenance.clone());
    }
    artifacts.retain(|(_, artifacts)| !artifacts.is_empty());
    artifacts
}

/// Returns the bills of materials of each executable.
fn bills(plan: &Plan<'_>, binaries: &[Binary]) -> Result<Vec<Vec<Artifact>>> {
    let bills = binaries.iter().map(|binary| {
        let (platform, commit) = (binary.platform, &plan.commit);
        let libc = plan.options.libc;
        sbom::bills(plan.service, libc, platform, &commit.id, commit.epoch)
    });
    bills.collect()
}

/// Returns an archive of artifacts that refer to the images; podman rejects an archive with more than one image in it.
fn referrers<'a>(
    plan: &Plan<'_>,
    artifacts: impl IntoIterator<Item = (Descriptor, &'a Vec<Artifact>)>,
) -> Archive {
    let mut archive = Archive::new(plan.commit.epoch);
    for (image, artifacts) in artifacts {
        archive.referrers(&image, artifacts);
    }
    archive
}

fn push(plan: &Plan<'_>, registry: &str, artifacts: &[(Descriptor, Vec<Artifact>)]) -> Result {
    let repository = Repository {
        name: format!("{registry}/{}", plan.name),
        plain: plan.options.push_plain,
    };
    let output = &plan.output;
    repository.push(&output.join(plan.file("image.tar")))?;
    if artifacts.is_empty() {
        return Ok(());
    }
    // The archive is no file of the output: it contains the provenance, which names every file.
    let artifacts = artifacts.iter().map(|(image, them)| (image.clone(), them));
    let archive = output.join(".referrers.tar");
    fs::write(&archive, referrers(plan, artifacts).write()?)?;
    let pushed = repository.push(&archive);
    fs::remove_file(&archive)?;
    pushed.map(drop)
}

fn print(plan: &Plan<'_>, images: &[Image], digest: &Digest) {
    eprintln!("\n{}:{} is {digest}", plan.name, plan.tag);
    for image in images {
        let bytes = grouped(image.compressed() as u64);
        let architecture = image.platform.architecture();
        eprintln!("  linux/{architecture}: {bytes} bytes of layers, compressed");
    }
    let archive = plan.output.join(plan.file("image.tar"));
    eprintln!("  docker load --input {}", archive.display());
}

/// Formats a number with commas, such as `12,345`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::oci::{Entry, Layer, Platform};

    fn image(platform: Platform) -> Image {
        let entries = BTreeMap::from([("a".to_owned(), Entry::file(0o755, "a"))]);
        Image {
            platform,
            layers: vec![Layer::new(entries, 1).unwrap()],
            run: json!({}),
            labels: json!({}),
            epoch: 1,
        }
    }

    #[test]
    fn provenance_refers_to_each_image_and_to_their_index() {
        let artifact = |title: &str| Artifact {
            media_type: "application/json",
            title: title.to_owned(),
            bytes: Vec::new(),
        };
        let images = [image(Platform::Amd64), image(Platform::Arm64)];
        let index = Archive::new(1).image("a", "1", &images);
        let bills = || vec![vec![artifact("amd64")], vec![artifact("arm64")]];
        let all = artifacts(&index, &images, bills(), Some(artifact("provenance")));
        let titles = |artifacts: &[(Descriptor, Vec<Artifact>)]| {
            let titles = artifacts.iter().map(|(_, them)| {
                let titles = them.iter().map(|it| it.title.clone());
                titles.collect::<Vec<_>>().join(" ")
            });
            titles.collect::<Vec<_>>()
        };
        let expected = ["amd64 provenance", "arm64 provenance", "provenance"];
        assert_eq!(titles(&all), expected);
        assert_eq!(all[2].0, index);
        // Nothing refers to the index without it.
        let unsigned = artifacts(&index, &images, bills(), None);
        assert_eq!(titles(&unsigned), ["amd64", "arm64"]);
    }

    #[test]
    fn thousands_are_grouped() {
        let numbers = [0, 999, 1_000, 12_345, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }
}
