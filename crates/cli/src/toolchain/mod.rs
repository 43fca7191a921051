//! The installed Rust toolchain, and the C library and compiler that it links with.

mod debian;

use std::path::PathBuf;

pub(crate) use self::debian::DebianPackage;
use crate::{Result, oci::Platform, process::Cmd};

/// The C library that is linked statically.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Libc {
    /// musl: small, and made for static linking.
    Musl,
    /// The GNU C library.
    Gnu,
}

impl Libc {
    /// Returns Rust's name of a target with this library.
    pub fn target(self, platform: Platform) -> &'static str {
        match (self, platform) {
            (Self::Musl, Platform::Amd64) => "x86_64-unknown-linux-musl",
            (Self::Musl, Platform::Arm64) => "aarch64-unknown-linux-musl",
            (Self::Gnu, Platform::Amd64) => "x86_64-unknown-linux-gnu",
            (Self::Gnu, Platform::Arm64) => "aarch64-unknown-linux-gnu",
        }
    }

    /// Returns the name of the library on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Musl => "musl",
            Self::Gnu => "gnu",
        }
    }
}

/// Returns the folder of the Rust toolchain.
pub(crate) fn sysroot() -> Result<PathBuf> {
    let folder = Cmd::new("rustc").args(["--print", "sysroot"]).read()?;
    Ok(PathBuf::from(folder.trim()))
}

/// The Rust compiler.
#[derive(Debug)]
pub(crate) struct Rustc {
    /// The output of `rustc --version --verbose`.
    pub(crate) verbose: String,
}

impl Rustc {
    /// Returns the installed compiler.
    pub(crate) fn installed() -> Result<Self> {
        let verbose = Cmd::new("rustc").args(["--version", "--verbose"]).read()?;
        Ok(Self { verbose })
    }

    /// Returns the version, such as `1.95.0`.
    pub(crate) fn release(&self) -> &str {
        self.field("release").unwrap_or("unknown")
    }

    /// Returns the commit of Rust's sources; a distribution's own build has none.
    pub(crate) fn commit(&self) -> Option<&str> {
        self.field("commit-hash").filter(|it| *it != "unknown")
    }

    /// Returns the version of LLVM.
    pub(crate) fn llvm(&self) -> &str {
        self.field("LLVM version").unwrap_or("unknown")
    }

    /// Returns where the sources are, as a version control URL of SPDX and in-toto.
    pub(crate) fn sources(&self) -> Option<String> {
        let commit = self.commit()?;
        Some(format!("git+https://github.com/rust-lang/rust@{commit}"))
    }

    fn field(&self, name: &str) -> Option<&str> {
        let mut lines = self.verbose.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// The C compiler for a platform.
#[derive(Debug)]
pub(crate) struct Compiler {
    pub(crate) program: String,
    /// The Debian package of a cross compiler.
    pub(crate) package: Option<&'static str>,
}

impl Compiler {
    /// Returns the compiler for a platform: the system's own, or a cross compiler.
    pub(crate) fn of(platform: Platform) -> Self {
        let (program, package) = match platform {
            here if Some(here) == Platform::here() => {
                let set = std::env::var("CC").ok().filter(|it| !it.is_empty());
                (set.unwrap_or_else(|| "cc".to_owned()), None)
            }
            Platform::Amd64 => (
                "x86_64-linux-gnu-gcc".to_owned(),
                Some("gcc-x86-64-linux-gnu"),
            ),
            Platform::Arm64 => (
                "aarch64-linux-gnu-gcc".to_owned(),
                Some("gcc-aarch64-linux-gnu"),
            ),
        };
        Self { program, package }
    }

    /// Returns the first line of its version.
    pub(crate) fn version(&self) -> Option<String> {
        let version = Cmd::new(&self.program).arg("--version").try_read()?;
        Some(version.lines().next()?.to_owned())
    }

    /// Returns the path of a library that it links.
    pub(crate) fn library(&self, name: &str) -> Option<PathBuf> {
        let print = format!("-print-file-name={name}");
        let path = Cmd::new(&self.program).arg(print).try_read()?;
        // A library that does not exist is printed without a folder.
        Some(PathBuf::from(path.trim())).filter(|path| path.is_absolute())
    }

    /// Returns the Debian package of the compiler.
    pub(crate) fn debian_package(&self) -> Option<DebianPackage> {
        let script = r#"readlink -f "$(command -v "$0")""#;
        let path = Cmd::new("sh").args(["-c", script, &self.program]);
        DebianPackage::of_file(path.try_read()?.trim().as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiler_is_read_from_its_version() {
        let verbose = "rustc 1.95.0\nbinary: rustc\ncommit-hash: 59807616e1fa\nrelease: 1.95.0\nLLVM version: 22.1.2\n";
        let rustc = Rustc {
            verbose: verbose.to_owned(),
        };
        let found = (rustc.release(), rustc.commit(), rustc.llvm());
        assert_eq!(found, ("1.95.0", Some("59807616e1fa"), "22.1.2"));
        let sources = rustc.sources().unwrap();
        assert_eq!(
            sources,
            "git+https://github.com/rust-lang/rust@59807616e1fa"
        );
        for verbose in ["rustc 1.95.0-dev\n", "commit-hash: unknown\n"] {
            let verbose = verbose.to_owned();
            assert_eq!(Rustc { verbose }.commit(), None);
        }
    }
}
