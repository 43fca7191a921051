//! The program: built to run anywhere, or given.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{oci::Platform, options::Commit, sbom, server};
use crate::run::{Failure, Outcome, Run, executables_of, need, root};

/// The C library that is linked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Libc {
    Musl,
    Gnu,
}

impl Libc {
    /// What Rust calls a platform with this library.
    pub(super) fn target(self, platform: Platform) -> &'static str {
        match (self, platform) {
            (Self::Musl, Platform::Amd64) => "x86_64-unknown-linux-musl",
            (Self::Musl, Platform::Arm64) => "aarch64-unknown-linux-musl",
            (Self::Gnu, Platform::Amd64) => "x86_64-unknown-linux-gnu",
            (Self::Gnu, Platform::Arm64) => "aarch64-unknown-linux-gnu",
        }
    }
}

/// Where programs come from.
pub(super) enum Source {
    /// purlin-server, built for these platforms.
    Ours(Vec<Platform>, Libc),
    /// Somebody else's, as it is.
    Given(Binary),
    /// None are asked for.
    None,
}

/// A static executable.
#[derive(Clone)]
pub(super) struct Binary {
    pub(super) platform: Platform,
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// Installs the C compiler for a platform, where Rust's library for it is there.
pub(super) fn installed(platform: Platform, libc: Libc) -> Outcome {
    let (program, package) = compiler(platform);
    match has_library(&sysroot()?, libc.target(platform)) {
        true => need(program, package),
        // Whoever looks next says what is missing.
        false => Ok(()),
    }
}

/// Whether Rust's library for a target is installed.
fn has_library(sysroot: &str, target: &str) -> bool {
    Path::new(sysroot).join("lib/rustlib").join(target).is_dir()
}

impl Source {
    /// Looks whether there is everything to build with.
    pub(super) fn ours(platforms: &[Platform], libc: Libc) -> Outcome<Self> {
        let sysroot = sysroot()?;
        let targets = platforms.iter().map(|platform| libc.target(*platform));
        let missing: Vec<_> = targets
            .filter(|target| !has_library(&sysroot, target))
            .collect();
        if !missing.is_empty() {
            return Err(Failure::said(format!(
                "Rust's library for {0} is not installed; `rustup target add {1}` does it, and `--libc gnu` does without",
                missing.join(" and "),
                missing.join(" ")
            )));
        }
        for platform in platforms.iter().filter(|it| Some(**it) != Platform::here()) {
            let (compiler, package) = compiler(*platform);
            if !Run::new(compiler).args(["--version"]).succeeds() {
                return Err(Failure::said(format!(
                    "a C compiler for {} is missing, for the cryptography: {compiler}, in the Debian package {package}",
                    libc.target(*platform)
                )));
            }
        }
        Ok(Self::Ours(platforms.to_vec(), libc))
    }

    pub(super) fn given(path: &Path) -> Outcome<Self> {
        // Relative to where the command was given, which cargo keeps.
        let path = fs::canonicalize(path).map_err(Failure::file(path))?;
        let bytes = fs::read(&path).map_err(Failure::file(&path))?;
        let platform =
            elf(&bytes).map_err(|words| Failure::said(format!("{}: {words}", path.display())))?;
        Ok(Self::Given(Binary {
            platform,
            path,
            bytes,
        }))
    }

    pub(super) fn binaries(&self, commit: &Commit) -> Outcome<Vec<Binary>> {
        match self {
            Self::Ours(platforms, libc) => {
                let build = |platform: &Platform| build(*platform, *libc, commit);
                platforms.iter().map(build).collect()
            }
            Self::Given(binary) => Ok(vec![binary.clone()]),
            Self::None => Ok(Vec::new()),
        }
    }
}

/// Where the compiler and what belongs to it are.
pub(super) fn sysroot() -> Outcome<String> {
    let told = Run::new("rustc").args(["--print", "sysroot"]).read()?;
    Ok(told.trim().to_owned())
}

/// Nothing of this machine is in what is built: not where the sources are, nor where cargo and Rust keep theirs.
fn flags(libc: Libc) -> Outcome<Vec<String>> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let home = set("CARGO_HOME").or_else(|| Some(format!("{}/.cargo", set("HOME")?)));
    let rustc = Run::new("rustc").args(["--version", "--verbose"]).read()?;
    let mut known = vec![(root().display().to_string(), "/purlin".to_owned())];
    // What build scripts write is there, wherever that is.
    known.extend(set("CARGO_TARGET_DIR").map(|target| (target, "/purlin/target".to_owned())));
    known.extend(home.map(|home| (home, "/cargo".to_owned())));
    let sources = format!("{}/lib/rustlib/src/rust", sysroot()?);
    known.extend(own_sources(&rustc).map(|name| (sources, name)));
    let remapped = known.into_iter();
    let remapped = remapped.map(|(from, to)| format!("--remap-path-prefix={from}={to}"));
    let linked = match libc {
        // Rust's own linker knows every processor, and is the same on every machine. The addresses to be moved at the start
        // take a hundredth of the space packed (System V ABI, RELR), which musl reads.
        Libc::Musl => &["-Clinker=rust-lld", "-Clink-arg=-zpack-relative-relocs"][..],
        // What musl is anyway.
        Libc::Gnu => &["-Ctarget-feature=+crt-static"],
    };
    let linked = linked.iter().map(|&flag| flag.to_owned());
    Ok(remapped.chain(linked).collect())
}

