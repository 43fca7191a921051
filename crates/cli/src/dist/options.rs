//! The command-line options of `dist`, and the plan they amount to before anything is built.

use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::{
    Error, Result, Service,
    attest::SigningKey,
    build::{self, Binary, Libc},
    oci::Platform,
    process::Cmd,
};

/// What to build and where to put it.
#[derive(Debug, clap::Args)]
#[non_exhaustive]
pub struct Options {
    /// The tag of the image [default: the version of the package]
    #[arg(long)]
    pub tag: Option<String>,
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
                let name = service.package.clone();
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
            "--sign-key: the sources are {}, which is no commit; commit the changes, or build without a key",
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
                    let commit = &self.commit.id;
                    binaries.push(build::build(self.service, *platform, *libc, commit)?);
                }
                Ok(binaries)
            }
        }
    }
}

/// Checks the name of an image: the one given, or that of the executable.
fn image_name(given: Option<&str>, program: &Path) -> Result<String> {
    let file = program.file_name().unwrap_or_default().to_string_lossy();
    let name = given.unwrap_or(&file);
    let is_part = |part: &str| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        part.chars().all(allowed) && ends(part.chars().next()) && ends(part.chars().next_back())
    };
    if name.split('/').all(is_part) {
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

/// The state of the sources.
pub(super) struct Commit {
    /// The commit, with the suffix `-dirty` where files differ from it.
    pub(super) id: String,
    /// The time of the commit in seconds since 1970, or `SOURCE_DATE_EPOCH`.
    pub(super) epoch: u64,
}

impl Commit {
    /// Whether the sources are those of a commit, neither changed nor unknown.
    pub(super) fn is_clean(&self) -> bool {
        self.id.len() >= 40 && self.id.bytes().all(|it| it.is_ascii_hexdigit())
    }

    fn of(folder: &Path) -> Result<Self> {
        let git = |args: &[&str]| Cmd::new("git").args(args).current_dir(folder).output();
        let given = std::env::var("SOURCE_DATE_EPOCH").ok();
        let given = given.map(|text| {
            let reason = format!("`{text}` is not a number of seconds since 1970");
            let number = text.parse();
            number.map_err(|_| Error::invalid("SOURCE_DATE_EPOCH", reason))
        });
        let Ok((id, _)) = git(&["rev-parse", "HEAD"]) else {
            // An archive of the sources, for example.
            let epoch = given.transpose()?.unwrap_or(0);
            let id = "unknown".to_owned();
            return Ok(Self { id, epoch });
        };
        let mut id = id.trim().to_owned();
        let (changes, _) = git(&["status", "--porcelain"])?;
        if !changes.trim().is_empty() {
            id.push_str("-dirty");
        }
        let (committed, _) = git(&["log", "-1", "--format=%ct"])?;
        let committed = committed.trim().parse().unwrap_or(0);
        let epoch = given.transpose()?.unwrap_or(committed);
        Ok(Self { id, epoch })
    }
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
