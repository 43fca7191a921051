//! The list of crates inside the executable, in the section `.dep-v0` of cargo-auditable, which `cargo audit bin`, Trivy and
//! Syft read.
//!
//! cargo-auditable itself wraps the compiler so that the linker adds the section; Rust's `rust-objcopy` adds it afterwards,
//! without another tool to install.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::ZlibEncoder};
use fs_err as fs;
use serde_json::{Value, json};

use super::{Component, linked};
use crate::{Error, Result, Service, process::Cmd, toolchain::sysroot};

/// The name of the section, which includes the version of the format.
const SECTION: &str = ".dep-v0";

/// Format 1 does not list procedural macros.
const FORMAT: u32 = 1;

/// Copies the executable `program` to a file beside it and adds the list of the crates linked for `target`.
pub(crate) fn embed(service: &Service, program: &Path, target: &str) -> Result<PathBuf> {
    let list = program.with_extension("dep-v0");
    fs::write(&list, section(&linked(service, target)?)?)?;
    let output = program.with_extension("auditable");
    let sysroot = sysroot()?;
    Cmd::new(objcopy(&sysroot)?)
        // It is linked with the compiler's LLVM and does not search that folder.
        .env("LD_LIBRARY_PATH", sysroot.join("lib"))
        .args(["--add-section", &format!("{SECTION}={}", list.display())])
        .args([program, &output])
        .output()?;
    Ok(output)
}

/// Returns Rust's own `rust-objcopy`, of the version of the compiler: others may write other bytes.
fn objcopy(sysroot: &Path) -> Result<PathBuf> {
    let host = Cmd::new("rustc").args(["--print", "host-tuple"]).read()?;
    let tools = sysroot.join("lib/rustlib").join(host.trim()).join("bin");
    let objcopy = tools.join("rust-objcopy");
    if objcopy.exists() {
        return Ok(objcopy);
    }
    Err(Error::unsupported(format!(
        "{} is missing; `rustup toolchain install stable` installs it",
        objcopy.display()
    )))
}

fn section(components: &[Component]) -> std::io::Result<Vec<u8>> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(list(components).to_string().as_bytes())?;
    packed.finish()
}

fn list(components: &[Component]) -> Value {
    let packages = components.iter().enumerate().map(|(index, package)| {
        let mut entry = json!({
            "name": package.name,
            "version": package.version,
            "source": if package.checksum.is_some() { "crates.io" } else { "local" },
        });
        if !package.dependencies.is_empty() {
            entry["dependencies"] = json!(package.dependencies);
        }
        if index == 0 {
            entry["root"] = true.into();
        }
        entry
    });
    json!({"format": FORMAT, "packages": packages.collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::ZlibDecoder;

    use super::{super::tests::materials, *};

    #[test]
    fn section_lists_every_crate() {
        let mut text = String::new();
        let section = section(&materials().components).unwrap();
        let mut unpacked = ZlibDecoder::new(&section[..]);
        unpacked.read_to_string(&mut text).unwrap();
        let expected = json!({"format": 1, "packages": [
            {"name": "server", "version": "0.1.0", "source": "local", "dependencies": [1, 2, 3], "root": true},
            {"name": "app", "version": "0.1.0", "source": "local", "dependencies": [2]},
            {"name": "log", "version": "0.4.1", "source": "crates.io"},
            {"name": "old", "version": "1.0.0+spec-1.1", "source": "local"},
        ]});
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
    }

    #[test]
    fn executable_with_the_section_still_runs() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        fs::copy("/bin/true", &program).unwrap();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let service = Service::of_package(root, "billing").unwrap();
        let output = embed(&service, &program, "x86_64-unknown-linux-musl").unwrap();
        let bytes = fs::read(&output).unwrap();
        let list = fs::read(program.with_extension("dep-v0")).unwrap();
        assert!(Cmd::new(&output).arg("--help").succeeds());
        let contains = |part: &[u8]| bytes.windows(part.len()).any(|it| it == part);
        assert!(contains(SECTION.as_bytes()) && contains(&list));
    }
}
