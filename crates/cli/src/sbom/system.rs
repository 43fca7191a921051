//! What is linked and is no crate: Rust's standard library, the C library and the unwinder.

use std::path::Path;

use fs_err as fs;
use object::read::archive::ArchiveFile;

use super::{Checksum, Component};
use crate::{
    Result,
    oci::{Digest, Platform},
    toolchain::{Compiler, Libc, Rustc, sysroot},
};

/// Returns the standard library, and the libraries it depends on.
pub(super) fn libraries(libc: Libc, platform: Platform) -> Result<(Component, Vec<Component>)> {
    let rustc = Rustc::installed()?;
    let license = Some("MIT OR Apache-2.0".to_owned());
    let mut std = Component::new("generic", "rust-std", rustc.release(), license);
    std.sources = rustc.sources();
    let libraries = match libc {
        Libc::Musl => musl(&rustc, libc.target(platform))?,
        Libc::Gnu => gnu(&Compiler::of(platform))?,
    };
    Ok((std, libraries))
}

/// Returns what Rust ships for musl.
fn musl(rustc: &Rustc, target: &str) -> Result<Vec<Component>> {
    let folder = sysroot()?.join("lib/rustlib").join(target);
    shipped_with_musl(rustc, &folder.join("lib/self-contained"))
}

/// Returns the libraries in a folder; a toolchain of a distribution may link its own instead.
fn shipped_with_musl(rustc: &Rustc, folder: &Path) -> Result<Vec<Component>> {
    let mut components = Vec::new();
    let libc = folder.join("libc.a");
    if libc.exists() {
        let archive = fs::read(libc)?;
        let version = musl_version(&archive).unwrap_or_default();
        components.push(library("musl", &version, "MIT", &archive));
    }
    let unwinder = folder.join("libunwind.a");
    if unwinder.exists() {
        // Rust builds LLVM's unwinder from the sources of its LLVM.
        let license = "Apache-2.0 WITH LLVM-exception";
        let archive = fs::read(unwinder)?;
        components.push(library("llvm-libunwind", rustc.llvm(), license, &archive));
    }
    Ok(components)
}

fn library(name: &str, version: &str, license: &str, archive: &[u8]) -> Component {
    let digest = Digest::of(archive).hex().to_owned();
    Component::new("generic", name, version, Some(license.to_owned()))
        .checksum(Some(Checksum::Sha256(digest)))
}

/// Returns the version in musl's `libc.a`: the text of its member `version.lo`.
fn musl_version(archive: &[u8]) -> Option<String> {
    let members = ArchiveFile::parse(archive).ok()?;
    let mut members = members.members().flatten();
    let member = members.find(|it| matches!(it.name(), b"version.lo" | b"version.o"))?;
    let object = member.data(archive).ok()?;
    let texts = object.split(|byte| *byte == 0);
    let mut texts = texts.filter_map(|bytes| std::str::from_utf8(bytes).ok());
    let version = texts.find(|text| {
        let mut numbers = text.split('.');
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        numbers.clone().count() == 3 && numbers.all(is_number)
    });
    version.map(str::to_owned)
}

/// Returns what the system's compiler links statically.
fn gnu(compiler: &Compiler) -> Result<Vec<Component>> {
    let libraries = [
        ("libc.a", "glibc", "LGPL-2.1-or-later"),
        (
            "libgcc_eh.a",
            "libgcc",
            "GPL-3.0-or-later WITH GCC-exception-3.1",
        ),
    ];
    let mut components = Vec::new();
    for (file, name, license) in libraries {
        if let Some(path) = compiler.library(file) {
            components.push(system(&path, name, license)?);
        }
    }
    Ok(components)
}

/// Returns a library of the system: as its Debian package where it has one.
fn system(path: &Path, name: &str, license: &str) -> Result<Component> {
    let license = Some(license.to_owned());
    let component = match crate::toolchain::DebianPackage::of_file(path) {
        Some(package) => Component {
            namespace: Some(package.distribution),
            ..Component::new("deb", &package.name, &package.version, license)
        },
        None => Component::new("generic", name, "", license),
    };
    let digest = Digest::of(&fs::read(path)?);
    Ok(component.checksum(Some(Checksum::Sha256(digest.hex().to_owned()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns an archive in the format of `ar` with one member.
    fn archive(name: &str, content: &[u8]) -> Vec<u8> {
        let mut bytes = b"!<arch>\n".to_vec();
        let header = format!(
            "{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n",
            format!("{name}/"),
            0,
            0,
            0,
            644,
            content.len()
        );
        bytes.extend(header.bytes());
        bytes.extend(content);
        bytes
    }

    #[test]
    fn version_of_musl_is_read_from_its_archive() {
        let object = b"\x7fELF\0\x02\0.text\x001.2.5\0__libc_version\0";
        let version = |archive: &[u8]| musl_version(archive);
        let found = version(&archive("version.lo", object));
        assert_eq!(found.as_deref(), Some("1.2.5"));
        assert_eq!(version(&archive("versionsort.lo", object)), None);
        assert_eq!(version(&archive("version.lo", b"\0" as &[u8])), None);
        assert_eq!(version(b"no archive"), None);
    }

    #[test]
    fn libraries_of_musl_are_those_that_the_toolchain_has() {
        let rustc = Rustc {
            verbose: "LLVM version: 22.1.2\n".to_owned(),
        };
        let folder = tempfile::tempdir().unwrap();
        let names = || {
            let found = shipped_with_musl(&rustc, folder.path()).unwrap();
            let names = found.iter().map(Component::purl);
            names.collect::<Vec<_>>()
        };
        assert_eq!(names(), [""; 0]);
        let object = b"\0\x31.2.5\0";
        let libc = archive("version.lo", object);
        fs::write(folder.path().join("libc.a"), libc).unwrap();
        fs::write(folder.path().join("libunwind.a"), "").unwrap();
        let expected = [
            "pkg:generic/musl@1.2.5",
            "pkg:generic/llvm-libunwind@22.1.2",
        ];
        assert_eq!(names(), expected);
    }

    #[test]
    fn standard_library_has_version_and_commit() {
        let here = Platform::here().unwrap();
        let (std, libraries) = libraries(Libc::Gnu, here).unwrap();
        let rustc = Rustc::installed().unwrap();
        assert_eq!(std.version, rustc.release());
        assert!(std.sources.unwrap().ends_with(rustc.commit().unwrap()));
        assert!(libraries.iter().all(|it| it.checksum.is_some()));
    }
}
