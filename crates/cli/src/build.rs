//! Static executables: built for a platform, or taken as they are and checked.

use std::path::{Path, PathBuf};

use fs_err as fs;
use object::{
    Endianness,
    elf::{EM_AARCH64, EM_X86_64, FileHeader64, PT_INTERP},
    read::elf::{FileHeader as _, ProgramHeader as _},
};

pub use crate::toolchain::Libc;
use crate::{
    Error, Result, Service,
    oci::Platform,
    process::Cmd,
    sbom,
    toolchain::{Compiler, Rustc, sysroot},
};

/// A static executable.
#[derive(Clone, Debug)]
pub struct Binary {
    /// The platform it runs on.
    pub platform: Platform,
    /// Its file.
    pub path: PathBuf,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Binary {
    /// Reads an executable and checks that it is static.
    pub fn open(path: &Path) -> Result<Self> {
        let bytes = fs::read(path)?;
        Ok(Self {
            platform: platform(&bytes).map_err(|reason| Error::invalid(path.display(), reason))?,
            path: path.to_owned(),
            bytes,
        })
    }
}

/// Checks that Rust's standard library and the C compiler for each platform are installed, so that a missing one is
/// reported before anything is built.
pub fn check_toolchain(platforms: &[Platform], libc: Libc) -> Result {
    let library = sysroot()?.join("lib/rustlib");
    let targets = platforms.iter().map(|platform| libc.target(*platform));
    let missing: Vec<_> = targets.filter(|it| !library.join(it).is_dir()).collect();
    if !missing.is_empty() {
        return Err(Error::unsupported(not_installed(&missing, libc)));
    }
    for compiler in platforms.iter().copied().map(Compiler::of) {
        if let Some(package) = compiler.package {
            crate::process::require(&compiler.program, "--version", package)?;
        }
    }
    Ok(())
}

/// Returns the message that Rust's standard library for these targets is missing.
fn not_installed(targets: &[&str], libc: Libc) -> String {
    let other = match libc {
        Libc::Musl => ", or use --libc gnu",
        Libc::Gnu => "",
    };
    format!(
        "Rust's standard library for {} is not installed: run `rustup target add {}`{other}",
        targets.join(" and "),
        targets.join(" ")
    )
}

/// Builds a service for a platform; `commit` is passed as the variable `PURLIN_COMMIT`.
pub fn build(
    service: &Service,
    platform: Platform,
    libc: Libc,
    commit: Option<&str>,
) -> Result<Binary> {
    let target = libc.target(platform);
    let name = &service.bin;
    let mut cargo = Cmd::cargo()
        .args([
            "build",
            "--locked",
            "--package",
            &service.package,
            "--bin",
            name,
        ])
        .args(["--profile", &service.profile, "--target", target])
        .args(
            service
                .profile_settings
                .iter()
                .flat_map(|it| ["--config", it]),
        )
        .current_dir(&service.workspace)
        // The encoded form allows spaces in flags.
        .env(
            "CARGO_ENCODED_RUSTFLAGS",
            flags(service, libc)?.join("\u{1f}"),
        );
    if let Some(commit) = commit {
        cargo = cargo.env("PURLIN_COMMIT", commit);
    }
    let lower = target.replace('-', "_");
    let compiler = Compiler::of(platform).program;
    let (is_foreign, variable) = (Some(platform) != Platform::here(), format!("CC_{lower}"));
    // ring contains C that needs no C library: the system's compiler makes it for musl as well.
    if is_foreign || libc == Libc::Musl && std::env::var_os(&variable).is_none() {
        cargo = cargo.env(&variable, &compiler);
    }
    // Rust's own linker is not used for glibc.
    if is_foreign && libc == Libc::Gnu {
        let linker = format!("CARGO_TARGET_{}_LINKER", lower.to_uppercase());
        cargo = cargo.env(&linker, &compiler);
    }
    let made = cargo.executables();
    if made.is_err() && libc == Libc::Musl {
        eprintln!(
            "if it is C code that failed, such as SQLite: it needs a C library. Install musl's compiler (on Debian \
             musl-tools) and set {variable}=musl-gcc, or use --libc gnu"
        );
    }
    let mut made = made?.into_iter();
    let (_, path) = made
        .find(|(found, _)| found == name)
        .ok_or_else(|| Error::unsupported(format!("cargo built no executable named {name}")))?;
    let binary = Binary::open(&sbom::embed(service, &path, target)?)?;
    match binary.platform == platform {
        true => Ok(binary),
        false => Err(Error::invalid(path.display(), format!("not for {target}"))),
    }
}

/// Returns the compiler flags that keep paths of this machine out of the executable and link it statically.
fn flags(service: &Service, libc: Libc) -> Result<Vec<String>> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let home = set("CARGO_HOME").or_else(|| Some(format!("{}/.cargo", set("HOME")?)));
    let rustc = Rustc::installed()?;
    let root = service.workspace.display().to_string();
    let mut remapped = vec![(root, format!("/{}", service.package))];
    // Build scripts write there, wherever it is.
    if !service.target.starts_with(&service.workspace) {
        let target = service.target.display().to_string();
        remapped.push((target, format!("/{}/target", service.package)));
    }
    remapped.extend(home.map(|home| (home, "/cargo".to_owned())));
    // Where the component `rust-src` is installed, the compiler uses its path in place of this one.
    let sources = format!("{}/lib/rustlib/src/rust", sysroot()?.display());
    remapped.extend(
        rustc
            .commit()
            .map(|hash| (sources, format!("/rustc/{hash}"))),
    );
    let remapped = remapped.into_iter();
    let remapped = remapped.map(|(from, to)| format!("--remap-path-prefix={from}={to}"));
    let linked = match libc {
        // Rust's own linker supports every processor and is the same on every machine. Packed relative relocations
        // (System V ABI, RELR) take a hundredth of the space; musl reads them.
        Libc::Musl => &["-Clinker=rust-lld", "-Clink-arg=-zpack-relative-relocs"][..],
        Libc::Gnu => &["-Ctarget-feature=+crt-static"],
    };
    Ok(remapped
        .chain(linked.iter().map(ToString::to_string))
        .collect())
}

