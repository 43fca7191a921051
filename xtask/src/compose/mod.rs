//! `cargo xtask up`, `down`, `roll` and `scale`: `deploy/compose.yaml` on this machine, so that nobody who asks meanwhile
//! is left without an answer.
//!
//! What is to run stands in the compose file; here is the order things are done in. Compose alone stops all servers at
//! once where something has changed.

mod engine;
mod images;
mod private;

use std::{
    net::SocketAddr,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, Result};

use crate::{
    http,
    run::{root},
};

pub(crate) use engine::{Engine, Project};
pub(crate) use images::{EDGE, load};
pub(crate) use private::{key, prepare};

/// A server that is not well after this will not be.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many there are unless somebody says otherwise; as in the compose file.
const USUAL: usize = 3;

/// What `up` is told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// A name the edge is asked by; with any, it refuses all others
    #[arg(long = "name", value_name = "HOST")]
    names: Vec<String>,
    /// Have certbot get a certificate for the names; its authority may write to this address
    #[arg(long, value_name = "ADDRESS", requires = "names")]
    mail: Option<String>,
}

/// Starts everything, or what is missing, and waits until it answers.
pub(crate) fn up(options: &Options) -> Result<()> {
    let folder = private_folder();
    prepare(&folder, &options.names)?;
    let engine = Engine::find()?;
    load(&engine)?;
    let mut project = Project::new(engine, "purlin", &folder);
    if let Some(mail) = &options.mail {
        project = project
            .env("EDGE_NAMES", &options.names.join(" "))
            .env("EDGE_MAIL", mail);
    }
    start(&project)?;
    if options.mail.is_some() {
        project
            .compose(&["--profile", "tls", "up", "-d", "--no-deps", "certbot"])
            .run()?;
    }
    let edge = edge(&project)?;
    eprintln!("\nthe edge listens on {} and {}", edge.http, edge.https);
    Ok(())
}

/// Servers first, then the edge. Servers that run are left alone.
pub(crate) fn start(project: &Project) -> Result<()> {
    let running = project.replicas()?.len();
    create(project, running.max(USUAL))?;
    project.compose(&["up", "-d", "--no-deps", "edge"]).run()?;
    let edge = edge(project)?;
    let begin = Instant::now();
    while !http::status(edge.http, "/edge-health").is_ok_and(|status| status == 204) {
        if begin.elapsed() > PATIENCE {
            return Err(anyhow!("the edge does not answer at {}; `docker logs` of it says why",
                edge.http));
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Stops everything.
pub(crate) fn down() -> Result<()> {
    stop(&Project::new(Engine::find()?, "purlin", &private_folder()))
}

pub(crate) fn stop(project: &Project) -> Result<()> {
    project
        .compose(&["--profile", "tls", "down", "--timeout", "40"])
        .run()
}

/// Replaces the servers, one at a time, by what the compose file and the images say now.
pub(crate) fn roll() -> Result<()> {
    let engine = Engine::find()?;
    load(&engine)?;
    roll_over(&Project::new(engine, "purlin", &private_folder()))
}

/// A new one is well before an old one goes.
pub(crate) fn roll_over(project: &Project) -> Result<()> {
    let old = running(project)?;
    for server in &old {
        create(project, old.len() + 1)?;
        project.remove(server)?;
    }
    Ok(())
}

/// Makes it so many servers, one at a time.
pub(crate) fn scale(wanted: usize) -> Result<()> {
    scale_to(
        &Project::new(Engine::find()?, "purlin", &private_folder()),
        wanted,
    )
}

pub(crate) fn scale_to(project: &Project, wanted: usize) -> Result<()> {
    if wanted == 0 {
        return Err(anyhow!("no server at all is `cargo xtask down`"));
    }
    let servers = running(project)?;
    for count in servers.len()..wanted {
        create(project, count + 1)?;
    }
    for server in servers.iter().skip(wanted) {
        project.remove(server)?;
    }
    Ok(())
}

/// The servers there are, the oldest first.
fn running(project: &Project) -> Result<Vec<String>> {
    let servers = project.replicas()?;
    if servers.is_empty() {
        return Err(anyhow!("nothing runs: `cargo xtask up` starts it"));
    }
    Ok(servers)
}

/// Has compose add servers until there are so many, and waits until all are well. Where they are not, the new ones say why
/// and go again.
fn create(project: &Project, count: usize) -> Result<()> {
    // Compose would start what has ended again, as what it was made of then.
    project.forget("server", &["created", "exited", "dead"])?;
    let before = project.replicas()?;
    let count = format!("server={count}");
    let up = [
        "up",
        "-d",
        "--no-deps",
        "--no-recreate",
        "--scale",
        &count,
        "server",
    ];
    let made = project.compose(&up).run().and_then(|()| all_well(project));
    let Err(failure) = made else {
        return Ok(());
    };
    for server in project.replicas()? {
        if !before.contains(&server) {
            project.docker(&["logs", "--tail", "20", &server]).run()?;
            project.docker(&["rm", "--force", &server]).read()?;
        }
    }
    project.forget("server", &["created", "exited", "dead"])?;
    Err(anyhow!("a new server does not come up, and is removed; those before it go on: {failure}"))
}

fn all_well(project: &Project) -> Result<()> {
    let begin = Instant::now();
    loop {
        let mut ailing = Vec::new();
        for server in project.replicas()? {
            let health = project.health(&server)?;
            if health != "healthy" {
                ailing.push(format!("{server} is {health}"));
            }
        }
        if ailing.is_empty() {
            return Ok(());
        }
        if begin.elapsed() > PATIENCE {
            return Err(anyhow!(ailing.join(", ")));
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Where the edge is reached from this machine.
pub(crate) struct Edge {
    pub(crate) http: SocketAddr,
    pub(crate) https: SocketAddr,
}

pub(crate) fn edge(project: &Project) -> Result<Edge> {
    let published = |port: &str| -> Result<SocketAddr> {
        let told = project.compose(&["port", "edge", port]).read()?;
        let mut address: SocketAddr = told.trim().parse().map_err(|_| {
            anyhow!("the edge's port {port} is published as {told:?}")
        })?;
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
