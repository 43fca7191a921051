//! What is asked for: the options of `cargo xtask dist`, and what they come to before anything is built.

use std::path::{Path, PathBuf};

use clap::ValueEnum as _;

use super::{
    binary::{self, Libc, Source},
    edge,
    oci::Platform,
    server, version,
};
use crate::run::{Failure, Outcome, Run};

/// Which images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Which {
    /// The server, with all that belongs to it
    Server,
    /// nginx before the servers
    Edge,
    /// Both
    All,
}

/// What is made, and of what.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Which images are made [default: all; server with --binary, and where there is nothing for an edge]
    #[arg(long, value_enum)]
    pub(super) image: Option<Which>,
    /// The tag of the images [default: the version of the workspace]
    #[arg(long)]
    pub(super) tag: Option<String>,
    /// For which platforms; more than one give an image with an index
    #[arg(long, value_delimiter = ',', default_value = "linux/amd64")]
    pub(super) platform: Vec<Platform>,
    /// The C library that is linked into the server
    #[arg(long, default_value = "musl")]
    pub(super) libc: Libc,
    /// Put the edge on this image in the stead of Debian's packages: an OCI archive, or a name that skopeo fetches
    #[arg(long, value_name = "ARCHIVE|NAME")]
    pub(super) base: Option<String>,
    /// Take nginx and its libraries from this release of Debian, such as `forky`, in the stead of this machine's
    #[arg(long, value_name = "RELEASE", conflicts_with = "base")]
    pub(super) debian: Option<String>,
    /// Package this program in the stead of purlin-server: a static executable for Linux
    #[arg(long, value_name = "PATH")]
    pub(super) binary: Option<PathBuf>,
    /// The name of the image, with --binary [default: the file's name]
    #[arg(long, requires = "binary")]
    pub(super) name: Option<String>,
    /// A port the program listens on, with --binary; may be given several times
    #[arg(long, requires = "binary")]
    pub(super) port: Vec<u16>,
    /// Push the images to a registry as well, such as 127.0.0.1:5000, with skopeo
    #[arg(long, value_name = "REGISTRY")]
    pub(super) push: Option<String>,
    /// Speak HTTP to the registry
    #[arg(long, requires = "push")]
    pub(super) push_plain: bool,
    /// Build once more, elsewhere, with another umask and time zone, and compare every byte
    #[arg(long, conflicts_with_all = ["binary", "push"])]
    pub(super) verify: bool,
}

impl Options {
    /// Both images for this machine, and for the other processor where it can be built for.
    pub(super) fn everything() -> Outcome<Self> {
        let mut options = Self::here()?;
        for other in [Platform::Amd64, Platform::Arm64] {
            if !options.platform.contains(&other) && can_build(other, options.libc) {
                options.platform.push(other);
            }
        }
        Ok(options)
    }

    /// The server's image for this machine, built twice.
    pub(super) fn verified() -> Outcome<Self> {
        Ok(Self {
            image: Some(Which::Server),
            verify: true,
            ..Self::here()?
        })
    }

    /// The edge's image for this machine on a release of Debian.
    pub(super) fn edge_on(release: &str) -> Outcome<Self> {
        Ok(Self {
            image: Some(Which::Edge),
            debian: Some(release.to_owned()),
            ..Self::here()?
        })
    }

    /// The edge's image for this machine on another.
    pub(super) fn edge_over(base: &str) -> Outcome<Self> {
        Ok(Self {
            image: Some(Which::Edge),
            base: Some(base.to_owned()),
            ..Self::here()?
        })
    }

    /// Both images for this machine; with glibc where there is no musl.
    fn here() -> Outcome<Self> {
        let here =
            Platform::here().ok_or_else(|| Failure::said("no image is made for this machine"))?;
        let libc = match Source::ours(&[here], Libc::Musl) {
            Ok(_) => Libc::Musl,
            Err(_) => Libc::Gnu,
        };
        Ok(Self {
            image: Some(Which::All),
            tag: None,
            platform: vec![here],
            libc,
            base: None,
            debian: None,
            binary: None,
            name: None,
            port: Vec::new(),
            push: None,
            push_plain: false,
            verify: false,
        })
    }
}

impl Options {
    /// What makes the same files on the command line. Neither a program that is given nor a registry is verified.
    pub(super) fn words(&self) -> Vec<String> {
        let named = |value: Option<clap::builder::PossibleValue>| {
            value.map(|value| value.get_name().to_owned())
        };
        let platforms = self.platform.iter();
        let platforms = platforms.filter_map(|one| named(one.to_possible_value()));
        let words = [
            (
                "--image",
                named(self.image.and_then(|it| it.to_possible_value())),
            ),
            ("--tag", self.tag.clone()),
            ("--platform", Some(platforms.collect::<Vec<_>>().join(","))),
            ("--libc", named(self.libc.to_possible_value())),
            ("--base", self.base.clone()),
            ("--debian", self.debian.clone()),
        ];
        let given = words.into_iter().filter_map(|(name, value)| {
            let value = value?;
            Some([name.to_owned(), value])
        });
        given.flatten().collect()
    }
}

