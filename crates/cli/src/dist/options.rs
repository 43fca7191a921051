//! The command-line options of `dist`, and the plan they amount to before anything is built.

use std::path::{Path, PathBuf};

use fs_err as fs;

use super::commit::Commit;
use crate::{
    Error, Result, Service,
    attest::SigningKey,
    build::{self, Binary, Libc},
    oci::Platform,
    progress,
    service::is_image_name,
};

/// What to build and where to put it.
#[derive(Debug, clap::Args)]
#[non_exhaustive]
pub struct Options {
    /// The tag of the image [default: the version of the package]
    #[arg(long)]
    pub tag: Option<String>,
    /// The folder to write to [default: target/purlin/PACKAGE]
    #[arg(long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
    /// The platforms; more than one give an image with an index
    #[arg(long, value_delimiter = ',', default_value = "linux/amd64")]
    pub platform: Vec<Platform>,
    /// The C library that is linked statically
    #[arg(long, default_value = "musl")]
    pub libc: Libc,
    /// Package this static Linux executable instead of building one
    #[arg(long, value_name = "PATH")]
    pub binary: Option<PathBuf>,
    /// The name of the image, with --binary [default: the name of the file]
    #[arg(long, requires = "binary")]
    pub name: Option<String>,
    /// A TCP port of the executable, with --binary; can be repeated
    #[arg(long, requires = "binary")]
    pub port: Vec<u16>,
    /// Sign the provenance with this Ed25519 key: PKCS#8 in PEM, not encrypted
    #[arg(long, value_name = "FILE")]
    pub sign_key: Option<PathBuf>,
    /// The URI of the builder in the provenance [default: the holder of the key]
    #[arg(long, value_name = "URI")]
    pub builder: Option<String>,
    /// Push the image to a registry, such as 127.0.0.1:5000, with skopeo
    #[arg(long, value_name = "REGISTRY")]
    pub push: Option<String>,
    /// Use HTTP for the registry
    #[arg(long, requires = "push")]
    pub push_plain: bool,
}

impl Options {
    /// Returns the options for this machine, with the GNU C library where Rust's library for musl is not installed.
    pub fn for_this_machine() -> Result<Self> {
        let here = Platform::here();
        let here =
            here.ok_or_else(|| Error::unsupported("no image can be built for this machine"))?;
        let musl = build::check_toolchain(&[here], Libc::Musl).is_ok();
        Ok(Self {
            tag: None,
            output: None,
            platform: vec![here],
            libc: if musl { Libc::Musl } else { Libc::Gnu },
            binary: None,
            name: None,
            port: Vec::new(),
            sign_key: None,
            builder: None,
            push: None,
            push_plain: false,
        })
    }
}

/// Where executables come from.
pub(super) enum Source {
    /// The package of the service, built for these platforms.
    Package(Vec<Platform>, Libc),
    /// An executable that exists.
    Given(Binary),
}

/// What is known before anything is built.
pub(super) struct Plan<'o> {
    pub(super) service: &'o Service,
    pub(super) options: &'o Options,
    /// The name of the image, possibly with a folder.
    pub(super) name: String,
    pub(super) tag: String,
    /// The folder that is written to.
    pub(super) output: PathBuf,
    pub(super) commit: Commit,
    pub(super) source: Source,
    /// The key that signs the provenance.
    pub(super) key: Option<SigningKey>,
}