/// Returns the platform of a static executable, or why it cannot run alone in an image.
fn platform(bytes: &[u8]) -> Result<Platform, String> {
    let unreadable = |_| "not an executable for 64-bit Linux".to_owned();
    let header = FileHeader64::<Endianness>::parse(bytes).map_err(unreadable)?;
    let endian = header.endian().map_err(unreadable)?;
    let platform = match header.e_machine(endian) {
        EM_X86_64 => Platform::Amd64,
        EM_AARCH64 => Platform::Arm64,
        _ => return Err("for neither amd64 nor arm64".to_owned()),
    };
    let segments = header.program_headers(endian, bytes);
    let segments = segments.map_err(unreadable)?;
    match segments.iter().any(|it| it.p_type(endian) == PT_INTERP) {
        false => Ok(platform),
        true => Err(format!(
            "needs shared libraries, and the image has none: build it with --target {}",
            Libc::Musl.target(platform)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the header of an executable with one segment.
    fn executable(machine: u8, segment: u8) -> Vec<u8> {
        let mut bytes = vec![0; 64 + 56];
        bytes[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        bytes[16] = 2;
        bytes[18] = machine;
        bytes[20] = 1;
        bytes[32] = 64;
        bytes[52] = 64;
        bytes[54] = 56;
        bytes[56] = 1;
        bytes[64] = segment;
        bytes
    }

    #[test]
    fn platform_is_read_from_the_executable() {
        assert_eq!(platform(&executable(62, 1)), Ok(Platform::Amd64));
        assert_eq!(platform(&executable(183, 1)), Ok(Platform::Arm64));
    }

    #[test]
    fn the_other_c_library_is_suggested_in_place_of_musl_only() {
        let message = not_installed(&["x86_64-unknown-linux-musl"], Libc::Musl);
        assert!(
            message.ends_with("linux-musl`, or use --libc gnu"),
            "{message}"
        );
        let message = not_installed(&["aarch64-unknown-linux-gnu"], Libc::Gnu);
        assert!(
            message.ends_with("`rustup target add aarch64-unknown-linux-gnu`"),
            "{message}"
        );
    }

    #[test]
    fn executable_that_cannot_run_alone_is_rejected_with_the_remedy() {
        let reason = platform(&executable(62, 3)).unwrap_err();
        let remedy = "--target x86_64-unknown-linux-musl";
        assert!(reason.contains(remedy), "{reason}");
        let reason = platform(b"#!/bin/sh\n").unwrap_err();
        assert!(reason.contains("not an executable"), "{reason}");
        assert!(platform(&executable(8, 1)).unwrap_err().contains("neither"));
        // Truncated, or with an offset beyond the end.
        assert!(platform(b"\x7fELF\x02\x01").is_err());
        let mut wild = executable(62, 1);
        wild[32..40].fill(0xff);
        assert!(platform(&wild).is_err());
    }
}
