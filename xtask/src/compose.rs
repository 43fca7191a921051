//! `cargo xtask up`, `down`, `roll`, `scale` and `images`: `cargo purlin`'s commands for Purlin's own server, with the compose
//! file in `deploy`.

use anyhow::{Context as _, Result};
use cargo_purlin::{
    Service,
    deploy::{Deployment, Down, Folders, Roll, Scale, Up, images},
    process::Cmd,
};

use crate::{
    dist::SERVER,
    run::{cmd, need, need_with, root},
};

/// The folder of the compose file.
const FOLDER: &str = "deploy";

/// The options of `up`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// A host name of the edge, which rejects requests for others
    #[arg(long = "name", value_name = "HOST")]
    names: Vec<String>,
    /// Get a certificate for the names with certbot; the address is passed to the certificate authority
    #[arg(long, value_name = "ADDRESS", requires = "names")]
    mail: Option<String>,
    /// Run Prometheus beside the services, with their alerts, until it is interrupted
    #[arg(long)]
    observe: bool,
}

/// The images of others.
#[derive(clap::Args)]
pub(crate) struct Images {
    /// The image of the edge
    #[arg(
        long,
        value_name = "IMAGE",
        default_value = "docker.io/library/nginx:stable"
    )]
    edge: String,
    /// The image of the ACME client
    #[arg(
        long,
        value_name = "IMAGE",
        default_value = "docker.io/certbot/certbot:latest"
    )]
    certbot: String,
    /// The image that compiles in deploy/server/Dockerfile
    #[arg(
        long,
        value_name = "IMAGE",
        default_value = "docker.io/library/rust:1.95-alpine"
    )]
    rust: String,
}

/// Returns Purlin's own server and its deployment.
pub(crate) fn server() -> Result<(Service, Deployment)> {
    let service = Service::of_package(root(), SERVER)?;
    let deployment = Deployment::of(&service)?;
    Ok((service, deployment))
}

/// Returns the folder of the compose file.
pub(crate) fn folder() -> std::path::PathBuf {
    root().join(FOLDER)
}

/// Returns a command of Docker.
pub(crate) fn docker(args: &[&str]) -> Cmd {
    cmd("docker").args(args)
}

fn folders() -> Folders {
    Folders::kept(folder(), "cargo xtask")
}

/// Starts everything, or what is missing, and waits until it is healthy.
pub(crate) fn up(options: &Options) -> Result<()> {
    need_with("openssl", "version", "openssl")?;
    let mut up = Up::at(folders());
    up.names.clone_from(&options.names);
    up.mail.clone_from(&options.mail);
    up.observe = options.observe;
    if options.observe {
        need("prometheus", "prometheus")?;
    }
    Ok(up.run(&server()?.0)?)
}

/// Stops everything.
pub(crate) fn down() -> Result<()> {
    Ok(Down::at(folders()).run(&server()?.0)?)
}

/// Replaces the servers, one at a time, by what the compose file and the image say now.
pub(crate) fn roll() -> Result<()> {
    Ok(Roll::at(folders()).run(&server()?.0)?)
}

/// Changes the number of servers, one at a time.
pub(crate) fn scale(count: usize) -> Result<()> {
    Ok(Scale::at(folders(), count).run(&server()?.0)?)
}

/// Looks up the digests of the images of others, and writes them to the file that Compose reads.
pub(crate) fn images(options: &Images) -> Result<()> {
    need("skopeo", "skopeo")?;
    let images = [
        ("EDGE_IMAGE", &*options.edge),
        ("CERTBOT_IMAGE", &*options.certbot),
        ("RUST_IMAGE", &*options.rust),
    ];
    Ok(images::write(&folder().join(".env"), &images)?)
}

/// Fails unless the image of the server is in the engine; loads it if it was built here.
pub(crate) fn load() -> Result<()> {
    let (service, deployment) = server()?;
    cargo_purlin::deploy::load(&service, &deployment, "cargo xtask").context("the server's image")
}

#[cfg(test)]
mod tests {
    use cargo_purlin::deploy::{File, Kept, compose_files, kubernetes_files};
    use fs_err as fs;

    use super::*;

    /// Compares rendered files with those of a folder.
    fn assert_rendered(folder: &str, files: &[File]) {
        for file in files {
            let path = root().join(folder).join(&file.path);
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, &file.text).unwrap();
            }
            let kept = fs::read_to_string(&path).unwrap_or_default();
            let path = path.display();
            assert!(
                kept == file.text,
                "{path} differs: run with UPDATE_GOLDEN=1 and review the difference"
            );
        }
    }

    #[test]
    fn committed_files_are_rendered_from_the_metadata_of_the_server() {
        let (_, deployment) = server().unwrap();
        assert_rendered("deploy", &compose_files(&deployment).unwrap());
        let manifests = kubernetes_files(&deployment, None).unwrap();
        assert!(manifests.iter().any(|file| file.kept == Kept::Edited));
        assert_rendered("deploy/kubernetes", &manifests);
    }

    #[test]
    fn no_image_of_others_is_named_by_a_tag() {
        let read = |name: &str| fs::read_to_string(root().join(name)).unwrap();
        for file in ["deploy/compose.yaml", "deploy/server/Dockerfile"] {
            let text = read(file);
            assert!(
                !text.contains("# syntax="),
                "{file} names an image by a tag"
            );
            let lines = text.lines().map(str::trim);
            let images = lines.filter(|it| it.starts_with("image: ") || it.starts_with("FROM "));
            for line in images {
                let own = line == "image: ${SERVER_IMAGE:-purlin-server:latest}";
                let required = line.contains(":?") || line.starts_with("FROM ${RUST_IMAGE}");
                assert!(own || required || line == "FROM scratch", "{file}: {line}");
            }
        }
        // Without a default: the build fails if it is not set.
        assert!(read("deploy/server/Dockerfile").contains("\nARG RUST_IMAGE\n"));
    }

    #[test]
    fn dockerfile_describes_the_image_that_dist_writes() {
        let (service, _) = server().unwrap();
        let text = fs::read_to_string(root().join("deploy/server/Dockerfile")).unwrap();
        let text = text.replace(" \\\n   ", "");
        let ports: Vec<_> = service.ports.iter().map(u16::to_string).collect();
        let healthcheck = service.healthcheck.unwrap().join("\", \"");
        for line in [
            format!("ENV {}\n", service.env.join(" ")),
            format!("EXPOSE {}\n", ports.join(" ")),
            format!("CMD [\"/purlin-server\", \"{healthcheck}\"]"),
        ] {
            assert!(text.contains(&line), "{line:?} is not in {text}");
        }
    }

    #[test]
    fn documentation_states_what_clients_can_make_the_edge_hold() {
        let (_, deployment) = server().unwrap();
        let bounds = cargo_purlin::deploy::edge::Values::of(&deployment).bounds;
        let stated = format!("{} MiB of {} MiB", bounds.sum(), bounds.memory());
        let docs = fs::read_to_string(root().join("docs/deploy.md")).unwrap();
        assert!(
            docs.contains(&stated),
            "docs/deploy.md does not say {stated}"
        );
    }
}
