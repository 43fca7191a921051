//! The list of crates inside the program itself, where `cargo audit bin`, Trivy, Syft and others look for it: the section
//! `.dep-v0` that cargo-auditable invented.
//!
//! cargo-auditable is not needed for it: that wraps the compiler to have the linker add the section, and Rust's own
//! `rust-objcopy` adds it afterwards.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::ZlibEncoder};
use serde_json::{Value, json};

use super::{Package, linked};
use crate::{
    dist::binary::sysroot,
    run::{Failure, Outcome, Run},
};

/// Its name is the format's version as well.
const SECTION: &str = ".dep-v0";

/// Procedural macros are not told as if they were in the program.
const FORMAT: u32 = 1;

/// A copy of the program, beside it, that bears the list of what is linked for a target.
pub(in crate::dist) fn embed(program: &Path, target: &str) -> Outcome<PathBuf> {
    let list = program.with_extension("dep-v0");
    let section = section(&linked(target)?).map_err(Failure::file(&list))?;
    fs::write(&list, section).map_err(Failure::file(&list))?;
    let bearing = program.with_extension("auditable");
    let sysroot = PathBuf::from(sysroot()?);
    Run::new(objcopy(&sysroot)?)
        // It is linked with the compiler's LLVM, and does not look where that is.
        .env("LD_LIBRARY_PATH", &sysroot.join("lib").to_string_lossy())
        .args(["--add-section", &format!("{SECTION}={}", list.display())])
        .args([program, &bearing])
        .output()?;
    Ok(bearing)
}

/// Rust's own, of the version the program was compiled by: any other may write other bytes.
fn objcopy(sysroot: &Path) -> Outcome<PathBuf> {
    let host = Run::new("rustc").args(["--print", "host-tuple"]).read()?;
    let tools = sysroot.join("lib/rustlib").join(host.trim()).join("bin");
    let objcopy = tools.join("rust-objcopy");
    if objcopy.exists() {
        return Ok(objcopy);
    }
    Err(Failure::said(format!(
        "{} is missing; Rust as `rustup toolchain install stable` installs it has it",
        objcopy.display()
    )))
}

fn section(packages: &[Package]) -> std::io::Result<Vec<u8>> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(list(packages).to_string().as_bytes())?;
    packed.finish()
}

fn list(packages: &[Package]) -> Value {
    let told = packages.iter().enumerate().map(|(nth, package)| {
        let mut told = json!({
            "name": package.name,
            "version": package.version,
            "source": if package.checksum.is_some() { "crates.io" } else { "local" },
        });
        if !package.uses.is_empty() {
            told["dependencies"] = json!(package.uses);
        }
        if nth == 0 {
            told["root"] = true.into();
        }
        told
    });
    json!({"format": FORMAT, "packages": told.collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::ZlibDecoder;

    use super::{super::tests::materials, *};

    #[test]
    fn the_section_tells_every_crate_as_readers_of_the_format_expect() {
        let mut text = String::new();
        let section = section(&materials().packages).unwrap();
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
    fn a_program_that_bears_the_list_still_runs() {
        let folder = std::env::temp_dir().join(format!("purlin-auditable-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let program = folder.join("program");
        fs::copy("/bin/true", &program).unwrap();
        let bearing = embed(&program, "x86_64-unknown-linux-musl").unwrap();
        let bytes = fs::read(&bearing).unwrap();
        let list = fs::read(program.with_extension("dep-v0")).unwrap();
        let ends = Run::new(&bearing).args(["--help"]).succeeds();
        fs::remove_dir_all(&folder).unwrap();
        assert!(ends);
        let bears = |part: &[u8]| bytes.windows(part.len()).any(|it| it == part);
        assert!(bears(SECTION.as_bytes()) && bears(&list));
    }
}