impl<'o> Plan<'o> {
    /// Checks that everything needed is there, so that nothing is found missing after minutes of building.
    pub(super) fn new(service: &'o Service, options: &'o Options) -> Result<Self> {
        let (source, name) = match &options.binary {
            Some(path) => {
                let name = image_name(options.name.as_deref(), path)?;
                (Source::Given(Binary::open(&fs::canonicalize(path)?)?), name)
            }
            None => {
                let mut platforms = options.platform.clone();
                platforms.sort_unstable();
                platforms.dedup();
                build::check_toolchain(&platforms, options.libc)?;
                check_lock_file(&service.workspace)?;
                let name = service.image.clone();
                (Source::Package(platforms, options.libc), name)
            }
        };
        let key = options.sign_key.as_deref().map(SigningKey::read);
        let plan = Self {
            service,
            options,
            name,
            tag: options
                .tag
                .clone()
                .unwrap_or_else(|| service.version.clone()),
            output: options
                .output
                .clone()
                .unwrap_or_else(|| service.output.clone()),
            commit: Commit::of(&service.workspace)?,
            source,
            key: key.transpose()?,
        };
        plan.check_signed_sources()?;
        Ok(plan)
    }

    /// Checks that what is signed names a commit, from which others can build the same.
    fn check_signed_sources(&self) -> Result {
        if self.key.is_none() || !self.is_built() || self.commit.is_clean() {
            return Ok(());
        }
        Err(Error::unsupported(format!(
            "--sign-key: the sources are {}, which is no commit: commit all changes, or build without a key",
            self.commit.id
        )))
    }

    /// Returns the platforms that are built for.
    pub(super) fn platforms(&self) -> Vec<Platform> {
        match &self.source {
            Source::Package(platforms, _) => platforms.clone(),
            Source::Given(binary) => vec![binary.platform],
        }
    }

    /// Whether the package of the service is built, rather than an executable packaged about which nothing is known.
    pub(super) fn is_built(&self) -> bool {
        matches!(self.source, Source::Package(..))
    }

    /// Returns the part of the name after the last slash.
    pub(super) fn short_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// Returns the name of a file about this image.
    pub(super) fn file(&self, suffix: &str) -> String {
        format!("{}-{suffix}", self.short_name())
    }

    /// Builds the executables, or returns the one that was given.
    pub(super) fn binaries(&self) -> Result<Vec<Binary>> {
        match &self.source {
            Source::Given(binary) => Ok(vec![binary.clone()]),
            Source::Package(platforms, libc) => {
                let mut binaries = Vec::new();
                for platform in platforms {
                    let architecture = platform.architecture();
                    let title = format!("building {} for linux/{architecture}", self.service.bin);
                    let commit = self.commit.known();
                    let build = || build::build(self.service, *platform, *libc, commit);
                    binaries.push(progress::step(title, build)?);
                }
                Ok(binaries)
            }
        }
    }
}

/// Checks that there are locked versions to build with.
fn check_lock_file(workspace: &Path) -> Result {
    let lock = workspace.join("Cargo.lock");
    match lock.exists() {
        true => Ok(()),
        false => Err(Error::unsupported(format!(
            "{} is missing: run `cargo generate-lockfile`, and commit it",
            lock.display()
        ))),
    }
}

/// Checks the name of an image: the one given, or that of the executable.
fn image_name(given: Option<&str>, program: &Path) -> Result<String> {
    let file = program.file_name().unwrap_or_default().to_string_lossy();
    let name = given.unwrap_or(&file);
    if is_image_name(name) {
        return Ok(name.to_owned());
    }
    let remedy = if given.is_some() {
        ""
    } else {
        "; use --name for another"
    };
    Err(Error::unsupported(format!(
        "`{name}` is not a valid image name: use lower-case letters and digits, with . _ - between them and / between \
         parts{remedy}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_is_named_after_its_executable() {
        let path = Path::new("target/release/my-service");
        assert_eq!(image_name(None, path).unwrap(), "my-service");
        let given = image_name(Some("team/service"), path);
        assert_eq!(given.unwrap(), "team/service");
    }

    #[test]
    fn invalid_image_name_is_rejected_with_the_remedy() {
        let error = image_name(None, Path::new("a/MyService")).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("`MyService`") && error.contains("--name"),
            "{error}"
        );
        for name in ["", "a/", "/a", "a//b", "-a", "../a", "a:1"] {
            assert!(image_name(Some(name), Path::new("a")).is_err(), "{name}");
        }
    }
}
