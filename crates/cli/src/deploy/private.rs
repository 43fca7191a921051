//! The folder of secrets, certificates and served hosts of this machine.
//!
//! Only its owner can enter the folder. Its files are readable for all, since the users of the containers that mount them do
//! not exist on this machine.

use std::{
    fs::Permissions,
    io::Read as _,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use fs_err as fs;

use super::{Deployment, Secret, certificate};
use crate::{Error, Result, process::Cmd};

/// The user and group of certbot in `compose.yaml`.
const CERTBOT: &str = "65532:65532";

/// Creates what is missing of the folder: a self-signed certificate, the secrets that may be random, and the served hosts.
/// With hosts, other hosts are rejected.
///
/// # Errors
/// Fails if a secret is missing that cannot be random; the message names the files to write.
pub fn prepare(deployment: &Deployment, folder: &Path, hosts: &[String]) -> Result {
    fs::create_dir_all(folder)?;
    set_mode(folder, 0o700)?;
    // Secrets are not committed by mistake.
    fs::write(folder.join(".gitignore"), "*\n")?;
    for name in ["secrets", "tls", "hosts", "acme", "letsencrypt"] {
        let folder = folder.join(name);
        fs::create_dir_all(&folder)?;
        set_mode(&folder, 0o755)?;
    }
    let mut missing = Vec::new();
    for secret in &deployment.secrets {
        let file = path(folder, &secret.name);
        match (file.exists(), secret.generate) {
            (true, _) => set_mode(&file, 0o644)?,
            (false, true) => write(&file, &random()?)?,
            (false, false) => missing.push((secret, file)),
        }
    }
    if !missing.is_empty() {
        return Err(Error::unsupported(missing_secrets(&missing)));
    }
    let names: Vec<_> = hosts.iter().map(String::as_str).collect();
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
    write(&folder.join("hosts/hosts.map"), &map(&names))
}

fn missing_secrets(missing: &[(&Secret, PathBuf)]) -> String {
    let lines = missing.iter().map(|(secret, file)| {
        let setting = &secret.setting;
        let plain = setting
            .strip_suffix("_file")
            .or(setting.strip_suffix(".file"));
        format!(
            "\n  the value of {} into {}",
            plain.unwrap_or(setting),
            file.display()
        )
    });
    format!("secrets are missing: write{}", lines.collect::<String>())
}

/// Returns a secret.
///
/// # Errors
/// Fails if the file cannot be read.
pub fn secret(folder: &Path, name: &str) -> Result<String> {
    let text = fs::read_to_string(path(folder, name))?;
    Ok(text.trim().to_owned())
}

fn path(folder: &Path, secret: &str) -> PathBuf {
    folder.join("secrets").join(secret)
}

/// Returns the user and group of certbot: the owner of its folders. Root gives them to a user that does not exist on this
/// machine.
pub(super) fn certbot_user(folder: &Path) -> Result<String> {
    let folders = ["tls", "acme", "letsencrypt"].map(|name| folder.join(name));
    let [_, _, last] = &folders;
    if fs::metadata(last)?.uid() == 0 {
        Cmd::new("chown")
            .args(["-R", CERTBOT])
            .args(&folders)
            .run()?;
    }
    let owner = fs::metadata(last)?;
    Ok(format!("{}:{}", owner.uid(), owner.gid()))
}

/// Returns nginx's `map` from a host to whether it is rejected.
fn map(names: &[&str]) -> String {
    let served = names.iter().map(|name| format!("{name} 0;\n"));
    format!("default 1;\n{}", served.collect::<String>())
}

fn write(file: &Path, text: &str) -> Result {
    fs::write(file, text)?;
    set_mode(file, 0o644)
}

fn set_mode(path: &Path, mode: u32) -> Result {
    Ok(fs::set_permissions(path, Permissions::from_mode(mode))?)
}

/// Returns 32 random characters.
fn random() -> Result<String> {
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_hosts_are_served() {
        let map = map(&["a.example", "b.example"]);
        assert_eq!(map, "default 1;\na.example 0;\nb.example 0;\n");
    }

    #[test]
    fn random_secrets_differ() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert!(one.len() == 32 && one != other, "{one} {other}");
    }
}
