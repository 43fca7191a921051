//! The order in which servers are started, replaced and stopped, so that no request is lost.

use std::{
    net::{SocketAddr, TcpListener},
    thread,
    time::{Duration, Instant},
};

use super::{
    engine::docker,
    project::{Project, health, remove},
};
use crate::{Error, Result, http};

/// How long containers may take to become healthy.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Starts the servers, then the edge, and waits until they are healthy. Running servers are not changed.
///
/// # Errors
/// Fails if a port is in use, or if a container does not become healthy.
pub fn start(project: &Project) -> Result {
    if project.containers("edge")?.is_empty() {
        ports_are_free(project)?;
    }
    let running = project.replicas()?.len();
    add_servers(project, running.max(project.replicas))?;
    project.compose(&["up", "-d", "--no-deps", "edge"]).run()?;
    let address = project.edge()?.http;
    let is_up = || Ok(http::status(address, "/edge-health").is_ok_and(|status| status == 204));
    match wait_until("the edge is healthy", is_up) {
        Err(error @ Error::Unsupported(_)) => {
            // The cause is in its log; the error itself is reported.
            let _ = project.compose(&["logs", "--tail", "20", "edge"]).run();
            Err(error)
        }
        outcome => outcome,
    }
}

/// Fails if something else listens on the ports that the edge publishes.
fn ports_are_free(project: &Project) -> Result {
    for (variable, default) in [("EDGE_HTTP", "80"), ("EDGE_HTTPS", "443")] {
        let published = project
            .variable(variable)
            .unwrap_or_else(|| default.to_owned());
        let address: Option<SocketAddr> = match published.parse::<u16>() {
            Ok(port) => Some(([0, 0, 0, 0], port).into()),
            Err(_) => published.parse().ok(),
        };
        let Some(address) = address else { continue };
        let taken = TcpListener::bind(address)
            .is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse);
        if taken {
            return Err(Error::unsupported(format!(
                "port {} is in use: stop what listens there (`ss -ltnp` lists it), or publish others: \
                 `EDGE_HTTP=8080 EDGE_HTTPS=8443 {} up`",
                address.port(),
                project.command
            )));
        }
    }
    Ok(())
}

/// Stops and removes everything but volumes.
///
/// # Errors
/// Fails if Docker does.
pub fn stop(project: &Project) -> Result {
    let grace = project.grace.to_string();
    let down = ["--profile", "tls", "down", "--timeout", &grace];
    project.compose(&down).run()
}

/// Replaces the servers, one at a time, by what the compose file and the image say now: an old server is removed only when a
/// new one is healthy. A server with a volume is stopped first, since two cannot share its files.
///
/// # Errors
/// Fails if a new server does not become healthy; the old ones that were not replaced yet keep running.
pub fn replace_servers(project: &Project) -> Result {
    let old = running(project)?;
    if project.has_volume {
        eprintln!(
            "the server has a volume: it is stopped before the new one starts, and requests fail until then"
        );
        for server in &old {
            remove(server, project.grace)?;
        }
        return add_servers(project, project.replicas);
    }
    for (number, server) in old.iter().enumerate() {
        eprintln!("\nreplacing server {} of {}", number + 1, old.len());
        add_servers(project, old.len() + 1)?;
        remove(server, project.grace)?;
    }
    Ok(())
}

/// Changes the number of servers, one at a time.
///
/// # Errors
/// Fails for no server, for several with a volume, and if a new server does not become healthy.
pub fn scale(project: &Project, count: usize) -> Result {
    if count == 0 {
        return Err(Error::unsupported(format!(
            "0 servers: use `{} down` to stop everything",
            project.command
        )));
    }
    if project.has_volume && count > 1 {
        return Err(Error::unsupported(format!(
            "{count} servers cannot share the files of the `volume`: keep the data in a database server, such as PostgreSQL \
             with its URL as a secret, and remove `volume` from [package.metadata.purlin.deploy]"
        )));
    }
    let servers = running(project)?;
    for running in servers.len()..count {
        add_servers(project, running + 1)?;
    }
    for server in servers.iter().skip(count) {
        remove(server, project.grace)?;
    }
    Ok(())
}

/// Returns the running servers, oldest first; there must be one.
fn running(project: &Project) -> Result<Vec<String>> {
    let servers = project.replicas()?;
    match servers.is_empty() {
        false => Ok(servers),
        true => Err(Error::unsupported(format!(
            "no server runs: start everything with `{} up`",
            project.command
        ))),
    }
}

/// Starts servers until `count` run and waits until all are healthy. New servers that are not are removed, after printing
/// their log.
fn add_servers(project: &Project, count: usize) -> Result {
    // Compose would start stopped containers again, with their old settings.
    project.remove_stopped("server")?;
    let before = project.replicas()?;
    let scale = format!("server={count}");
    let up = ["up", "-d", "--no-deps", "--no-recreate", "--scale"];
    let up = project.compose(&up).args([&scale, "server"]).run();
    let Err(error) = up.and_then(|()| all_healthy(project)) else {
        return Ok(());
    };
    for server in project.replicas()? {
        if !before.contains(&server) {
            docker(&["logs", "--tail", "20", &server]).run()?;
            docker(&["rm", "--force", &server]).read()?;
        }
    }
    project.remove_stopped("server")?;
    let others = match before.len() {
        0 => "no server runs",
        _ => "the others keep running",
    };
    Err(Error::unsupported(format!(
        "a new server did not become healthy and was removed, {others}: {error}"
    )))
}

fn all_healthy(project: &Project) -> Result {
    wait_until("all servers are healthy", || {
        for server in project.replicas()? {
            match health(&server)?.as_str() {
                "healthy" => {}
                "unhealthy" => {
                    return Err(Error::unsupported(format!("{server} is unhealthy")));
                }
                _ => return Ok(false),
            }
        }
        Ok(true)
    })
}

/// Waits until `condition` holds, and says so.
fn wait_until(what: &str, mut condition: impl FnMut() -> Result<bool>) -> Result {
    eprintln!("waiting until {what}");
    let begin = Instant::now();
    while !condition()? {
        if begin.elapsed() > TIMEOUT {
            return Err(Error::unsupported(format!(
                "waited {} s in vain until {what}",
                TIMEOUT.as_secs()
            )));
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}