/// What is known before anything is built.
pub(super) struct Plan<'o> {
    pub(super) options: &'o Options,
    image: Which,
    /// What the server's image is called, perhaps with a folder before it.
    pub(super) name: String,
    pub(super) tag: String,
    pub(super) platforms: Vec<Platform>,
    pub(super) commit: Commit,
    pub(super) source: Source,
}

impl<'o> Plan<'o> {
    /// Looks whether there is everything to build with, so that nothing is missed an hour later.
    pub(super) fn new(options: &'o Options) -> Outcome<Self> {
        let image = options.image.unwrap_or_else(|| usual(options));
        if image == Which::Server && (options.base.is_some() || options.debian.is_some()) {
            return Err(Failure::said(
                "--base and --debian are for the edge: the server stands on nothing",
            ));
        }
        if image == Which::Edge && options.binary.is_some() {
            return Err(Failure::said(
                "--binary is for the server, and --image edge makes none",
            ));
        }
        let mut platforms = options.platform.clone();
        platforms.sort_unstable();
        platforms.dedup();
        let (source, name) = match &options.binary {
            Some(path) => (Source::given(path)?, named(options.name.as_deref(), path)?),
            None if image == Which::Edge => (Source::None, server::NAME.to_owned()),
            None => (
                Source::ours(&platforms, options.libc)?,
                server::NAME.to_owned(),
            ),
        };
        if image != Which::Server && options.base.is_none() {
            edge::look()?;
        }
        Ok(Self {
            options,
            image,
            name,
            tag: options.tag.clone().unwrap_or_else(|| version().to_owned()),
            platforms,
            commit: Commit::of_sources()?,
            source,
        })
    }

    /// Whether this image is asked for.
    pub(super) fn wants(&self, which: Which) -> bool {
        self.image == which || self.image == Which::All
    }
}

/// Whether there is, or could be installed, what it takes; if not, why.
fn can_build(platform: Platform, libc: Libc) -> bool {
    let looked = binary::installed(platform, libc).and_then(|()| Source::ours(&[platform], libc));
    if let Err(failure) = &looked {
        eprintln!("nothing for linux/{}: {failure}", platform.architecture());
    }
    looked.is_ok()
}

/// What is made where nobody says what.
fn usual(options: &Options) -> Which {
    if options.binary.is_some() {
        return Which::Server;
    }
    match edge::look() {
        Err(failure) if options.base.is_none() => {
            eprintln!("no image of the edge: {failure}");
            Which::Server
        }
        _ => Which::All,
    }
}

/// The name of an image of somebody's program.
fn named(told: Option<&str>, program: &Path) -> Outcome<String> {
    let file = program.file_name().unwrap_or_default().to_string_lossy();
    let name = told.unwrap_or(&file);
    let is_part = |part: &str| {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        part.chars().all(fits) && ends(part.chars().next()) && ends(part.chars().next_back())
    };
    if name.split('/').all(is_part) {
        return Ok(name.to_owned());
    }
    let mend = if told.is_some() {
        ""
    } else {
        "; give another by --name"
    };
    Err(Failure::said(format!(
        "`{name}` is no name of an image: lower-case letters and digits make one, with . _ - between them and / between \
         its parts{mend}"
    )))
}

/// The state of the sources.
pub(super) struct Commit {
    /// With `-dirty` behind it where files differ from it.
    pub(super) id: String,
    /// Seconds since 1970: of the commit, unless `SOURCE_DATE_EPOCH` says otherwise.
    pub(super) epoch: u64,
}

impl Commit {
    pub(super) fn of_sources() -> Outcome<Self> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_told_as_they_are_given() {
        #[derive(clap::Parser)]
        struct Cli {
            #[command(flatten)]
            options: Options,
        }
        let given = "dist --image server --tag 1 --platform linux/amd64,linux/arm64 --libc gnu --debian forky";
        let cli = <Cli as clap::Parser>::parse_from(given.split(' '));
        assert_eq!(format!("dist {}", cli.options.words().join(" ")), given);
    }

    #[test]
    fn a_program_gives_its_image_the_name_of_its_file() {
        let path = Path::new("target/release/my-service");
        assert_eq!(named(None, path).unwrap(), "my-service");
        assert_eq!(named(Some("team/service"), path).unwrap(), "team/service");
    }

    #[test]
    fn what_is_no_name_of_an_image_is_refused_with_the_mend() {
        let words = named(None, Path::new("a/MyService"))
            .unwrap_err()
            .to_string();
        assert!(
            words.contains("`MyService`") && words.ends_with("by --name"),
            "{words}"
        );
        for name in ["", "a/", "/a", "a//b", "-a", "../a", "a:1"] {
            assert!(named(Some(name), Path::new("a")).is_err(), "{name}");
        }
    }
}
