//! `cargo xtask replicas`: several replicas of Conduit share one store, PostgreSQL or Redis, while replicas are killed, replaced
//! and scaled, while the store crashes, and over a link that delays and loses packets.
//!
//! A request with one idempotency key must be executed once, and rate limits must admit what their algorithm admits, no more and
//! no less. Everything runs in a network namespace of its own, where a rule that loses packets concerns nothing else.

mod engine;
mod fleet;
mod keys;
mod limits;
mod link;

use std::{env, fmt, path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use cargo_purlin::process::Cmd;

use crate::{
    conduit::{self, need_postgres},
    postgres::Postgres,
    run::{cargo, cmd, empty_folder, executable, need, need_with},
};
use engine::{ENGINES, Engine, Store};
use fleet::Fleet;
use keys::Outcomes;
use link::Link;

/// Set for the process in the namespace.
const INSIDE: &str = "PURLIN_REPLICAS_INSIDE";

/// The replicas at first, and after the fleet is scaled.
const FEW: usize = 3;
const MORE: usize = 5;

/// How long clients send requests before and after a change: the measurement itself, not a wait.
const STEADY: Duration = Duration::from_secs(2);

/// The delay of the slow link in each direction.
const DELAY: Duration = Duration::from_millis(15);

/// The packets of 100 that the slow link loses in each direction.
const LOSS: u32 = 2;

/// Checks everything.
pub(crate) fn replicas() -> Result<()> {
    if env::var_os(INSIDE).is_some() {
        return inside();
    }
    need_postgres()?;
    need("redis-server", "redis-server")?;
    need_with("ip", "-V", "iproute2")?;
    need("nft", "nftables")?;
    let namespace = || cmd("unshare").arg("--net");
    let allowed = namespace().arg("true").succeeds();
    ensure!(allowed, "only root can create a network namespace");
    let inside = namespace().args(["sh", "-c", "ip link set lo up && exec \"$0\" replicas"]);
    Ok(inside.arg(env::current_exe()?).env(INSIDE, "1").run()?)
}

fn inside() -> Result<()> {
    let folder = empty_folder("replicas")?;
    let features = ["purlin-app/store-postgres", "purlin-app/store-redis"];
    let build = cargo().args(["build", "--package", "purlin-conduit", "--features"]);
    let binary = executable(build.arg(features.join(",")), "purlin-conduit")?;
    let database = Postgres::private()?.context("PostgreSQL is not installed")?;
    let mut lines = Vec::new();
    for engine in ENGINES {
        let name = database.create_database()?;
        let setup = Setup {
            binary: &binary,
            folder: &folder,
            url: database.url(&name),
        };
        let mut store = engine.start()?;
        let content = setup.content()?;
        let outcomes = setup.keys(&mut store, &content)?;
        let rows = executions(&database, &name)?;
        lines.push(format!("{engine}: {}", outcomes.judge(&rows)?));
        lines.push(format!("{engine}: {}", setup.limits(&store)?));
        lines.push(format!("{engine}: {}", setup.outage(&mut store, &content)?));
    }
    eprintln!("\n{}", lines.join("\n"));
    Ok(())
}

/// What all fleets have in common.
struct Setup<'a> {
    binary: &'a Path,
    folder: &'a Path,
    /// Of the database of Conduit, which is not the store.
    url: String,
}

/// An article to comment on, and a user.
struct Content {
    slug: String,
    token: String,
}

impl Setup<'_> {
    /// Returns a replica with settings of a check.
    fn program(&self, store: &str, settings: &[(&str, &str)]) -> Cmd {
        let mut program = conduit::configured(cmd(self.binary), &self.url, 1)
            .env("CONDUIT_STORE__URL", store)
            .env("CONDUIT_REPLICAS__COUNT", MORE.to_string())
            // A state that is not shared is a mistake here.
            .env("CONDUIT_REPLICAS__IN_MEMORY_STATE", "error")
            .env("CONDUIT_HTTP__DRAIN_DELAY", "0")
            .env("CONDUIT_DATABASE__MAX_CONNECTIONS", "4")
            .env("CONDUIT_STORE__MAX_CONNECTIONS", "2");
        for (name, value) in settings {
            program = program.env(name, value);
        }
        program
    }

    fn content(&self) -> Result<Content> {
        let program = conduit::configured(cmd(self.binary), &self.url, 1);
        let server = conduit::start(program)?;
        let token = conduit::content::register(server.address(), "commenter")?;
        let tags = serde_json::json!(["replicas"]);
        let slug = conduit::content::publish(server.address(), &token, "The one", &tags)?;
        let status = server.stop()?;
        ensure!(status.success(), "Conduit ended with {status}");
        Ok(Content { slug, token })
    }

    /// Sends requests with keys while everything changes that may change.
    fn keys(&self, store: &mut Store, content: &Content) -> Result<Outcomes> {
        let link = Link::start(store.socket()?)?;
        let settings = [("CONDUIT_IDEMPOTENCY__ENABLED", "true")];
        let url = store.url_at(link.port());
        let program = || self.program(&url, &settings);
        let log = self.folder.join("replicas.log");
        let fleet = Fleet::start(FEW, &program, &log)?;
        keys::send_while(&fleet, content, || {
            fleet.kill_one()?;
            fleet.replace_all()?;
            fleet.scale(MORE)?;
            fleet.scale(FEW)?;
            store.crash()?;
            store.recover()?;
            std::thread::sleep(STEADY);
            link.degrade(DELAY, LOSS)?;
            std::thread::sleep(STEADY);
            fleet.kill_one()?;
            link.restore()
        })
    }

    /// Counts what a rate limit admits.
    fn limits(&self, store: &Store) -> Result<String> {
        let rate = [
            ("CONDUIT_RATE_LIMIT__PER_ADDRESS", limits::REQUESTS),
            ("CONDUIT_RATE_LIMIT__WINDOW", limits::WINDOW),
            ("CONDUIT_RATE_LIMIT__ON_STORE_FAILURE", "closed"),
        ];
        let program = || self.program(store.url(), &rate);
        let log = self.folder.join("limits.log");
        let fleet = Fleet::start(FEW, &program, &log)?;
        limits::admitted_while(&fleet, || fleet.kill_one())
    }

    /// Sends requests while the store is gone.
    fn outage(&self, store: &mut Store, content: &Content) -> Result<String> {
        let settings = [
            ("CONDUIT_IDEMPOTENCY__ENABLED", "true"),
            ("CONDUIT_RATE_LIMIT__PER_ADDRESS", "100000"),
        ];
        let url = store.url().to_owned();
        let program = || self.program(&url, &settings);
        let log = self.folder.join("outage.log");
        let fleet = Fleet::start(FEW, &program, &log)?;
        keys::outage(&fleet, store, content)
    }
}

/// Returns how often each comment was stored.
fn executions(database: &Postgres, name: &str) -> Result<Vec<(String, u64)>> {
    let rows = database.query(name, "SELECT body, count(*) FROM comments GROUP BY body")?;
    let row = |line: &str| {
        let (body, count) = line.rsplit_once('|')?;
        Some((body.to_owned(), count.parse().ok()?))
    };
    Ok(rows.lines().filter_map(row).collect())
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::Redis => "Redis",
        })
    }
}
