//! The server's image without Compose: pulled by Docker, run by podman, and the other processor's program in an emulator.

use std::{
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, Result};
use cargo_purlin::process::Cmd;

use super::registry::Pulled;
use crate::{
    dist::Platform,
    edge::free_ports,
    http,
    run::{cmd, need, root},
    server::{self, Server},
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Docker has what the registry has.
pub(super) fn docker(image: &Pulled) -> Result<String> {
    let name = &image.name;
    cmd("docker").args(["pull", "--quiet", name]).run()?;
    let format = "{{join .RepoDigests \" \"}}";
    let known = cmd("docker").args(["image", "inspect", "--format", format, name]);
    let known = known.read()?;
    cmd("docker").args(["image", "rm", name]).read()?;
    match known.contains(&image.digest.to_string()) {
        true => Ok(format!("docker pulls {name} as {}", image.digest)),
        false => Err(anyhow!("docker pulled {known}, and not {}",
            image.digest)),
    }
}

/// podman, with a store of its own below a folder.
struct Podman<'f> {
    folder: &'f Path,
}

impl Podman<'_> {
    fn run(&self, args: &[&str]) -> Cmd {
        let below = |name: &str| self.folder.join(name).display().to_string();
        let store = ["--root".to_owned(), below("podman")];
        let state = ["--runroot".to_owned(), below("podman-run")];
        let podman = cmd("podman").args(store).args(state);
        // The one that Docker brought.
        podman.args(["--runtime", "/usr/sbin/runc"]).args(args)
    }
}

/// podman pulls it and runs it without any right; it answers, and ends in order when it is stopped.
pub(super) fn podman(folder: &Path, image: &Pulled) -> Result<String> {
    need("podman", "podman")?;
    let podman = Podman { folder };
    let pull = ["pull", "--quiet", "--tls-verify=false", &image.name];
    podman.run(&pull).read()?;
    let (address, _) = free_ports()?;
    let bind = format!("PURLIN_HTTP__BIND={address}");
    let run = [
        "run",
        "--detach",
        "--name",
        "smoke",
        // There need not be one that podman can make where this runs.
        "--network",
        "host",
        "--read-only",
        "--cap-drop",
        "all",
        "--security-opt",
        "no-new-privileges",
        "--ulimit",
        "nofile=4096:4096",
        "--ulimit",
        "nproc=1024:1024",
        "--env",
        "PURLIN_OPS__BIND=off",
        "--env",
        "PURLIN_HTTP__DRAIN_DELAY=0",
        "--env",
        &bind,
        &image.name,
    ];
    let begin = Instant::now();
    let told = podman.run(&run).output().and_then(|_| {
        while !http::status(address, "/").is_ok_and(|status| status == 200) {
            if begin.elapsed() > PATIENCE {
                podman.run(&["logs", "smoke"]).run()?;
                return Err(anyhow!("run by podman it does not answer"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        let seconds = begin.elapsed().as_secs_f64();
        podman.run(&["stop", "--time", "20", "smoke"]).output()?;
        let status = ["inspect", "--format", "{{.State.ExitCode}}", "smoke"];
        match podman.run(&status).read()?.trim() {
            "0" => Ok(format!(
                "podman runs it: answered after {seconds:.2} s, and ended in order"
            )),
            status => Err(anyhow!("stopped by podman it ended with {status}")),
        }
    });
    let removed = podman.run(&["rm", "--force", "smoke"]).output();
    let told = told?;
    removed?;
    // Its files belong to its store's own tools.
    podman.run(&["rmi", "--force", &image.name]).output()?;
    Ok(told)
}

/// The program for the processor this machine does not have, where it was built.
pub(super) fn emulated() -> Result<String> {
    let (other, emulator) = match Platform::here() {
        Some(Platform::Arm64) => (Platform::Amd64, "qemu-x86_64-static"),
        _ => (Platform::Arm64, "qemu-aarch64-static"),
    };
    let architecture = other.architecture();
    let program = root().join(format!("target/dist/purlin-server-linux-{architecture}"));
    if !program.exists() {
        return Ok(format!("for {architecture} nothing was built"));
    }
    need(emulator, "qemu-user-static")?;
    let run = server::configured(Path::new(emulator), 1)
        .env("PURLIN_HTTP__DRAIN_DELAY", "0")
        .args([program]);
    let server = Server::launch(run, "/", Stdio::inherit())?;
    let seconds = server.started().as_secs_f64();
    let document = server.fetch("/openapi.json")?;
    if !document.starts_with(b"{") {
        return Err(anyhow!("the program for {architecture} has no document"));
    }
    let status = server.stop()?;
    match status.success() {
        true => Ok(format!(
            "the program for {architecture} answers in {emulator} after {seconds:.1} s, and ends in order"
        )),
        false => Err(anyhow!("the program for {architecture} ended: {status}")),
    }
}
