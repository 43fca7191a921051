//! Whole servers with the shapes of requests that services have, written with Purlin, and by hand on actix-web and on axum: the
//! programs of `benches/`.

mod agreement;
mod requests;

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, Result, bail, ensure};
use cargo_purlin::{dist::grouped, process::Cmd};

use super::{
    callgrind::{collected, repeat},
    figures::Shape,
    limits,
};
use crate::{
    run::{cargo, cmd},
    server::Server,
};
use requests::Request;

/// The profile for trying things out.
const QUICK: &str = "release";

/// The requests of each shape before the measured ones, in which caches are filled and lists grow.
const WARM: u64 = 20;

/// The measured requests of a shape.
const MEASURED: u64 = 300;

/// The programs.
pub(super) struct Programs {
    pub(super) purlin: PathBuf,
    pub(super) actix: PathBuf,
    pub(super) axum: PathBuf,
}

impl Programs {
    pub(super) fn build(profile: &str) -> Result<Self> {
        let build = cargo().args(["build", "--package", "purlin-benches", "--profile", profile]);
        let made = build.executables()?;
        let find = |wanted: &str| {
            let found = made.iter().find(|(name, _)| name == wanted);
            let found = found.map(|(_, path)| path.clone());
            found.with_context(|| format!("cargo built no executable named {wanted}"))
        };
        Ok(Self {
            purlin: find("purlin")?,
            actix: find("actix")?,
            axum: find("axum")?,
        })
    }

    fn named(&self) -> [(&'static str, &Path); 3] {
        [
            ("purlin", &self.purlin),
            ("actix", &self.actix),
            ("axum", &self.axum),
        ]
    }

    /// Fails if the programs return different responses.
    fn agree(&self, requests: &[Request]) -> Result<()> {
        let start = |(name, program): (&'static str, &Path)| {
            Ok((name, Server::launch(cmd(program), "/", Stdio::inherit())?))
        };
        let servers: Vec<_> = self.named().map(start).into_iter().collect::<Result<_>>()?;
        let addresses = servers
            .iter()
            .map(|(name, server)| (*name, server.address()));
        agreement::check(requests, &addresses.collect::<Vec<_>>())
    }
}

/// Measures the shapes whose name contains `only`, and prints the table.
pub(super) fn print(only: &str) -> Result<()> {
    let programs = Programs::build(QUICK)?;
    eprintln!("\n             instructions: Purlin     actix      axum   by actix   by axum");
    let over = measure(&programs, only)?
        .iter()
        .filter(|shape| !limits::of_shape(shape).holds())
        .count();
    eprintln!(
        "\n{over} over their limits. Profiles: callgrind_annotate target/callgrind/purlin.NAME.out"
    );
    Ok(())
}

/// Checks that the programs agree, and measures the shapes whose name contains `only`.
pub(super) fn measure(programs: &Programs, only: &str) -> Result<Vec<Shape>> {
    let mut requests = requests::all();
    programs.agree(&requests)?;
    let warm: Vec<_> = requests.iter().map(|it| (it.bytes(), it.status)).collect();
    let mut measured = Vec::new();
    for (name, program) in programs.named() {
        measured.push(Measured::start(name, program, &warm)?);
    }
    let [purlin, actix, axum] = measured.as_slice() else {
        bail!("there are three programs");
    };
    requests.retain(|request| request.name.contains(only));
    ensure!(!requests.is_empty(), "no shape is named {only}");
    let shape = |request: &Request| {
        let shape = Shape {
            name: request.name.to_owned(),
            what: request.what.to_owned(),
            rejected: request.is_rejected(),
            purlin: purlin.each(request)?,
            actix: actix.each(request)?,
            axum: axum.each(request)?,
        };
        eprintln!("{}", line(&shape));
        Ok(shape)
    };
    requests.iter().map(shape).collect()
}

fn line(shape: &Shape) -> String {
    let counts = [shape.purlin, shape.actix, shape.axum].map(|it| format!("{:>10}", grouped(it)));
    let (by_actix, by_axum) = (shape.by_actix(), shape.by_axum());
    let verdict = match limits::of_shape(shape).holds() {
        true => "",
        false => "  over the limit",
    };
    format!(
        "{:<17}{}{by_actix:>11.3}{by_axum:>10.3}{verdict}",
        shape.name,
        counts.concat()
    )
}

/// A program whose start is measured.
struct Measured<'a> {
    name: &'static str,
    program: &'a Path,
    /// Requests that are sent first, with the status of their responses.
    warm: &'a [(Vec<u8>, u16)],
    /// The instructions of a run with these requests alone.
    start: u64,
}

impl<'a> Measured<'a> {
    fn start(name: &'static str, program: &'a Path, warm: &'a [(Vec<u8>, u16)]) -> Result<Self> {
        let mut measured = Self {
            name,
            program,
            warm,
            start: 0,
        };
        measured.start = measured.run(None)?;
        Ok(measured)
    }

    /// Returns the instructions of one request.
    fn each(&self, request: &Request) -> Result<u64> {
        let more = self.run(Some(request))?.checked_sub(self.start);
        Ok(more.context("more requests took fewer instructions")? / MEASURED)
    }

    fn run(&self, request: Option<&Request>) -> Result<u64> {
        let shape = request.map_or("start", |request| request.name);
        let name = format!("{}.{shape}", self.name);
        let configure = |run: Cmd| run.env("WORKERS", "1");
        collected(self.program, &name, configure, |connection| {
            for (bytes, status) in self.warm {
                repeat(connection, bytes, *status, WARM)?;
            }
            let measured = request.map(|it| repeat(connection, &it.bytes(), it.status, MEASURED));
            measured.unwrap_or(Ok(()))
        })
    }
}
