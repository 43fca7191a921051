//! `cargo xtask smoke`: the images and the compose file on a real Docker Engine, started, asked, scaled, robbed of a server,
//! rolled over and stopped, while clients ask without a pause; behind either kind of nginx. Before that the images through
//! a registry, in podman, and for the other processor.
//!
//! An engine is started where none runs, and ended with it. No GET may fail; what becomes of POSTs is counted and told.

mod alone;
mod asked;
mod engine;
mod load;
mod registry;

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, Result};
use fs_err as fs;

use crate::{
    compose::{self, Engine, Project},
    dist,
    edge::{Place, Variant, configuration, emptied},
    run::{cmd, install},
};
use load::Load;

/// How long things stay as they are.
const PAUSE: Duration = Duration::from_secs(2);

/// What is run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Take the images that are in target/dist or in the engine, and make none
    #[arg(long)]
    built: bool,
}

/// With the images of the sources as they are.
pub(crate) fn checked() -> Result<()> {
    smoke(&Options { built: false })
}

/// A release of Debian whose nginx keeps connections to servers it asks the names of.
const RECENT: &str = "forky";

/// Runs everything, and cleans up whatever came of it.
pub(crate) fn smoke(options: &Options) -> Result<()> {
    if !options.built {
        dist::both()?;
    }
    // wrk has no way to succeed at nothing.
    if !cmd("sh").args(["-c", "command -v wrk"]).succeeds() {
        install("wrk", "wrk")?;
    }
    let daemon = engine::ready()?;
    let folder = emptied("smoke")?;
    let begin = Instant::now();
    let told = told(options, &folder);
    drop(daemon);
    let told = told?;
    eprintln!();
    told.iter().for_each(|line| eprintln!("{line}"));
    eprintln!("all of it in {:.0} s", begin.elapsed().as_secs_f64());
    Ok(())
}

fn told(options: &Options, folder: &Path) -> Result<Vec<String>> {
    let mut told = Vec::new();
    if registry::archive(SERVER).exists() {
        told.extend(images(folder)?);
    }
    let engine = Engine::find()?;
    compose::load(&engine)?;
    // Whoever names another image means that one.
    let edges = match std::env::var("PURLIN_EDGE") {
        Ok(image) => vec![image],
        Err(_) if options.built => vec![compose::EDGE.0.to_owned()],
        Err(_) => {
            let (recent, file) = dist::edge_on(RECENT, folder)?;
            let file = file.display().to_string();
            engine
                .docker(&["load", "--quiet", "--input", &file])
                .run()?;
            vec![compose::EDGE.0.to_owned(), recent]
        }
    };
    for edge in edges {
        told.extend(behind(&edge, folder)?);
    }
    Ok(told)
}

const SERVER: &str = "purlin-server";

/// What others make of the images.
fn images(folder: &Path) -> Result<Vec<String>> {
    let registry = registry::Registry::start(folder)?;
    let server = registry.take(SERVER)?;
    let mut told = vec![alone::docker(&server)?, alone::podman(folder, &server)?];
    if registry::archive("purlin-edge").exists() {
        let edge = registry.take("purlin-edge")?;
        told.push(alone::docker(&edge)?);
        let layers = dist::edge_over(&edge.name)?;
        if layers != 2 {
            let words = format!("on an image of one layer, the edge has {layers}");
            return Err(anyhow!(words));
        }
        told.push(format!("the edge is put on {}", edge.name));
    }
    told.push(alone::emulated()?);
    Ok(told)
}

/// The compose file with one image of the edge.
fn behind(edge: &str, folder: &Path) -> Result<Vec<String>> {
    let private = folder.join("private");
    compose::prepare(&private, &["edge.test".to_owned(), "localhost".to_owned()])?;
    let project = Project::new(Engine::find()?, "purlin-smoke", &private)
        .env("PURLIN_EDGE", edge)
        .env("EDGE_HTTP", "127.0.0.1:0")
        .env("EDGE_HTTPS", "127.0.0.1:0");
    let version = version(&project, edge)?;
    let unlimited = unlimited(folder, Variant::of(&version))?;
    let project = project.file(&unlimited);
    let told = all(&project, &private);
    if told.is_err() {
        logs(&project);
    }
    let kept = keep_log(&project, folder);
    let stopped = compose::stop(&project);
    let mut told = told?;
    kept?;
    stopped?;
    told.insert(0, format!("behind nginx {version}:"));
    Ok(told)
}