/// What Rust's own sources are called in its libraries. Where the component `rust-src` is installed, the compiler finds
/// them and calls them by their place on the machine instead.
fn own_sources(rustc: &str) -> Option<String> {
    let hash = rustc
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash: "))?;
    Some(format!("/rustc/{hash}"))
}

fn build(platform: Platform, libc: Libc, commit: &Commit) -> Outcome<Binary> {
    let target = libc.target(platform);
    let mut run = Run::cargo()
        .args([
            "build",
            "--locked",
            "--package",
            server::NAME,
            "--profile",
            "dist",
        ])
        .args(["--target", target])
        .env("PURLIN_COMMIT", &commit.id)
        // Rust's flags in a form that takes spaces.
        .env("CARGO_ENCODED_RUSTFLAGS", &flags(libc)?.join("\u{1f}"));
    if Some(platform) != Platform::here() {
        run = crossing(run, platform, libc);
    }
    let made = executables_of(run)?;
    let path = made.into_iter().find(|(name, _)| name == server::NAME);
    let (_, path) = path.ok_or_else(|| {
        Failure::said(format!("cargo built no executable named {}", server::NAME))
    })?;
    let path = sbom::embed(&path, target)?;
    let bytes = fs::read(&path).map_err(Failure::file(&path))?;
    match elf(&bytes) {
        Ok(found) if found == platform => Ok(Binary {
            platform,
            path,
            bytes,
        }),
        Ok(_) => Err(Failure::said(format!(
            "{} is not for {target}",
            path.display()
        ))),
        Err(words) => Err(Failure::said(format!("{}: {words}", path.display()))),
    }
}

/// Another processor's C compiler, for the C in ring; it links what Rust's own linker does not.
fn crossing(run: Run, platform: Platform, libc: Libc) -> Run {
    let lower = libc.target(platform).replace('-', "_");
    let compiler = compiler(platform).0;
    let run = run.env(&format!("CC_{lower}"), compiler);
    match libc {
        Libc::Musl => run,
        Libc::Gnu => run.env(
            &format!("CARGO_TARGET_{}_LINKER", lower.to_uppercase()),
            compiler,
        ),
    }
}

/// The C compiler for a platform, and the Debian package it is in.
fn compiler(platform: Platform) -> (&'static str, &'static str) {
    match platform {
        Platform::Amd64 => ("x86_64-linux-gnu-gcc", "gcc-x86-64-linux-gnu"),
        Platform::Arm64 => ("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"),
    }
}

const MAGIC: &[u8] = b"\x7fELF";
const PT_INTERP: u32 = 3;

/// What an executable is for; or in words why it cannot stand alone in an image (System V ABI, ELF-64).
fn elf(bytes: &[u8]) -> Result<Platform, String> {
    let unreadable = || "is no executable for 64-bit Linux".to_owned();
    let number = |at: usize, length: usize| {
        let bytes = bytes.get(at..at.checked_add(length)?)?;
        let digits = bytes.iter().rev();
        Some(digits.fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)))
    };
    // 64 bits, little-endian.
    if !bytes.starts_with(MAGIC) || bytes.get(4..6) != Some(&[2, 1]) {
        return Err(unreadable());
    }
    let platform = match number(18, 2) {
        Some(62) => Platform::Amd64,
        Some(183) => Platform::Arm64,
        _ => return Err("is for neither amd64 nor arm64".to_owned()),
    };
    let (offset, size, count) = (number(32, 8), number(54, 2), number(56, 2));
    let (Some(offset), Some(size), Some(count)) = (offset, size, count) else {
        return Err(unreadable());
    };
    for nth in 0..count {
        let at = nth.checked_mul(size).and_then(|it| it.checked_add(offset));
        let at = at
            .and_then(|at| usize::try_from(at).ok())
            .ok_or_else(unreadable)?;
        if number(at, 4).ok_or_else(unreadable)? == u64::from(PT_INTERP) {
            return Err(format!(
                "needs shared libraries, and the image has none; build it for --target {}",
                Libc::Musl.target(platform)
            ));
        }
    }
    Ok(platform)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of an executable with one segment.
    fn executable(machine: u8, segment: u8) -> Vec<u8> {
        let mut bytes = vec![0; 64 + 56];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        bytes[18] = machine;
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = 1;
        bytes[64] = segment;
        bytes
    }

    #[test]
    fn rusts_own_sources_are_called_as_in_its_libraries() {
        let told = "rustc 1.95.0\nbinary: rustc\ncommit-hash: 59807616e1fa\nhost: somewhere\n";
        assert_eq!(own_sources(told).as_deref(), Some("/rustc/59807616e1fa"));
        assert_eq!(own_sources("rustc 1.95.0-dev\n"), None);
    }

    #[test]
    fn an_executable_tells_what_it_is_for() {
        assert_eq!(elf(&executable(62, 1)), Ok(Platform::Amd64));
        assert_eq!(elf(&executable(183, 1)), Ok(Platform::Arm64));
    }

    #[test]
    fn what_cannot_run_alone_in_an_image_is_refused_with_the_mend() {
        let words = elf(&executable(62, 3)).unwrap_err();
        assert!(
            words.contains("--target x86_64-unknown-linux-musl"),
            "{words}"
        );
        assert!(elf(b"#!/bin/sh\n").unwrap_err().contains("no executable"));
        assert!(elf(&executable(8, 1)).unwrap_err().contains("neither"));
        // Cut short, or with numbers that lead nowhere.
        assert!(elf(b"\x7fELF\x02\x01").is_err());
        let mut wild = executable(62, 1);
        wild[32..40].fill(0xff);
        assert!(elf(&wild).is_err());
    }
}
