//! Two servers behind nginx, of which one after the other goes away and comes back while clients ask.

use std::{
    net::SocketAddr,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, Result};

use super::{
    Place, address_of,
    load::{Load, What},
    nginx::Nginx,
    read,
};
use crate::{
    server::Server,
};

/// How often each server goes away.
const ROUNDS: usize = 2;

/// How long things stay as they are.
const PAUSE: Duration = Duration::from_millis(700);

const PATIENCE: Duration = Duration::from_secs(10);

/// SIGKILL: connections end in the middle of whatever was said.
pub(super) fn killed(place: &Place) -> Result<String> {
    let counted = away_and_back(place, "killed", &[What::Get], |server| {
        drop(server);
        Ok(())
    })?;
    Ok(format!("SIGKILL and restart behind nginx: {counted}"))
}

/// SIGTERM: what was asked is answered first, also what nginx may not ask somebody else, for it may have been done.
pub(super) fn stopped(place: &Place) -> Result<String> {
    let counted = away_and_back(
        place,
        "stopped",
        &[What::Get, What::Post],
        |server| match server.stop()? {
            status if status.success() => Ok(()),
            status => Err(anyhow!("a server ended with {status}")),
        },
    )?;
    Ok(format!("SIGTERM and restart behind nginx: {counted}"))
}

/// A server that comes back at its address.
struct Seat<'a> {
    place: &'a Place,
    name: String,
    lives: usize,
    address: SocketAddr,
    server: Option<Server>,
}

impl<'a> Seat<'a> {
    fn new(place: &'a Place, name: String) -> Result<Self> {
        let mut seat = Self {
            place,
            name,
            lives: 0,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            server: None,
        };
        seat.start()?;
        Ok(seat)
    }

    fn start(&mut self) -> Result<()> {
        self.lives += 1;
        let greetings = self
            .place
            .greetings()
            .env("PURLIN_HTTP__BIND", &self.address.to_string())
            .env("PURLIN_HTTP__DRAIN_DELAY", "1");
        let server = self.place.start(greetings, &self.log())?;
        self.address = address_of(&server)?;
        self.server = Some(server);
        Ok(())
    }

    /// Waits until requests come through nginx, besides our own first one: it asks a server that has failed again after a
    /// while.
    fn until_asked(&self) -> Result<()> {
        let log = self.log();
        let begin = Instant::now();
        while read(&log)?.matches("\"GET / 200").count() < 2 {
            if begin.elapsed() > PATIENCE {
                let log = log.display();
                return Err(anyhow!("nobody asks the server of {log}"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn log(&self) -> PathBuf {
        self.place.log(&format!("{}-{}", self.name, self.lives))
    }
}

fn away_and_back(
    place: &Place,
    name: &str,
    asked: &[What],
    end: impl Fn(Server) -> Result<()>,
) -> Result<String> {
    let mut seats = [
        Seat::new(place, format!("{name}-a"))?,
        Seat::new(place, format!("{name}-b"))?,
    ];
    let folder = place.folder.join(format!("{name}-nginx"));
    let nginx = Nginx::start(&folder, &seats.each_ref().map(|seat| seat.address))?;
    let loads = asked.iter().map(|what| Load::on(nginx.address, *what));
    let loads: Vec<Load> = loads.collect();
    for _ in 0..ROUNDS {
        for seat in &mut seats {
            thread::sleep(PAUSE);
            seat.server.take().map_or(Ok(()), &end)?;
            thread::sleep(PAUSE);
            seat.start()?;
            // Until then nginx takes it for dead, and has nobody to ask when the other goes.
            seat.until_asked()?;
        }
    }
    thread::sleep(PAUSE);
    let counted: Vec<_> = loads.into_iter().map(Load::end).collect::<Result<_>>()?;
    Ok(format!("{}, {} times", counted.join(" and "), 2 * ROUNDS))
}
