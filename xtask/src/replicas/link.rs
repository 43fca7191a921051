//! The link between replicas and the store: a port that forwards to the store's socket, with a delay, and a firewall rule that
//! loses packets.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::run::cmd;

/// The table of the rule, in the namespace of this process.
const TABLE: &str = "replicas";

/// The bytes that are forwarded at once.
const CHUNK: usize = 16 * 1024;

/// A port that forwards until the process ends.
pub(super) struct Link {
    port: u16,
    delay: Arc<AtomicU64>,
}

impl Link {
    /// Forwards a free port to a socket.
    pub(super) fn start(socket: PathBuf) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let delay = Arc::new(AtomicU64::new(0));
        let shared = Arc::clone(&delay);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // While the store is gone, its clients find their connections closed.
                let _ = connect(client, &socket, &shared);
            }
        });
        Ok(Self { port, delay })
    }

    /// Returns the port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Delays what is forwarded in each direction, and loses packets: so many of 100 in each direction.
    pub(super) fn degrade(&self, delay: Duration, loss: u32) -> Result<()> {
        let milliseconds = u64::try_from(delay.as_millis())?;
        self.delay.store(milliseconds, Ordering::Relaxed);
        let port = self.port;
        let rules = format!(
            "table inet {TABLE} {{
                chain lose {{
                    type filter hook input priority 0;
                    tcp dport {port} numgen random mod 100 < {loss} drop
                    tcp sport {port} numgen random mod 100 < {loss} drop
                }}
            }}\n"
        );
        Ok(cmd("nft").arg(rules).run()?)
    }

    /// Forwards without delay and loss again.
    pub(super) fn restore(&self) -> Result<()> {
        self.delay.store(0, Ordering::Relaxed);
        Ok(cmd("nft").args(["delete", "table", "inet", TABLE]).run()?)
    }
}

/// Forwards both directions of a connection.
fn connect(client: TcpStream, socket: &Path, delay: &Arc<AtomicU64>) -> Result<()> {
    client.set_nodelay(true)?;
    let store = UnixStream::connect(socket)?;
    let (mut from_client, mut to_client) = (client.try_clone()?, client);
    let (mut from_store, mut to_store) = (store.try_clone()?, store);
    forward(
        move |buffer| from_client.read(buffer),
        move |bytes| match bytes {
            Some(bytes) => to_store.write_all(bytes),
            None => to_store.shutdown(Shutdown::Both),
        },
        Arc::clone(delay),
    );
    forward(
        move |buffer| from_store.read(buffer),
        move |bytes| match bytes {
            Some(bytes) => to_client.write_all(bytes),
            None => to_client.shutdown(Shutdown::Both),
        },
        Arc::clone(delay),
    );
    Ok(())
}

/// Forwards one direction: a thread reads, another writes when the delay of a chunk has passed. The end is written as none.
fn forward(
    mut read: impl FnMut(&mut [u8]) -> std::io::Result<usize> + Send + 'static,
    mut write: impl FnMut(Option<&[u8]>) -> std::io::Result<()> + Send + 'static,
    delay: Arc<AtomicU64>,
) {
    let (sender, receiver) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = vec![0; CHUNK];
        while let Ok(count @ 1..) = read(&mut buffer) {
            let due = Instant::now() + Duration::from_millis(delay.load(Ordering::Relaxed));
            let chunk = buffer.get(..count).unwrap_or_default().to_owned();
            if sender.send((due, chunk)).is_err() {
                return;
            }
        }
    });
    thread::spawn(move || {
        for (due, chunk) in receiver {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if write(Some(&chunk)).is_err() {
                break;
            }
        }
        let _ = write(None);
    });
}
