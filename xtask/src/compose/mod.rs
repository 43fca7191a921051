//! `cargo xtask up`, `down`, `roll` and `scale`: `deploy/compose.yaml` on this machine, without losing requests.
//!
//! The compose file says what runs; this module says in which order things change, since Compose alone stops all servers at
//! once when something changed.

mod engine;
pub(crate) mod images;
mod private;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{
    http,
    run::{root, wait_until},
};

use engine::is_rootless;
pub(crate) use engine::{Project, docker, find, health, remove};
pub(crate) use private::{key, prepare};

/// The image of the server in the engine, and the file that `dist` writes.
pub(crate) const SERVER: &str = "purlin-server:latest";
pub(crate) const SERVER_FILE: &str = "target/purlin/purlin-server/purlin-server-image.tar";

/// How long containers may take to become healthy.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The default number of servers, as in the compose file.
const REPLICAS: usize = 3;

/// The options of `up`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// A host name of the edge; with any, requests for other hosts are rejected
    #[arg(long = "name", value_name = "HOST")]
    names: Vec<String>,
    /// Get a certificate for the names with certbot; the address is passed to the certificate authority
    #[arg(long, value_name = "ADDRESS", requires = "names")]
    mail: Option<String>,
}

/// Starts everything, or what is missing, and waits until it is healthy.
pub(crate) fn up(options: &Options) -> Result<()> {
    let folder = private_folder();
    prepare(&folder, &options.names)?;
    load()?;
    let mut project = Project::new(find()?, "purlin", &folder);
    if let Some(mail) = &options.mail {
        project = project
            .env("EDGE_NAMES", &options.names.join(" "))
            .env("EDGE_MAIL", mail)
            .env("CERTBOT_USER", &private::certbot_user(&folder)?);
    }
    start(&project)?;
    if options.mail.is_some() {
        project
            .compose(&["--profile", "tls", "up", "-d", "--no-deps", "certbot"])
            .run()?;
    }
    let edge = edge(&project)?;
    eprintln!("\nthe edge listens on {} and {}", edge.http, edge.https);
    if is_rootless()? {
        eprintln!(
            "Docker runs without root: the edge may see all clients as one address, and limits them as one; see \
             docs/deploy.md#addresses-of-clients"
        );
    }
    Ok(())
}

/// Loads the image of the server into the engine, if it was built here.
pub(crate) fn load() -> Result<()> {
    let file = root().join(SERVER_FILE);
    if file.exists() {
        docker(&["load", "--quiet", "--input"]).arg(file).run()?;
    }
    ensure!(
        docker(&["image", "inspect", SERVER]).succeeds(),
        "there is neither the image {SERVER} nor {SERVER_FILE}: run `cargo xtask dist`"
    );
    Ok(())
}

/// Starts the servers, then the edge. Running servers are not changed.
pub(crate) fn start(project: &Project) -> Result<()> {
    let running = project.replicas()?.len();
    add_servers(project, running.max(REPLICAS))?;
    project.compose(&["up", "-d", "--no-deps", "edge"]).run()?;
    let address = edge(project)?.http;
    wait_until(TIMEOUT, "the edge is healthy (see its log)", || {
        Ok(http::status(address, "/edge-health").is_ok_and(|status| status == 204))
    })
}

/// Stops everything.
pub(crate) fn down() -> Result<()> {
    stop(&Project::new(find()?, "purlin", &private_folder()))
}

pub(crate) fn stop(project: &Project) -> Result<()> {
    project
        .compose(&["--profile", "tls", "down", "--timeout", "40"])
        .run()?;
    Ok(())
}

/// Replaces the servers, one at a time, by what the compose file and the image say now.
pub(crate) fn roll() -> Result<()> {
    load()?;
    replace_servers(&Project::new(find()?, "purlin", &private_folder()))
}

/// Removes an old server only when a new one is healthy.
pub(crate) fn replace_servers(project: &Project) -> Result<()> {
    let old = running(project)?;
    for server in &old {
        add_servers(project, old.len() + 1)?;
        remove(server)?;
    }
    Ok(())
}

/// Changes the number of servers, one at a time.
pub(crate) fn scale(count: usize) -> Result<()> {
    scale_to(&Project::new(find()?, "purlin", &private_folder()), count)
}

pub(crate) fn scale_to(project: &Project, count: usize) -> Result<()> {
    ensure!(count > 0, "use `cargo xtask down` to stop all servers");
    let servers = running(project)?;
    for running in servers.len()..count {
        add_servers(project, running + 1)?;
    }
    for server in servers.iter().skip(count) {
        remove(server)?;
    }
    Ok(())
}

/// Returns the running servers, oldest first; there must be one.
fn running(project: &Project) -> Result<Vec<String>> {
    let servers = project.replicas()?;
    ensure!(!servers.is_empty(), "no server runs: use `cargo xtask up`");
    Ok(servers)
}

/// Starts servers until `count` run and waits until all are healthy. New servers that are not are removed, after printing
/// their log.
fn add_servers(project: &Project, count: usize) -> Result<()> {
    // Compose would start stopped containers again, with their old settings.
    project.remove_stopped("server")?;
    let before = project.replicas()?;
    let count = format!("server={count}");
    let up = ["up", "-d", "--no-deps", "--no-recreate", "--scale"];
    let up = project.compose(&up).args([&count, "server"]).run();
    let added = up.map_err(Into::into).and_then(|()| all_healthy(project));
    let Err(error) = added else {
        return Ok(());
    };
    for server in project.replicas()? {
        if !before.contains(&server) {
            docker(&["logs", "--tail", "20", &server]).run()?;
            docker(&["rm", "--force", &server]).read()?;
        }
    }
    project.remove_stopped("server")?;
    Err(error)
        .context("a new server does not become healthy and was removed; the others keep running")
}

fn all_healthy(project: &Project) -> Result<()> {
    wait_until(TIMEOUT, "all servers are healthy", || {
        for server in project.replicas()? {
            match health(&server)?.as_str() {
                "healthy" => {}
                "unhealthy" => bail!("{server} is unhealthy"),
                _ => return Ok(false),
            }
        }
        Ok(true)
    })
}

/// The addresses of the edge on this machine.
pub(crate) struct Edge {
    pub(crate) http: SocketAddr,
    pub(crate) https: SocketAddr,
}

pub(crate) fn edge(project: &Project) -> Result<Edge> {
    let published = |port: &str| -> Result<SocketAddr> {
        let text = project.compose(&["port", "edge", port]).read()?;
        let address = text.trim().parse::<SocketAddr>();
        let mut address = address.with_context(|| format!("port {port} of the edge: {text:?}"))?;
        if address.ip().is_unspecified() {
            address.set_ip([127, 0, 0, 1].into());
        }
        Ok(address)
    };
    Ok(Edge {
        http: published("8080")?,
        https: published("8443")?,
    })
}

fn private_folder() -> PathBuf {
    std::env::var_os("PURLIN_PRIVATE").map_or_else(|| root().join("deploy/private"), PathBuf::from)
}
