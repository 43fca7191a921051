//! `cargo xtask dist`: from the sources to what is deployed, into `target/dist`.
//!
//! Static binaries, container images, bills of materials, documents, a record of the build and checksums. No daemon is
//! needed, and the same commit gives the same bytes on any machine (`--verify` builds twice and compares). This file is
//! the story; how images are written is in `oci`, what is in them in `server` and `edge`.

mod base;
mod binary;
mod edge;
mod files;
mod oci;
mod options;
mod push;
mod record;
mod sbom;
mod server;
mod verify;

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use self::{
    binary::{Binary, Source},
    files::{Files, put, show},
    oci::{Archive, Artifact, Image},
    options::{Plan, Which},
};
pub(crate) use self::{
    oci::{Digest, Platform},
    options::Options,
    push::{Repository, Tagged},
};
use crate::run::{Failure, Outcome, Run, root};

/// An image, for all its platforms, and what belongs to it.
struct Product {
    /// As it is known to an engine, perhaps with a folder before it.
    name: String,
    images: Vec<Image>,
    /// What each of these is made of; empty where we do not know.
    bills: Vec<Vec<Artifact>>,
}

impl Product {
    /// The name, as files have it.
    fn file(&self, of: &str) -> String {
        format!("{}-{of}", last(&self.name))
    }
}

/// What is behind the last slash.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

/// Both images, for this machine and whatever else can be built for here, of the sources as they are.
pub(crate) fn both() -> Outcome {
    dist(&Options::everything()?)
}

/// The server's image for this machine, twice, of the last commit.
pub(crate) fn verified() -> Outcome {
    match verify::verifiable(&options::Commit::of_sources()?) {
        Ok(()) => dist(&Options::verified()?),
        Err(failure) => {
            eprintln!("not built twice: {failure}");
            Ok(())
        }
    }
}

/// The edge's image for this machine on another release of Debian, into a folder; its name in an engine, and its file.
pub(crate) fn edge_on(release: &str, folder: &Path) -> Outcome<(String, PathBuf)> {
    let options = Options::edge_on(release)?;
    let plan = Plan::new(&options)?;
    let mut product = edge::product(&plan)?;
    product.name = format!("{}-{release}", product.name);
    // What it is made of has been told with the other one.
    product.bills.clear();
    let mut files = Files::new();
    archives(&plan, &[&product], &mut files)?;
    files::write(folder, &files)?;
    let name = format!("{}:{}", product.name, plan.tag);
    Ok((name, folder.join(product.file("image.tar"))))
}

pub(crate) fn dist(options: &Options) -> Outcome {
    let plan = Plan::new(options)?;
    if options.verify {
        verify::verifiable(&plan.commit)?;
    }
    let mut steps = Steps::new();
    let (mut products, mut binaries, mut files) = (Vec::new(), Vec::new(), Files::new());
    if plan.wants(Which::Edge) {
        products.push(steps.take("edge's image", || edge::product(&plan))?);
    }
    if plan.wants(Which::Server) {
        binaries = steps.take(COMPILING, || plan.source.binaries(&plan.commit))?;
        products.push(steps.take("server's image", || server::product(&plan, &binaries))?);
    }
    if matches!(plan.source, Source::Ours(..)) {
        steps.take("documents", || documents(&binaries, &mut files))?;
    }
    let digests = steps.take("archives", || {
        archives(&plan, &products.iter().collect::<Vec<_>>(), &mut files)
    })?;
    let record = record::build(&plan, &products, &digests, &binaries)?;
    files.insert("build.json".to_owned(), record);
    for binary in &binaries {
        let name = format!(
            "{}-linux-{}",
            last(&plan.name),
            binary.platform.architecture()
        );
        files.insert(name, binary.bytes.clone());
    }
    files.insert(files::CHECKSUMS.to_owned(), record::checksums(&files));
    let folder = root().join("target/dist");
    steps.take("files", || files::write(&folder, &files))?;
    files::tell(&folder, &files);
    steps.tell();
    for (product, digest) in products.iter().zip(&digests) {
        tell(product, &plan.tag, digest);
    }
    if let Some(registry) = &options.push {
        push(registry, options.push_plain, &products)?;
    }
    match options.verify {
        true => verify::verify(options, &folder, &files, &plan.commit),
        false => Ok(()),
    }
}

