//! `cargo xtask smoke`: image and compose file on a real Docker Engine. The servers are started, scaled, killed, replaced and
//! stopped under load, behind an older and a recent nginx. Before that the image goes through a registry and podman.
//!
//! An engine is started where none runs. No GET may fail; failed POSTs are reported.

mod engine;
mod image;
mod load;
mod nginx;
mod registry;
mod site;

use std::{path::Path, thread, time::Duration, time::Instant};

use anyhow::{Context as _, Result, ensure};
use cargo_purlin::deploy::{
    self, Project,
    edge::{Values, Variant, configuration},
    images::pinned,
};
use fs_err as fs;

use crate::{
    compose::{self, docker},
    dist,
    run::{cmd, empty_folder, install, need_with},
};
use load::Load;

/// How long the load runs before and after a change: the measurement itself, not a wait.
const STEADY: Duration = Duration::from_secs(2);

/// What to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Use the image that is in target/purlin/purlin-server or in the engine, and build none
    #[arg(long)]
    built: bool,
}

/// Builds the image of the current sources and runs it.
pub(crate) fn checked() -> Result<()> {
    smoke(&Options { built: false })
}

/// Runs everything, and cleans up in any case.
pub(crate) fn smoke(options: &Options) -> Result<()> {
    if !options.built {
        dist::for_this_machine()?;
    }
    // wrk has no option that succeeds without a URL.
    if !cmd("sh").args(["-c", "command -v wrk"]).succeeds() {
        install("wrk")?;
    }
    let daemon = engine::ready()?;
    let folder = empty_folder("smoke")?;
    let begin = Instant::now();
    let lines = run(&folder);
    drop(daemon);
    eprintln!("\n{}", lines?.join("\n"));
    eprintln!("{:.0} s in total", begin.elapsed().as_secs_f64());
    Ok(())
}

fn run(folder: &Path) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    if registry::archive(dist::SERVER).exists() {
        let registry = registry::Registry::start(folder)?;
        let server = registry.push(dist::SERVER)?;
        let pinned = pinned(&server.name, true)?;
        let expected = format!("{}@{}", server.name, server.digest);
        ensure!(pinned == expected, "{pinned} is not {expected}");
        lines.push(image::pull(&server)?);
        lines.push(image::podman(folder, &server)?);
        lines.push(image::emulated()?);
    }
    compose::load()?;
    match std::env::var("EDGE_IMAGE") {
        Ok(image) => lines.extend(behind(&image, folder)?),
        Err(_) => {
            for release in nginx::RELEASES {
                lines.extend(behind(&nginx::import(release)?, folder)?);
            }
        }
    }
    Ok(lines)
}

/// Runs the compose file with one image of nginx.
fn behind(nginx: &str, folder: &Path) -> Result<Vec<String>> {
    let version = nginx::version(nginx)?;
    let private = folder.join("private");
    let (_, deployment) = compose::server()?;
    need_with("openssl", "version", "openssl")?;
    let names = ["edge.test".to_owned(), "localhost".to_owned()];
    deploy::prepare(&deployment, &private, &names)?;
    let configuration = unlimited(folder, Variant::of(&version))?;
    let project = Project::new(&deployment, &compose::folder(), &private, "cargo xtask")?
        .named("purlin-smoke")
        .env("EDGE_IMAGE", nginx)
        .env("CERTBOT_IMAGE", "not-used")
        // Those of a project that runs on this machine are others.
        .env("INNER_NETWORK", "10.87.20.0/24")
        .env("OUTER_NETWORK", "fd5a:8f3c:71d3::/64")
        .env("EDGE_CONF", &configuration)
        .env("EDGE_HTTP", "127.0.0.1:0")
        .env("EDGE_HTTPS", "127.0.0.1:0");
    let lines = change_under_load(&project, &private);
    if lines.is_err() {
        // The cause is in the logs; the error itself is reported below.
        let _ = project.compose(&["ps"]).run();
        let _ = project.compose(&["logs", "--tail", "30"]).run();
    }
    let kept = keep_log(&project, folder);
    let stopped = deploy::stop(&project);
    let mut lines = lines?;
    kept?;
    stopped?;
    lines.insert(0, format!("behind nginx {version}:"));
    Ok(lines)
}

/// A change of the running servers and its name.
type Change = (&'static str, fn(&Project) -> Result<()>);

const CHANGES: [Change; 4] = [
    ("scaled from 3 to 5", |it| Ok(deploy::scale(it, 5)?)),
    ("scaled from 5 to 3", |it| Ok(deploy::scale(it, 3)?)),
    ("one killed and replaced", kill_one),
    ("all replaced", replace_all),
];

fn change_under_load(project: &Project, private: &Path) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    let begin = Instant::now();
    deploy::start(project)?;
    let seconds = begin.elapsed().as_secs_f64();
    lines.push(format!(
        "3 servers and the edge are ready after {seconds:.1} s"
    ));
    let site = site::Site::new(project.edge()?, private)?;
    lines.push(format!(
        "{} responses through the edge are correct",
        site.check()?
    ));
    site::check_privileges(project)?;
    for (name, change) in CHANGES {
        let load = Load::start(&site)?;
        thread::sleep(STEADY);
        let begin = Instant::now();
        let changed = change(project);
        let seconds = begin.elapsed().as_secs_f64();
        thread::sleep(STEADY);
        let counts = load.stop()?;
        changed.context(name)?;
        lines.push(format!("{name} in {seconds:.1} s: {counts}"));
        ensure!(counts.lost_gets() == 0, "{}", lines.join("\n"));
    }
    site.check()?;
    Ok(lines)
}

/// Kills one of the servers. The restart policy does not apply to `docker kill`, so `scale` starts another.
fn kill_one(project: &Project) -> Result<()> {
    let servers = project.replicas()?;
    let first = servers.first().context("no server runs")?;
    docker(&["kill", first]).run()?;
    thread::sleep(STEADY);
    Ok(deploy::scale(project, servers.len())?)
}

fn replace_all(project: &Project) -> Result<()> {
    let before = project.replicas()?;
    deploy::replace_servers(project)?;
    let after = project.replicas()?;
    let replaced = before.len() == after.len() && before.iter().all(|it| !after.contains(it));
    ensure!(replaced, "{before:?} were replaced by {after:?}");
    Ok(())
}

/// Writes the edge's configuration without the rate limit, since all load comes from one address.
fn unlimited(folder: &Path, variant: Variant) -> Result<String> {
    let mut values = Values::of(&compose::server()?.1);
    values.rate = "1000000r/s".to_owned();
    values.burst = 1_000_000;
    let file = folder.join("nginx.conf");
    fs::write(&file, configuration(variant, &values)?)?;
    Ok(file.display().to_string())
}

/// Keeps the edge's log, which has the outcome of each request.
fn keep_log(project: &Project, folder: &Path) -> Result<()> {
    let mut text = String::new();
    for edge in project.containers("edge")? {
        let (out, err) = docker(&["logs", &edge]).output()?;
        text.push_str(&out);
        text.push_str(&err);
    }
    Ok(fs::write(folder.join("edge.log"), text)?)
}
