//! The folder of keys, certificates and served hosts of this machine.
//!
//! Only its owner can enter the folder. Its files are readable for all, since the users of the containers that mount them do
//! not exist on this machine.

use std::{
    fs::Permissions,
    io::Read as _,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::Path,
};

use anyhow::Result;
use fs_err as fs;

use crate::{edge::certificate, run::cmd};

/// The user and group of certbot in `compose.yaml`.
const CERTBOT: &str = "65532:65532";

/// Creates what is missing. With names, other hosts are rejected.
pub(crate) fn prepare(folder: &Path, names: &[String]) -> Result<()> {
    fs::create_dir_all(folder)?;
    set_mode(folder, 0o700)?;
    for name in ["keys", "tls", "hosts", "acme", "letsencrypt"] {
        let folder = folder.join(name);
        fs::create_dir_all(&folder)?;
        set_mode(&folder, 0o755)?;
    }
    let key = folder.join("keys/parity");
    if !key.exists() {
        write(&key, &random_key()?)?;
    }
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let certified = if names.is_empty() {
        &["localhost"][..]
    } else {
        &names
    };
    certificate::self_signed(&folder.join("tls"), certified)?;
    set_mode(&folder.join("tls/privkey.pem"), 0o644)?;
    if names.is_empty() {
        return Ok(());
    }
    write(&folder.join("hosts/hosts.map"), &hosts(&names))
}

/// Returns the user and group of certbot: the owner of its folders. Root gives them to a user that does not exist on this
/// machine.
pub(super) fn certbot_user(folder: &Path) -> Result<String> {
    let folders = ["tls", "acme", "letsencrypt"].map(|name| folder.join(name));
    let [_, _, last] = &folders;
    if fs::metadata(last)?.uid() == 0 {
        cmd("chown").args(["-R", CERTBOT]).args(&folders).run()?;
    }
    let owner = fs::metadata(last)?;
    Ok(format!("{}:{}", owner.uid(), owner.gid()))
}

/// Returns the API key.
pub(crate) fn key(folder: &Path) -> Result<String> {
    let text = fs::read_to_string(folder.join("keys/parity"))?;
    Ok(text.trim().to_owned())
}

/// Returns nginx's `map` from a host to whether it is rejected.
fn hosts(names: &[&str]) -> String {
    let served = names.iter().map(|name| format!("{name} 0;\n"));
    format!("default 1;\n{}", served.collect::<String>())
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text)?;
    set_mode(file, 0o644)
}

fn set_mode(path: &Path, mode: u32) -> Result<()> {
    Ok(fs::set_permissions(path, Permissions::from_mode(mode))?)
}

/// Returns 32 random characters.
fn random_key() -> Result<String> {
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_hosts_are_served() {
        let map = hosts(&["a.example", "b.example"]);
        assert_eq!(map, "default 1;\na.example 0;\nb.example 0;\n");
    }

    #[test]
    fn keys_differ() {
        let (one, other) = (random_key().unwrap(), random_key().unwrap());
        assert!(one.len() == 32 && one != other, "{one} {other}");
    }
}
