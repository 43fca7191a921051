//! Docker Engine and Docker Compose, old and new.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use cargo_purlin::process::Cmd;

use crate::run::{cmd, root};

const FILE: &str = "deploy/compose.yaml";

/// The command of the installed Docker Compose.
#[derive(Clone, Copy)]
pub(crate) struct Compose(&'static [&'static str]);

/// Returns the installed Docker Compose: `docker compose`, or the older `docker-compose`.
pub(crate) fn find() -> Result<Compose> {
    ensure!(
        cmd("docker").arg("version").succeeds(),
        "no Docker Engine runs: install docker.io, or start it"
    );
    let known: [&[&str]; 2] = [&["docker", "compose"], &["docker-compose"]];
    let mut known = known.map(Compose).into_iter();
    known
        .find(|compose| compose.command().arg("version").succeeds())
        .context("Docker Compose is missing: install docker-compose")
}

impl Compose {
    fn command(self) -> Cmd {
        let (program, rest) = self.0.split_first().unwrap_or((&"docker-compose", &[]));
        cmd(program).args(rest)
    }
}

/// A compose file run under a name.
pub(crate) struct Project {
    compose: Compose,
    name: String,
    files: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Project {
    /// Uses the compose file of the repository with the keys and certificates in a folder.
    pub(crate) fn new(compose: Compose, name: &str, private: &Path) -> Self {
        let project = Self {
            compose,
            name: name.to_owned(),
            files: vec![root().join(FILE).display().to_string()],
            environment: Vec::new(),
        };
        project.env("PURLIN_PRIVATE", &private.display().to_string())
    }

    /// Sets a variable of the compose file.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns a command of Docker Compose.
    pub(crate) fn compose(&self, args: &[&str]) -> Cmd {
        let mut command = self.compose.command();
        command = command.args(["--project-name", &self.name]);
        for file in &self.files {
            command = command.args(["--file", file]);
        }
        for (name, value) in &self.environment {
            command = command.env(name, value);
        }
        command.args(args)
    }

    /// Returns the running servers, oldest first.
    pub(crate) fn replicas(&self) -> Result<Vec<String>> {
        self.containers("server")
    }

    /// Returns the running containers of a service, oldest first.
    pub(crate) fn containers(&self, service: &str) -> Result<Vec<String>> {
        self.list(service, &[])
    }

    /// Removes the containers of a service that do not run.
    pub(crate) fn remove_stopped(&self, service: &str) -> Result<()> {
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
}

/// Returns a command of Docker.
pub(crate) fn docker(args: &[&str]) -> Cmd {
    cmd("docker").args(args)
}

/// Returns whether the engine runs without root, where a proxy may replace the addresses of clients.
pub(super) fn is_rootless() -> Result<bool> {
    let info = docker(&["info", "--format", "{{.SecurityOptions}}"]);
    Ok(info.read()?.contains("name=rootless"))
}

/// Returns `healthy`, `starting` or `unhealthy`.
pub(crate) fn health(container: &str) -> Result<String> {
    let inspect = ["inspect", "--format", "{{.State.Health.Status}}", container];
    Ok(docker(&inspect).read()?.trim().to_owned())
}

/// Stops a server after its requests in flight, and removes it.
pub(crate) fn remove(container: &str) -> Result<()> {
    docker(&["stop", "-t", "40", container]).run()?;
    docker(&["rm", container]).read()?;
    Ok(())
}
