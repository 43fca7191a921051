//! A compose file that runs under a name.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use fs_err as fs;

use super::{
    Deployment,
    engine::{self, Compose, docker},
    variables::{self, Target},
};
use crate::{Error, Result, process::Cmd};

/// The compose file of a deployment, run by Docker Compose.
#[derive(Debug)]
pub struct Project {
    compose: Compose,
    name: String,
    file: PathBuf,
    environment: Vec<(String, String)>,
    /// The number of servers that `start` starts.
    pub(super) replicas: usize,
    /// Whether there is one server, since its files cannot be shared.
    pub(super) has_volume: bool,
    /// Seconds after which a stopping server is killed.
    pub(super) grace: u64,
    /// The command that users type, for messages: `cargo purlin`.
    pub(super) command: &'static str,
}

impl Project {
    /// Uses the `compose.yaml` in a folder, and the folder of secrets and certificates. `command` is what users type.
    ///
    /// # Errors
    /// Fails if Docker or Compose is missing, or if the daemon does not run; the message names the remedy.
    pub fn new(
        deployment: &Deployment,
        files: &Path,
        private: &Path,
        command: &'static str,
    ) -> Result<Self> {
        let file = files.join("compose.yaml");
        if !file.exists() {
            return Err(Error::unsupported(format!(
                "{} does not exist: write it with `{command} compose --output {}`",
                file.display(),
                files.display()
            )));
        }
        let project = Self {
            compose: engine::find()?,
            name: deployment.name.clone(),
            file: fs::canonicalize(file)?,
            environment: Vec::new(),
            replicas: deployment.replicas.into(),
            has_volume: deployment.volume.is_some(),
            grace: variables::grace(deployment, Target::Compose),
            command,
        };
        let private = std::path::absolute(private)?;
        Ok(project.env("PRIVATE_FOLDER", &private.display().to_string()))
    }

    /// Runs under another name.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Sets a variable of the compose file.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns the value of a variable of the compose file: one that was set, or that of this process.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        let set = self.environment.iter().rfind(|(found, _)| found == name);
        set.map(|(_, value)| value.clone())
            .or_else(|| std::env::var(name).ok())
    }

    /// Returns a command of Docker Compose.
    pub fn compose(&self, args: &[&str]) -> Cmd {
        let mut command = self.compose.command();
        command = command.args(["--project-name", &self.name, "--file"]);
        command = command.arg(&self.file);
        for (name, value) in &self.environment {
            command = command.env(name, value);
        }
        command.args(args)
    }

    /// Returns the running servers, oldest first.
    ///
    /// # Errors
    /// Fails if Docker does.
    pub fn replicas(&self) -> Result<Vec<String>> {
        self.containers("server")
    }

    /// Returns the running containers of a service, oldest first.
    ///
    /// # Errors
    /// Fails if Docker does.
    pub fn containers(&self, service: &str) -> Result<Vec<String>> {
        self.list(service, &[])
    }

    /// Removes the containers of a service that do not run.
    pub(super) fn remove_stopped(&self, service: &str) -> Result {
        let states = ["status=created", "status=exited", "status=dead"];
        for container in self.list(service, &states)? {
            docker(&["rm", "--force", &container]).read()?;
        }
        Ok(())
    }

    /// Lists containers: those that run, unless a filter asks for others.
    fn list(&self, service: &str, filters: &[&str]) -> Result<Vec<String>> {
        let project = format!("label=com.docker.compose.project={}", self.name);
        let service = format!("label=com.docker.compose.service={service}");
        let mut ps = docker(&["ps", "--quiet", "--filter", &project, "--filter", &service]);
        for filter in filters {
            ps = ps.args(["--filter", filter]);
        }
        Ok(ps.read()?.lines().rev().map(str::to_owned).collect())
    }

    /// Returns the addresses of the edge on this machine.
    ///
    /// # Errors
    /// Fails if the edge does not run.
    pub fn edge(&self) -> Result<Edge> {
        let published = |port: &str| -> Result<SocketAddr> {
            let text = self.compose(&["port", "edge", port]).read()?;
            let address = text.trim().parse::<SocketAddr>();
            let mut address = address
                .map_err(|_| Error::invalid(format!("port {port} of the edge"), text.trim()))?;
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
}

/// The addresses of the edge on this machine.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Edge {
    /// The address for HTTP.
    pub http: SocketAddr,
    /// The address for HTTPS.
    pub https: SocketAddr,
}

/// Returns `healthy`, `starting` or `unhealthy`.
///
/// # Errors
/// Fails if the container does not exist.
pub fn health(container: &str) -> Result<String> {
    let inspect = ["inspect", "--format", "{{.State.Health.Status}}", container];
    Ok(docker(&inspect).read()?.trim().to_owned())
}

/// Stops a server after its requests in flight, which it has `grace` seconds for, and removes it.
///
/// # Errors
/// Fails if Docker does.
pub fn remove(container: &str, grace: u64) -> Result {
    docker(&["stop", "-t", &grace.to_string(), container]).run()?;
    docker(&["rm", container]).read()?;
    Ok(())
}
