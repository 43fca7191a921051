//! The folder of what is this machine's alone: keys, certificates, which hosts are served.
//!
//! Nobody but its owner gets into the folder. What is in it may be read by all: the containers, whose users are not known
//! on this machine, have it mounted.

use std::{
    io::Read as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Result;
use fs_err as fs;

use crate::{
    edge::placeholder,
};

/// Makes what is missing. With names, other hosts are refused.
pub(crate) fn prepare(folder: &Path, names: &[String]) -> Result<()> {
    fs::create_dir_all(folder)?;
    mode(folder, 0o700)?;
    for name in ["keys", "tls", "hosts", "acme", "letsencrypt"] {
        let made = folder.join(name);
        fs::create_dir_all(&made)?;
        mode(&made, 0o755)?;
    }
    let key = folder.join("keys/parity");
    if !key.exists() {
        write(&key, &random()?)?;
    }
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    placeholder::certificate(
        &folder.join("tls"),
        if names.is_empty() {
            &["localhost"]
        } else {
            &names
        },
    )?;
    mode(&folder.join("tls/privkey.pem"), 0o644)?;
    if names.is_empty() {
        return Ok(());
    }
    write(&folder.join("hosts/hosts.map"), &hosts(&names))
}

/// The key that was made.
pub(crate) fn key(folder: &Path) -> Result<String> {
    let file = folder.join("keys/parity");
    let text = fs::read_to_string(&file)?;
    Ok(text.trim().to_owned())
}

/// What nginx reads as a `map` from host to whether it is refused.
fn hosts(names: &[&str]) -> String {
    let served = names.iter().map(|name| format!("{name} 0;\n"));
    format!("default 1;\n{}", served.collect::<String>())
}

fn write(file: &PathBuf, text: &str) -> Result<()> {
    fs::write(file, text)?;
    mode(file, 0o644)
}

fn mode(path: &Path, mode: u32) -> Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// 32 characters nobody guesses.
fn random() -> Result<String> {
    let source = Path::new("/dev/urandom");
    let mut bytes = [0; 16];
    let mut file = fs::File::open(source)?;
    file.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_are_named_are_served_and_others_are_not() {
        let map = hosts(&["a.example", "b.example"]);
        assert_eq!(map, "default 1;\na.example 0;\nb.example 0;\n");
    }

    #[test]
    fn keys_differ() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert!(one.len() == 32 && one != other, "{one} {other}");
    }
}
