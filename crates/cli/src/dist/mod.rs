//! From the sources to what is deployed: static executables, a container image, bills of materials, OpenAPI documents, a
//! record of the build and checksums.
//!
//! No daemon is needed, and the same commit gives the same bytes on every machine.

mod files;
mod image;
mod options;
mod push;
mod record;

use std::time::Instant;

use self::{files::Files, options::Plan};
pub use self::{
    options::Options,
    push::{Repository, Tagged},
};
use crate::{
    Result, Service,
    build::Binary,
    oci::{Archive, Artifact, Digest, Image, Platform},
    sbom,
};

/// Builds everything and writes it to the output folder of the service.
pub fn dist(service: &Service, options: &Options) -> Result {
    let plan = Plan::new(service, options)?;
    let mut files = Files::new();
    let begin = Instant::now();
    let binaries = plan.binaries()?;
    let compiled = begin.elapsed().as_secs_f64();

    let images = binaries.iter().map(|binary| image::image(&plan, binary));
    let images = images.collect::<Result<Vec<_>>>()?;
    let mut archive = Archive::new(plan.commit.epoch);
    let digest = archive.image(&plan.name, &plan.tag, &images);
    files.insert(plan.file("image.tar"), archive.write()?);
    if plan.is_built() {
        let bills = bills(&plan, &binaries)?;
        files.insert(plan.file("sbom.tar"), referrers(&plan, &images, &bills)?);
        let bills = bills.into_iter().flatten();
        files.extend(bills.map(|bill| (bill.title, bill.bytes)));
        files.extend(documents(service, &binaries)?);
    }
    let record = record::build(&plan, &digest, &binaries)?;
    files.insert("build.json".to_owned(), record);
    for binary in binaries {
        let architecture = binary.platform.architecture();
        files.insert(plan.file(&format!("linux-{architecture}")), binary.bytes);
    }
    files.insert("SHA256SUMS".to_owned(), record::checksums(&files));
    files::write(&service.output, &files)?;
    files::print(&service.output, &files);
    print(&plan, &images, &digest);
    let total = begin.elapsed().as_secs_f64();
    eprintln!("\n{total:.1} s, of which cargo took {compiled:.1} s");
    match &options.push {
        Some(registry) => push(&plan, registry),
        None => Ok(()),
    }
}

/// Returns the bills of materials of each executable.
fn bills(plan: &Plan<'_>, binaries: &[Binary]) -> Result<Vec<Vec<Artifact>>> {
    let bills = binaries.iter().map(|binary| {
        let (platform, commit) = (binary.platform, &plan.commit);
        let target = plan.options.libc.target(platform);
        sbom::bills(plan.service, target, platform, &commit.id, commit.epoch)
    });
    bills.collect()
}

/// Returns an archive of artifacts that refer to the images; podman rejects an archive with more than one image in it.
fn referrers(plan: &Plan<'_>, images: &[Image], bills: &[Vec<Artifact>]) -> Result<Vec<u8>> {
    let mut archive = Archive::new(plan.commit.epoch);
    for (image, bills) in images.iter().zip(bills) {
        archive.referrers(image, bills);
    }
    Ok(archive.write()?)
}

/// Returns the documents that the executable for this machine prints.
fn documents(service: &Service, binaries: &[Binary]) -> Result<Files> {
    let mut binaries = binaries.iter();
    let Some(binary) = binaries.find(|it| Some(it.platform) == Platform::here()) else {
        eprintln!("no documents: none of the executables runs on this machine");
        return Ok(Files::new());
    };
    let documents = service.documents.iter().map(|(file, args)| {
        let text = binary.output(args)?;
        Ok((file.clone(), text.into_bytes()))
    });
    documents.collect()
}

fn push(plan: &Plan<'_>, registry: &str) -> Result {
    let repository = Repository {
        name: format!("{registry}/{}", plan.name),
        plain: plan.options.push_plain,
    };
    let output = &plan.service.output;
    repository.push(&output.join(plan.file("image.tar")))?;
    if plan.is_built() {
        repository.push(&output.join(plan.file("sbom.tar")))?;
    }
    Ok(())
}

fn print(plan: &Plan<'_>, images: &[Image], digest: &Digest) {
    eprintln!("\n{}:{} is {digest}", plan.name, plan.tag);
    for image in images {
        let bytes = grouped(image.compressed() as u64);
        let architecture = image.platform.architecture();
        eprintln!("  linux/{architecture}: {bytes} bytes of layers, compressed");
    }
    let archive = plan.service.output.join(plan.file("image.tar"));
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
    use super::grouped;

    #[test]
    fn thousands_are_grouped() {
        let numbers = [0, 999, 1_000, 12_345, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }
}
