//! Docker Engine and Compose, of whatever age, as programs.

use std::path::Path;

use anyhow::{anyhow, Result};
use cargo_purlin::process::Cmd;

use crate::run::{cmd, root};

const FILE: &str = "deploy/compose.yaml";

/// An engine that answers, and the Compose there is.
pub(crate) struct Engine {
    /// `docker compose`, or `docker-compose` of old.
    compose: &'static [&'static str],
}

impl Engine {
    pub(crate) fn find() -> Result<Self> {
        if !cmd("docker").args(["version"]).succeeds() {
            return Err(anyhow!("no Docker Engine answers: install docker.io, or start it"));
        }
        let known: [&'static [&'static str]; 2] = [&["docker", "compose"], &["docker-compose"]];
        let able = |compose: &&&'static [&'static str]| match compose {
            [program, rest @ ..] => cmd(program)
                .args(rest.iter())
                .args(["version"])
                .succeeds(),
            [] => false,
        };
        match known.iter().find(able) {
            Some(compose) => Ok(Self { compose }),
            None => Err(anyhow!("there is no Docker Compose: install docker-compose")),
        }
    }

    /// A command of the engine's.
    pub(crate) fn docker(&self, args: &[&str]) -> Cmd {
        cmd("docker").args(args)
    }
}

/// What one compose file is run as.
pub(crate) struct Project {
    engine: Engine,
    name: String,
    files: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Project {
    /// The compose file of the repository, with what is private in a folder.
    pub(crate) fn new(engine: Engine, name: &str, private: &Path) -> Self {
        let project = Self {
            engine,
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

    /// Adds a file that says more.
    pub(crate) fn file(mut self, file: &Path) -> Self {
        self.files.push(file.display().to_string());
        self
    }

    /// A command of Compose's.
    pub(crate) fn compose(&self, args: &[&str]) -> Cmd {
        let (program, rest) = match self.engine.compose {
            [program, rest @ ..] => (*program, rest),
            [] => ("docker-compose", &[] as &[&str]),
        };
        let mut run = cmd(program)
            .args(rest)
            .args(["--project-name", &self.name]);
        for file in &self.files {
            run = run.args(["--file", file]);
        }
        for (name, value) in &self.environment {
            run = run.env(name, value);
        }
        run.args(args)
    }

    /// A command of the engine's.
    pub(crate) fn docker(&self, args: &[&str]) -> Cmd {
        self.engine.docker(args)
    }

    /// The servers that run, the oldest first.
    pub(crate) fn replicas(&self) -> Result<Vec<String>> {
        self.containers("server")
    }

    /// The containers of a service that run, the oldest first.
    pub(crate) fn containers(&self, service: &str) -> Result<Vec<String>> {
        self.list(service, &[])
    }

    /// Removes the containers of a service that are in one of these states.
    pub(crate) fn forget(&self, service: &str, states: &[&str]) -> Result<()> {
        let states: Vec<_> = states
            .iter()
            .map(|state| format!("status={state}"))
            .collect();
        for container in self.list(service, &states)? {
            self.docker(&["rm", "--force", &container]).read()?;
        }
        Ok(())
    }

    /// Those that pass the filters: by what runs, unless a filter says otherwise.
    fn list(&self, service: &str, filters: &[String]) -> Result<Vec<String>> {
        let project = format!("label=com.docker.compose.project={}", self.name);
        let service = format!("label=com.docker.compose.service={service}");
        let mut ps = self.docker(&["ps", "--quiet", "--filter", &project, "--filter", &service]);
        for filter in filters {
            ps = ps.args(["--filter", filter]);
        }
        Ok(ps.read()?.lines().rev().map(str::to_owned).collect())
    }

    /// `healthy`, `starting` or `unhealthy`.
    pub(crate) fn health(&self, container: &str) -> Result<String> {
        let inspect = ["inspect", "--format", "{{.State.Health.Status}}", container];
        Ok(self.docker(&inspect).read()?.trim().to_owned())
    }

    /// Stops one server, which answers what it has been asked, and forgets it.
    pub(crate) fn remove(&self, container: &str) -> Result<()> {
        self.docker(&["stop", "-t", "40", container]).run()?;
        self.docker(&["rm", container]).read().map(drop)
    }
}
