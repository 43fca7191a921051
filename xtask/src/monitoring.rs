//! `cargo xtask monitoring`: the rules of `deploy/prometheus` are valid and fire when they should, and Prometheus' linter has
//! nothing to say about the metrics of a running server.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use crate::{
    edge::free_ports,
    http,
    run::{cmd, empty_folder, need, root},
    server::{self, Server},
};

/// The rules of Purlin's own server, and of another service, which `cargo test` compares with what is rendered.
const RULES: [&str; 2] = [
    "deploy/prometheus/purlin.rules.yml",
    "crates/cli/tests/golden/orders/prometheus/orders.rules.yml",
];

/// Checks rules and metrics with promtool.
pub(crate) fn monitoring() -> Result<()> {
    need("promtool", "prometheus")?;
    cmd("promtool").args(["check", "rules"]).args(RULES).run()?;
    cmd("promtool")
        .args(["test", "rules", "purlin.test.yml"])
        .current_dir(root().join("deploy/prometheus"))
        .run()?;
    metrics()
}

/// Checks the metrics of a server that has processed a request.
fn metrics() -> Result<()> {
    let [ops] = free_ports()?;
    let program =
        server::configured(&server::build("dev")?, 1).env("PURLIN_OPS__BIND", ops.to_string());
    let server = Server::launch(program, "/", std::process::Stdio::inherit())?;
    let response = http::get(ops, "/metrics").context("GET /metrics")?;
    ensure!(
        response.status == 200,
        "GET /metrics returns {}",
        response.status
    );
    server.stop()?;
    let file = empty_folder("monitoring")?.join("metrics.txt");
    fs::write(&file, response.body)?;
    cmd("sh")
        .args(["-c", "promtool check metrics < \"$0\""])
        .arg(&file)
        .run()?;
    Ok(())
}

/// Checks the units of systemd; the program they name need not be installed.
pub(crate) fn systemd() -> Result<()> {
    need("systemd-analyze", "systemd")?;
    let folder = empty_folder("systemd")?;
    let mut units: Vec<PathBuf> = Vec::new();
    for name in ["purlin-server.service", "purlin-server.socket"] {
        let unit = fs::read_to_string(root().join("deploy/systemd").join(name))?;
        let unit = unit.replace("/usr/local/bin/purlin-server", "/bin/true");
        let path = folder.join(name);
        fs::write(&path, unit)?;
        units.push(path);
    }
    let (out, errors) = cmd("systemd-analyze")
        .args(["verify", "--man=no"])
        .args(&units)
        .output()?;
    // It warns about what it does not know, and succeeds.
    ensure!(out.is_empty() && errors.is_empty(), "{out}{errors}");
    Ok(())
}
