//! `cargo xtask dist`: from the sources to what is deployed, into `target/dist`.
//!
//! Static binaries, container images, bills of materials, documents, a record of the build and checksums. No daemon is
//! needed, and the same commit gives the same bytes on any machine (`--verify` builds twice and compares). This file is
//! the story; how images are written is in `oci`, what is in the server's in `server`.

mod base;
mod binary;
mod edge;
mod oci;
mod record;
mod sbom;
mod server;
mod verify;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use self::{
    binary::{Binary, Libc, Source},
    oci::{Archive, Image, Platform},
};
use crate::run::{Failure, Outcome, Run, root};

/// Which image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Which {
    /// The server, with all that belongs to it
    Server,
    /// nginx before the servers
    Edge,
}

/// What is made, and of what.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Which image is made
    #[arg(long, value_enum, default_value = "server")]
    image: Which,
    /// Put the edge on this image in the stead of Debian's packages: an OCI archive, or a name that skopeo fetches
    #[arg(long, value_name = "ARCHIVE|NAME")]
    base: Option<String>,
    /// The tag of the images [default: the version of the workspace]
    #[arg(long)]
    tag: Option<String>,
    /// For which platforms; more than one give an image with an index
    #[arg(long, value_delimiter = ',', default_value = "linux/amd64")]
    platform: Vec<Platform>,
    /// The C library that is linked in
    #[arg(long, default_value = "musl")]
    libc: Libc,
    /// Package this program in the stead of purlin-server: a static executable for Linux
    #[arg(long, value_name = "PATH", requires = "name")]
    binary: Option<PathBuf>,
    /// The name of the image, with --binary
    #[arg(long, requires = "binary")]
    name: Option<String>,
    /// Push the images to a registry as well, such as 127.0.0.1:5000, with skopeo
    #[arg(long, value_name = "REGISTRY")]
    push: Option<String>,
    /// Speak HTTP to the registry
    #[arg(long, requires = "push")]
    push_plain: bool,
    /// Build once more, elsewhere, with another umask and time zone, and compare every byte
    #[arg(long, conflicts_with_all = ["binary", "push"])]
    verify: bool,
}

/// Files that are made, by their names in `target/dist`.
type Files = BTreeMap<String, Vec<u8>>;

/// What is known before anything is built.
struct Plan<'o> {
    options: &'o Options,
    name: String,
    tag: String,
    commit: Commit,
    source: Source,
}

/// The state of the sources.
struct Commit {
    /// With `-dirty` behind it where files differ from it.
    id: String,
    /// Seconds since 1970: of the commit, unless `SOURCE_DATE_EPOCH` says otherwise.
    epoch: u64,
}

/// Both images for this machine, of the sources as they are.
pub(crate) fn both() -> Outcome {
    let here =
        Platform::here().ok_or_else(|| Failure::said("no image is made for this machine"))?;
    let of = |image| Options {
        image,
        base: None,
        tag: None,
        platform: vec![here],
        libc: Libc::Musl,
        binary: None,
        name: None,
        push: None,
        push_plain: false,
        verify: false,
    };
    dist(&of(Which::Server))?;
    dist(&of(Which::Edge))
}