/// What is done to the servers while clients ask, and its name.
type Change = (&'static str, fn(&Project) -> Result<()>);

fn all(project: &Project, private: &Path) -> Result<Vec<String>> {
    let mut told = Vec::new();
    let begin = Instant::now();
    compose::start(project)?;
    let seconds = begin.elapsed().as_secs_f64();
    told.push(format!(
        "3 servers and the edge answer after {seconds:.1} s"
    ));

    let site = asked::Site::new(compose::edge(project)?, private)?;
    told.push(format!(
        "{} answers through the edge are as they should be",
        site.all()?
    ));
    asked::hardened(project)?;

    let changes: [Change; 4] = [
        ("scaled from 3 to 5", |project| {
            compose::scale_to(project, 5)
        }),
        ("scaled from 5 to 3", |project| {
            compose::scale_to(project, 3)
        }),
        ("one killed, and back", killed),
        ("all rolled over", rolled),
    ];
    for (name, change) in changes {
        let load = Load::start(&site)?;
        thread::sleep(PAUSE);
        let begin = Instant::now();
        let changed = change(project);
        let seconds = begin.elapsed().as_secs_f64();
        thread::sleep(PAUSE);
        let counted = load.end()?;
        changed?;
        told.push(format!("{name} in {seconds:.1} s: {counted}"));
        if counted.lost_gets() > 0 {
            return Err(anyhow!(told.join("\n")));
        }
    }
    site.all()?;
    Ok(told)
}

/// SIGKILL, for one of three; the restart policy does not bring back what its engine was asked to kill, `scale` does.
fn killed(project: &Project) -> Result<()> {
    let servers = project.replicas()?;
    let first = servers
        .first()
        .ok_or_else(|| anyhow!("no server runs"))?;
    project.docker(&["kill", first]).run()?;
    thread::sleep(PAUSE);
    compose::scale_to(project, servers.len())
}

/// All are others afterwards.
fn rolled(project: &Project) -> Result<()> {
    let before = project.replicas()?;
    compose::roll_over(project)?;
    let after = project.replicas()?;
    let replaced = before.len() == after.len() && before.iter().all(|one| !after.contains(one));
    match replaced {
        true => Ok(()),
        false => Err(anyhow!("rolled over {before:?}, and {after:?} run")),
    }
}

/// The edge's own configuration without its limit of requests: all of the load is one address.
fn unlimited(folder: &Path, variant: Variant) -> Result<std::path::PathBuf> {
    let place = Place {
        rate: "1000000r/s".to_owned(),
        burst: "1000000".to_owned(),
        ..Place::default()
    };
    let conf = folder.join("nginx.conf");
    fs::write(&conf, configuration(variant, &place)?)?;
    let file = folder.join("compose.smoke.yaml");
    let mount = format!("{}:/etc/nginx/nginx.conf:ro", conf.display());
    let text = format!("services: {{edge: {{volumes: [\"{mount}\"]}}}}\n");
    fs::write(&file, text)?;
    Ok(file)
}

/// Which nginx an image has.
fn version(project: &Project, image: &str) -> Result<String> {
    let version = [
        "run",
        "--rm",
        "--entrypoint",
        "/usr/sbin/nginx",
        image,
        "-e",
        "stderr",
        "-v",
    ];
    let (_, told) = project.docker(&version).output()?;
    let version = told.trim().rsplit('/').next().unwrap_or_default();
    Ok(version.to_owned())
}

/// The edge's log, which says what became of each request.
fn keep_log(project: &Project, folder: &Path) -> Result<()> {
    let file = folder.join("edge.log");
    let mut text = String::new();
    for edge in project.containers("edge")? {
        let (out, err) = project.docker(&["logs", &edge]).output()?;
        text.push_str(&out);
        text.push_str(&err);
    }
    fs::write(&file, text)
}

/// What was said before something went wrong.
fn logs(project: &Project) {
    let _ = project.compose(&["ps"]).run();
    let _ = project.compose(&["logs", "--tail", "30"]).run();
}
