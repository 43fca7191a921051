//! The images of others, named with their digests in the file `.env` that Compose reads.
//!
//! A tag names whatever the registry has at the moment; with the digest, what was tested is what runs. The digests are looked
//! up once, and reviewed as a change of that file.

use std::path::Path;

use fs_err as fs;

use crate::{Error, Result, oci::Digest, process::Cmd};

/// An image of others: the variable of the compose file, and the tag that is looked up unless another is named.
const IMAGES: [(&str, &str); 2] = [
    ("EDGE_IMAGE", "docker.io/library/nginx:stable"),
    ("CERTBOT_IMAGE", "docker.io/certbot/certbot:latest"),
];

/// The first line of a new file.
const HEADING: &str =
    "# Images of others with their digests, written by `cargo purlin`. Commit this file.\n";

/// Looks up the digest of an image for each variable, and writes them; other lines of the file are kept.
///
/// # Errors
/// Fails if a registry does not have the image.
pub fn write(file: &Path, images: &[(&str, &str)]) -> Result {
    let mut text = match file.exists() {
        true => fs::read_to_string(file)?,
        false => HEADING.to_owned(),
    };
    for (name, image) in images {
        text = with_variable(&text, name, &pinned(image, false)?);
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, text)?;
    eprintln!("wrote {}: commit it", file.display());
    Ok(())
}

/// Returns the variables of the images, from the environment or the file. Those that neither has are looked up and written.
/// `certbot` says whether its image is needed.
pub(super) fn resolved(file: &Path, certbot: bool) -> Result<Vec<(String, String)>> {
    let needed = || {
        IMAGES
            .iter()
            .filter(|(name, _)| certbot || *name == "EDGE_IMAGE")
    };
    let known = |text: &str, name: &str| std::env::var(name).ok().or_else(|| variable(text, name));
    let read = || match file.exists() {
        true => fs::read_to_string(file),
        false => Ok(String::new()),
    };
    let text = read()?;
    let missing: Vec<_> = needed()
        .filter(|(name, _)| known(&text, name).is_none())
        .copied()
        .collect();
    if !missing.is_empty() {
        write(file, &missing)?;
    }
    let text = read()?;
    let mut variables = Vec::new();
    for (name, tag) in IMAGES {
        // Compose requires a variable of a service that does not start, too.
        let image = known(&text, name).unwrap_or_else(|| tag.to_owned());
        variables.push((name.to_owned(), image));
    }
    Ok(variables)
}

/// Returns the name of an image with the digest that a registry has now. `plain` is for a registry without TLS.
///
/// # Errors
/// Fails if the registry does not have the image.
pub fn pinned(image: &str, plain: bool) -> Result<String> {
    let (tag, _) = image.split_once('@').unwrap_or((image, ""));
    let digest = match Cmd::new("skopeo").arg("--version").succeeds() {
        true => {
            let inspect = Cmd::new("skopeo").args(["inspect", "--raw"]);
            let inspect = inspect.args(plain.then_some("--tls-verify=false"));
            let manifest = inspect.arg(format!("docker://{tag}")).read();
            manifest.map(|it| Digest::of(it.as_bytes()).to_string())
        }
        false => pulled(tag),
    };
    let digest = digest.map_err(|error| {
        Error::unsupported(format!(
            "the digest of {tag} was not found: {error}. Name an image with its digest yourself, in the environment or in \
             `.env`, such as EDGE_IMAGE=registry.example/nginx@sha256:…"
        ))
    })?;
    Ok(format!("{tag}@{digest}"))
}

/// Pulls an image with Docker and returns its digest.
fn pulled(tag: &str) -> Result<String> {
    Cmd::new("docker").args(["pull", tag]).run()?;
    let format = "{{index .RepoDigests 0}}";
    let inspect = ["image", "inspect", "--format", format, tag];
    let name = Cmd::new("docker").args(inspect).read()?;
    match name.trim().split_once('@') {
        Some((_, digest)) => Ok(digest.to_owned()),
        None => Err(Error::invalid("`docker image inspect`", name.trim())),
    }
}

/// Returns the version of the nginx in an image, such as `1.28.0`.
pub(super) fn nginx_version(image: &str) -> Result<String> {
    let run = [
        "run",
        "--rm",
        "--network",
        "none",
        "--entrypoint",
        "nginx",
        image,
    ];
    let (_, output) = Cmd::new("docker")
        .args(run)
        .args(["-e", "stderr", "-v"])
        .output()?;
    match output.trim().rsplit_once("nginx/") {
        Some((_, version)) => Ok(version.to_owned()),
        None => Err(Error::invalid(
            format!("`nginx -v` of the image {image}"),
            output.trim(),
        )),
    }
}

/// Sets a variable of an environment file.
fn with_variable(text: &str, name: &str, value: &str) -> String {
    let is_variable = |line: &&str| line.split_once('=').is_some_and(|(found, _)| found == name);
    let kept = text.lines().filter(|line| !is_variable(line));
    let mut text: String = kept.flat_map(|line| [line, "\n"]).collect();
    text.extend([name, "=", value, "\n"]);
    text
}

/// Returns a variable of an environment file.
fn variable(text: &str, name: &str) -> Option<String> {
    let mut pairs = text.lines().filter_map(|line| line.split_once('='));
    let (_, value) = pairs.find(|(found, _)| *found == name)?;
    Some(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_variables_are_kept() {
        let text = "# comment\nEDGE_HTTP=80\nCERTBOT_IMAGE=old\n";
        let text = with_variable(text, "CERTBOT_IMAGE", "new");
        assert_eq!(text, "# comment\nEDGE_HTTP=80\nCERTBOT_IMAGE=new\n");
        assert_eq!(variable(&text, "CERTBOT_IMAGE").as_deref(), Some("new"));
        assert_eq!(variable(&text, "EDGE_IMAGE"), None);
        assert_eq!(with_variable("", "A", "b"), "A=b\n");
    }
}