pub(crate) fn dist(options: &Options) -> Outcome {
    match (options.image, &options.base) {
        (Which::Edge, _) => return edge::dist(options),
        (Which::Server, Some(_)) => {
            return Err(Failure::said(
                "--base is for --image edge: the server stands on nothing",
            ));
        }
        (Which::Server, None) => {}
    }
    let begin = Instant::now();
    let plan = Plan::new(options)?;
    if options.verify {
        verify::verifiable(&plan.commit)?;
    }
    let mut steps = Steps::default();
    let binaries = steps.take("binaries", || plan.source.binaries(&plan.commit))?;
    let cargo = begin.elapsed();
    let mut files = Files::new();
    let images = steps.take("server image", || server::images(&plan, &binaries))?;
    let mut archive = Archive::new(plan.commit.epoch);
    let digest = archive.image(&plan.name, &plan.tag, &images);
    put(&mut files, plan.file("-image.tar"), archive.write())?;
    steps.take("bills of materials", || {
        bills(&plan, &images, &binaries, &mut files)
    })?;
    if plan.source.is_ours() {
        steps.take("documents", || documents(&binaries, &mut files))?;
    }
    let record = record::build(&plan, &digest, &binaries)?;
    files.insert("build.json".to_owned(), record);
    for binary in &binaries {
        let name = plan.file(&format!("-linux-{}", binary.platform.architecture()));
        files.insert(name, binary.bytes.clone());
    }
    files.insert("SHA256SUMS".to_owned(), record::checksums(&files));
    let folder = root().join("target/dist");
    steps.take("files", || write(&folder, &files))?;
    tell(&files, &images, &steps, &folder);
    eprintln!(
        "{:8.1} s  in all, {:.1} s of it beyond cargo's",
        begin.elapsed().as_secs_f64(),
        (begin.elapsed() - cargo).as_secs_f64()
    );
    eprintln!("\n{}:{} is {digest}", plan.name, plan.tag);
    eprintln!(
        "  docker load --input {}",
        show(&folder.join(plan.file("-image.tar")))
    );
    if let Some(registry) = &options.push {
        push(&plan, registry, &images)?;
    }
    if options.verify {
        verify::verify(&folder, &files, &plan.commit)?;
    }
    Ok(())
}

impl<'o> Plan<'o> {
    fn new(options: &'o Options) -> Outcome<Self> {
        let source = match (&options.binary, &options.name) {
            (Some(path), _) => Source::given(path)?,
            (None, _) => Source::ours(&options.platform, options.libc)?,
        };
        let name = options.name.as_deref().unwrap_or(server::NAME).to_owned();
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-/".contains(c);
        if name.split('/').any(str::is_empty) || !name.chars().all(is_name) {
            return Err(Failure::said(format!(
                "`{name}` is no name of an image: lower-case letters, digits and . _ - / make one"
            )));
        }
        Ok(Self {
            name,
            tag: options.tag.clone().unwrap_or_else(|| version().to_owned()),
            commit: Commit::of_sources()?,
            source,
            options,
        })
    }
}

impl Plan<'_> {
    /// The name of the program: that of the image without folders before it.
    fn program(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// A file of it in `target/dist`.
    fn file(&self, ending: &str) -> String {
        format!("{}{ending}", self.program())
    }
}

/// The version of the workspace, which is that of xtask as well.
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

impl Commit {
    fn of_sources() -> Outcome<Self> {
        let git = |args: &[&str]| Run::new("git").args(args).output();
        let id = git(&["rev-parse", "HEAD"]).map(|(id, _)| id.trim().to_owned());
        let told = std::env::var("SOURCE_DATE_EPOCH").ok();
        let told = told.map(|text| {
            let words =
                format!("SOURCE_DATE_EPOCH is a number of seconds since 1970, not `{text}`");
            text.parse().map_err(|_| Failure::said(words))
        });
        let Ok(mut id) = id else {
            // Not a checkout, such as an archive of the sources.
            let epoch = told.transpose()?.unwrap_or(0);
            return Ok(Self {
                id: "unknown".to_owned(),
                epoch,
            });
        };
        let (changes, _) = git(&["status", "--porcelain"])?;
        if !changes.trim().is_empty() {
            id.push_str("-dirty");
        }
        let (committed, _) = git(&["log", "-1", "--format=%ct"])?;
        let committed = committed.trim().parse().unwrap_or(0);
        Ok(Self {
            id,
            epoch: told.transpose()?.unwrap_or(committed),
        })
    }
}

