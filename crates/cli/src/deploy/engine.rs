//! Docker Engine and Docker Compose, old and new, and what is missing of them.

use crate::{Error, Result, process::Cmd};

/// The command of the installed Docker Compose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compose(&'static [&'static str]);

/// Returns the installed Docker Compose: `docker compose`, or the older `docker-compose`.
pub(super) fn find() -> Result<Compose> {
    reachable()?;
    let known: [&[&str]; 2] = [&["docker", "compose"], &["docker-compose"]];
    let mut known = known.map(Compose).into_iter();
    let found = known.find(|compose| compose.command().arg("version").succeeds());
    found.ok_or_else(|| {
        Error::unsupported(
            "Docker has no Compose: install the plugin (package docker-compose-plugin of Docker, docker-compose of Debian); \
             see https://docs.docker.com/compose/install",
        )
    })
}

/// Fails unless a Docker Engine responds.
fn reachable() -> Result {
    if !Cmd::new("docker").arg("--version").succeeds() {
        return Err(Error::unsupported(
            "docker was not found: install Docker Engine (Debian's package docker.io), see \
             https://docs.docker.com/engine/install",
        ));
    }
    match Cmd::new("docker").arg("version").failure() {
        None => Ok(()),
        Some(message) => Err(Error::unsupported(unreachable_message(&message))),
    }
}

/// Returns why the engine does not respond, by what the client printed.
fn unreachable_message(printed: &str) -> String {
    let remedy = match printed.contains("permission denied") {
        true => {
            "this user may not use Docker: run the command as root, or add the user to the group docker (which gives it the \
             rights of root)"
        }
        false => {
            "Docker's daemon does not run: start it with `systemctl start docker`, or start Docker Desktop; DOCKER_HOST names \
             another one"
        }
    };
    let last = printed.lines().rfind(|line| !line.trim().is_empty());
    format!(
        "{remedy}\n  docker says: {}",
        last.unwrap_or("nothing").trim()
    )
}

impl Compose {
    pub(super) fn command(self) -> Cmd {
        let (program, rest) = self.0.split_first().unwrap_or((&"docker-compose", &[]));
        Cmd::new(program).args(rest)
    }
}

/// Returns a command of Docker.
pub(super) fn docker(args: &[&str]) -> Cmd {
    Cmd::new("docker").args(args)
}

/// Returns whether the engine runs without root, where a proxy may replace the addresses of clients.
pub(super) fn is_rootless() -> Result<bool> {
    let info = docker(&["info", "--format", "{{.SecurityOptions}}"]);
    Ok(info.read()?.contains("name=rootless"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reason_why_docker_does_not_respond_has_a_remedy() {
        let denied = "Client:\n Version: 20\nGot permission denied while trying to connect to the Docker daemon socket\n";
        assert!(unreachable_message(denied).starts_with("this user may not use Docker"));
        let stopped = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n";
        let message = unreachable_message(stopped);
        assert!(
            message.starts_with("Docker's daemon does not run"),
            "{message}"
        );
        assert!(
            message.ends_with("Is the docker daemon running?"),
            "{message}"
        );
    }
}
