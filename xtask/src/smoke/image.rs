//! The server's image without Compose: pulled by Docker, run by podman, and the executable for the other processor in an
//! emulator.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{Result, ensure};
use cargo_purlin::{oci::Platform, process::Cmd};

use super::registry::Pulled;
use crate::{
    compose::docker,
    edge::free_ports,
    http,
    run::{cmd, need, root, wait_until},
    server::{self, Server},
};

/// How long the server may take to start in podman.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Pulls the image with Docker and compares the digest.
pub(super) fn pull(image: &Pulled) -> Result<String> {
    let Pulled { name, digest } = image;
    docker(&["pull", "--quiet", name]).run()?;
    let format = "{{join .RepoDigests \" \"}}";
    let digests = docker(&["image", "inspect", "--format", format, name]).read()?;
    docker(&["image", "rm", name]).read()?;
    let holds = digests.contains(&digest.to_string());
    ensure!(holds, "docker pulled {digests}, not {digest}");
    Ok(format!("docker pulls {name} as {digest}"))
}

/// Runs the image with podman, read-only and without privileges, and stops it.
pub(super) fn podman(folder: &Path, image: &Pulled) -> Result<String> {
    need("podman", "podman")?;
    let podman = |args: &[&str]| -> Cmd {
        cmd("podman")
            .arg("--root")
            .arg(folder.join("podman"))
            .arg("--runroot")
            .arg(folder.join("podman-run"))
            // The one that Docker installed.
            .args(["--runtime", "/usr/sbin/runc"])
            .args(args)
    };
    podman(&["pull", "--quiet", "--tls-verify=false", &image.name]).read()?;
    let [address] = free_ports()?;
    let bind = format!("PURLIN_HTTP__BIND={address}");
    // podman may not be able to create a network on this machine.
    let run = ["run", "--detach", "--name", "smoke", "--network", "host"];
    let run = podman(&run)
        .args(["--read-only", "--cap-drop", "all"])
        .args(["--security-opt", "no-new-privileges"])
        .args([
            "--ulimit",
            "nofile=4096:4096",
            "--ulimit",
            "nproc=1024:1024",
        ])
        .args([
            "--env",
            "PURLIN_OPS__BIND=off",
            "--env",
            "PURLIN_HTTP__DRAIN_DELAY=0",
        ])
        .args(["--env", &bind, &image.name]);
    let outcome = (|| {
        run.output()?;
        wait_until(TIMEOUT, "the server in podman returns 200", || {
            Ok(http::status(address, "/").is_ok_and(|status| status == 200))
        })?;
        podman(&["stop", "--time", "20", "smoke"]).output()?;
        let status = ["inspect", "--format", "{{.State.ExitCode}}", "smoke"];
        let status = podman(&status).read()?;
        ensure!(
            status.trim() == "0",
            "stopped by podman, it exits with {status}"
        );
        Ok("podman runs it read-only without privileges, and it exits with 0".to_owned())
    })();
    let removed = podman(&["rm", "--force", "smoke"]).output();
    let line = outcome?;
    removed?;
    // Only podman can remove the files of its storage.
    podman(&["rmi", "--force", &image.name]).output()?;
    Ok(line)
}

/// Runs the executable for the other processor in an emulator, if it was built.
pub(super) fn emulated() -> Result<String> {
    let (other, emulator) = match Platform::here() {
        Some(Platform::Arm64) => (Platform::Amd64, "qemu-x86_64-static"),
        _ => (Platform::Arm64, "qemu-aarch64-static"),
    };
    let architecture = other.architecture();
    let program = root().join(format!(
        "target/purlin/purlin-server/purlin-server-linux-{architecture}"
    ));
    if !program.exists() {
        return Ok(format!("not built for {architecture}"));
    }
    need(emulator, "qemu-user-static")?;
    let server = server::configured(Path::new(emulator), 1)
        .env("PURLIN_HTTP__DRAIN_DELAY", "0")
        .arg(program);
    let server = Server::launch(server, "/", Stdio::inherit())?;
    let document = server.fetch("/openapi.json")?;
    ensure!(document.starts_with(b"{"), "{architecture}: no document");
    let status = server.stop()?;
    ensure!(status.success(), "{architecture}: {status}");
    Ok(format!(
        "the executable for {architecture} runs in {emulator}, and exits with 0"
    ))
}