fn bills(plan: &Plan<'_>, images: &[Image], binaries: &[Binary], files: &mut Files) -> Outcome {
    if !plan.source.is_ours() {
        return Ok(());
    }
    let mut archive = Archive::new(plan.commit.epoch);
    for (image, binary) in images.iter().zip(binaries) {
        let artifacts = sbom::of(plan, binary)?;
        archive.referrers(image, &artifacts);
        for artifact in artifacts {
            files.insert(artifact.title, artifact.bytes);
        }
    }
    put(files, plan.file("-sbom.tar"), archive.write())
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

fn put(files: &mut Files, name: String, bytes: std::io::Result<Vec<u8>>) -> Outcome {
    let bytes = bytes.map_err(|error| Failure::said(format!("{name}: {error}")))?;
    files.insert(name, bytes);
    Ok(())
}

/// Writes every file under another name first, so that nothing half written bears its final name.
fn write(folder: &Path, files: &Files) -> Outcome {
    fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    for (name, bytes) in files {
        let path = folder.join(name);
        let unfinished = folder.join(format!(".{name}.unfinished"));
        let written = fs::write(&unfinished, bytes).and_then(|()| {
            // A program is the one thing here that is run.
            if name.contains("-linux-") && !name.contains(".json") {
                use std::os::unix::fs::PermissionsExt as _;
                fs::set_permissions(&unfinished, fs::Permissions::from_mode(0o755))?;
            }
            fs::rename(&unfinished, &path)
        });
        if let Err(error) = written {
            let _ = fs::remove_file(&unfinished);
            return Err(Failure::File { path, error });
        }
    }
    Ok(())
}

fn push(plan: &Plan<'_>, registry: &str, images: &[Image]) -> Outcome {
    let archive = plan.file("-image.tar");
    copy(plan.options, registry, &plan.name, &archive, &plan.tag)?;
    if plan.source.is_ours() {
        let archive = plan.file("-sbom.tar");
        for image in images {
            copy(
                plan.options,
                registry,
                &plan.name,
                &archive,
                &image.referrers_tag(),
            )?;
        }
    }
    Ok(())
}

/// Copies what an archive has under a tag to a registry.
fn copy(options: &Options, registry: &str, name: &str, archive: &str, tag: &str) -> Outcome {
    crate::run::need("skopeo", "skopeo")?;
    let archive = root().join("target/dist").join(archive);
    let from = format!("oci-archive:{}:{tag}", archive.display());
    let to = format!("docker://{registry}/{name}:{tag}");
    let skopeo = Run::new("skopeo").args(["copy", "--all"]);
    let skopeo = match options.push_plain {
        true => skopeo.args(["--dest-tls-verify=false"]),
        false => skopeo,
    };
    skopeo.args([from, to]).run()
}

/// How long each part took.
#[derive(Default)]
struct Steps(Vec<(&'static str, f64)>);

impl Steps {
    fn take<T>(&mut self, name: &'static str, step: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        eprintln!("\n{name} …");
        let begin = Instant::now();
        let made = step().map_err(|failure| Failure::said(format!("{name}: {failure}")))?;
        self.0.push((name, begin.elapsed().as_secs_f64()));
        Ok(made)
    }
}

fn tell(files: &Files, images: &[Image], steps: &Steps, folder: &Path) {
    eprintln!("\n{}", show(folder));
    for (name, bytes) in files {
        eprintln!("{:>12}  {name}", crate::bench::grouped(bytes.len() as u64));
    }
    for image in images {
        let bytes = crate::bench::grouped(image.compressed() as u64);
        eprintln!(
            "{bytes:>12}  layers of linux/{}, compressed",
            image.platform.architecture()
        );
    }
    eprintln!();
    for (name, seconds) in &steps.0 {
        eprintln!("{seconds:8.1} s  {name}");
    }
}

/// A path as somebody in the workspace's folder would write it.
fn show(path: &Path) -> String {
    let shown = path.strip_prefix(root()).unwrap_or(path);
    shown.display().to_string()
}