/// How many layers the edge's image for this machine has on another image.
pub(crate) fn edge_over(base: &str) -> Outcome<usize> {
    let options = Options::edge_over(base)?;
    let product = edge::product(&Plan::new(&options)?)?;
    Ok(product.images.iter().map(|image| image.layers.len()).sum())
}

/// Writes every image and its bills into archives; what each image is known by is returned.
fn archives(plan: &Plan<'_>, products: &[&Product], files: &mut Files) -> Outcome<Vec<Digest>> {
    let mut digests = Vec::new();
    for product in products {
        let mut archive = Archive::new(plan.commit.epoch);
        digests.push(archive.image(&product.name, &plan.tag, &product.images));
        put(files, product.file("image.tar"), archive.write())?;
        if product.bills.is_empty() {
            continue;
        }
        let mut archive = Archive::new(plan.commit.epoch);
        for (image, bills) in product.images.iter().zip(&product.bills) {
            archive.referrers(image, bills);
            for bill in bills {
                files.insert(bill.title.clone(), bill.bytes.clone());
            }
        }
        put(files, product.file("sbom.tar"), archive.write())?;
    }
    Ok(digests)
}

/// The version of the workspace, which is that of xtask as well.
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// The documents, as the program that runs here prints them.
fn documents(binaries: &[Binary], files: &mut Files) -> Outcome {
    let Some(binary) = binaries
        .iter()
        .find(|it| Some(it.platform) == Platform::here())
    else {
        eprintln!("no documents: none of the programs runs on this machine");
        return Ok(());
    };
    for (dialect, name) in [
        ("3.1", "openapi-3.1"),
        ("3.0", "openapi-3.0"),
        ("2.0", "swagger-2.0"),
    ] {
        for format in ["json", "yaml"] {
            let args = ["openapi", "--dialect", dialect, "--format", format];
            // With no settings, of the environment or of a purlin.toml that somebody tries things with.
            let document = Run::new(&binary.path)
                .args(["--config", "/dev/null"])
                .args(args)
                .without("PURLIN_")
                .read()?;
            files.insert(format!("{name}.{format}"), document.into_bytes());
        }
    }
    Ok(())
}

fn push(registry: &str, plain: bool, products: &[Product]) -> Outcome {
    let folder = root().join("target/dist");
    for product in products {
        let repository = Repository {
            name: format!("{registry}/{}", product.name),
            plain,
        };
        repository.push(&folder.join(product.file("image.tar")))?;
        if !product.bills.is_empty() {
            repository.push(&folder.join(product.file("sbom.tar")))?;
        }
    }
    Ok(())
}

/// The one step whose time is cargo's.
const COMPILING: &str = "programs";

/// How long each part took.
struct Steps {
    begin: Instant,
    took: Vec<(&'static str, f64)>,
}

impl Steps {
    fn new() -> Self {
        let begin = Instant::now();
        Self {
            begin,
            took: Vec::new(),
        }
    }

    fn take<T>(&mut self, name: &'static str, step: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        eprintln!("\n{name} …");
        let begin = Instant::now();
        let made = step().map_err(|failure| Failure::said(format!("{name}: {failure}")))?;
        self.took.push((name, begin.elapsed().as_secs_f64()));
        Ok(made)
    }

    fn tell(&self) {
        eprintln!();
        let mut beyond = self.begin.elapsed().as_secs_f64();
        let all = beyond;
        for (name, seconds) in &self.took {
            eprintln!("{seconds:8.1} s  {name}");
            if *name == COMPILING {
                beyond -= seconds;
            }
        }
        eprintln!("{all:8.1} s  in all, {beyond:.1} s of it beyond cargo's");
    }
}

fn tell(product: &Product, tag: &str, digest: &Digest) {
    eprintln!("\n{}:{tag} is {digest}", product.name);
    for image in &product.images {
        let bytes = crate::bench::grouped(image.compressed() as u64);
        let architecture = image.platform.architecture();
        eprintln!("  linux/{architecture}: {bytes} bytes of layers, compressed");
    }
    let archive = root().join("target/dist").join(product.file("image.tar"));
    eprintln!("  docker load --input {}", show(&archive));
}
