//! Replicas of a program that come and go, and their addresses.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use anyhow::{Result, ensure};
use cargo_purlin::process::Cmd;

use super::STEADY;
use crate::{conduit::PUBLIC, run::log_file, server::Server};

/// Several replicas, killed when dropped.
pub(super) struct Fleet<'a> {
    program: &'a (dyn Fn() -> Cmd + Sync),
    log: PathBuf,
    servers: Mutex<Vec<Server>>,
    addresses: RwLock<Vec<SocketAddr>>,
    next: AtomicUsize,
}

impl<'a> Fleet<'a> {
    /// Starts replicas and waits until each of them serves a request.
    pub(super) fn start(
        count: usize,
        program: &'a (dyn Fn() -> Cmd + Sync),
        log: &Path,
    ) -> Result<Self> {
        let fleet = Self {
            program,
            log: log.to_owned(),
            servers: Mutex::default(),
            addresses: RwLock::default(),
            next: AtomicUsize::new(0),
        };
        fleet.scale_at_once(count)?;
        Ok(fleet)
    }

    /// Returns the address of the next replica in turn.
    pub(super) fn next(&self) -> Option<SocketAddr> {
        let addresses = self
            .addresses
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        addresses.get(turn % addresses.len().max(1)).copied()
    }

    /// Returns the addresses of all replicas.
    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        let addresses = self.addresses.read();
        addresses.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Kills a replica as `kill -9` does, while clients still send to it, and starts another.
    pub(super) fn kill_one(&self) -> Result<()> {
        thread::sleep(STEADY);
        let killed = self.first()?;
        let address = killed.address();
        drop(killed);
        thread::sleep(STEADY / 10);
        self.forget(address);
        self.add()?;
        thread::sleep(STEADY);
        Ok(())
    }

    /// Replaces each replica by a new one: first the new one serves, then the old one stops.
    pub(super) fn replace_all(&self) -> Result<()> {
        let count = self.servers().len();
        for _ in 0..count {
            self.add()?;
            self.stop_one()?;
        }
        Ok(())
    }

    /// Starts or stops replicas, one after the other.
    pub(super) fn scale(&self, count: usize) -> Result<()> {
        self.scale_at_once(count)?;
        thread::sleep(STEADY);
        Ok(())
    }

    fn scale_at_once(&self, count: usize) -> Result<()> {
        while self.servers().len() < count {
            self.add()?;
        }
        while self.servers().len() > count {
            self.stop_one()?;
        }
        Ok(())
    }

    fn add(&self) -> Result<()> {
        let server = Server::launch((self.program)(), PUBLIC, log_file(&self.log)?)?;
        let mut addresses = self
            .addresses
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        addresses.push(server.address());
        self.servers().push(server);
        Ok(())
    }

    /// Stops the oldest replica as an orchestrator does: no new requests, then SIGTERM.
    fn stop_one(&self) -> Result<()> {
        let server = self.first()?;
        self.forget(server.address());
        let status = server.stop()?;
        ensure!(status.success(), "a replica ended with {status}");
        Ok(())
    }

    fn first(&self) -> Result<Server> {
        let mut servers = self.servers();
        ensure!(!servers.is_empty(), "no replica runs");
        Ok(servers.remove(0))
    }

    fn forget(&self, address: SocketAddr) {
        let mut addresses = self
            .addresses
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        addresses.retain(|known| *known != address);
    }

    fn servers(&self) -> MutexGuard<'_, Vec<Server>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
