//! Load: clients that send the same request on persistent connections until they are stopped.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::{Result, anyhow, ensure};
use cargo_purlin::dist::grouped;

use crate::{
    http::Connection,
    programs::{GREETING, GREETINGS_KEY},
    run::wait_until,
};

const CLIENTS: usize = 8;

/// The pause of a client between two requests, which leaves processor time to the servers.
const REST: Duration = Duration::from_millis(1);

/// How long a number of requests may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The request of the clients.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Request {
    /// `GET /`, which a proxy may retry.
    Get,
    /// A POST, which a proxy may not retry.
    Post,
}

impl Request {
    fn text(self, host: SocketAddr) -> String {
        match self {
            Self::Get => format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            Self::Post => {
                let length = GREETING.len();
                format!(
                    "POST /send_greeting HTTP/1.1\r\nHost: {host}\r\nX-MyApp-ApiKey: {GREETINGS_KEY}\r\n\
                     Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{GREETING}"
                )
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Get => "GETs",
            Self::Post => "POSTs",
        }
    }
}

/// Running clients.
pub(super) struct Load {
    request: Request,
    state: Arc<State>,
    clients: Vec<JoinHandle<Vec<String>>>,
}

#[derive(Default)]
struct State {
    stopped: AtomicBool,
    sent: AtomicU64,
}

impl Load {
    pub(super) fn start(address: SocketAddr, request: Request) -> Self {
        let state = Arc::new(State::default());
        let clients = (0..CLIENTS).map(|_| {
            let state = Arc::clone(&state);
            thread::spawn(move || {
                let mut failures = Vec::new();
                while !state.stopped.load(Ordering::Relaxed) {
                    if let Err(error) = send(address, request, &state, &mut failures) {
                        failures.push(error.to_string());
                    }
                }
                failures
            })
        });
        Self {
            request,
            clients: clients.collect(),
            state,
        }
    }

    /// Waits until the clients have sent `count` more requests.
    pub(super) fn wait_for(&self, count: u64) -> Result<()> {
        let sent = || self.state.sent.load(Ordering::Relaxed);
        let goal = sent() + count;
        let what = format!("{count} more {} are sent", self.request.name());
        wait_until(TIMEOUT, &what, || Ok(sent() >= goal))
    }

    /// Stops the clients and reports the number of requests, of which none may have failed.
    pub(super) fn stop(self) -> Result<String> {
        self.state.stopped.store(true, Ordering::Relaxed);
        let mut failures = Vec::new();
        for client in self.clients {
            let failed = client.join().map_err(|_| anyhow!("a client panicked"))?;
            failures.extend(failed);
        }
        let sent = self.state.sent.load(Ordering::Relaxed);
        let (count, name) = (failures.len(), self.request.name());
        let report = format!("{count} of {} {name} failed", grouped(sent));
        if let Some(first) = failures.first() {
            return Err(anyhow!("{report}, the first: {first}"));
        }
        ensure!(sent > 0, "no request was sent");
        Ok(report)
    }
}

/// Sends requests on one connection until a response says that it is the last, or the clients are stopped.
fn send(
    address: SocketAddr,
    request: Request,
    state: &State,
    failures: &mut Vec<String>,
) -> io::Result<()> {
    let mut connection = Connection::open(address)?;
    let request = request.text(address);
    while !state.stopped.load(Ordering::Relaxed) {
        connection.send(request.as_bytes())?;
        let response = connection.response();
        state.sent.fetch_add(1, Ordering::Relaxed);
        let Some(response) = response? else {
            return Err(io::Error::other("closed without a response"));
        };
        if !matches!(response.status, 200 | 201) {
            failures.push(format!("status {}", response.status));
        }
        if response.header("connection") == Some("close") {
            break;
        }
        thread::sleep(REST);
    }
    Ok(())
}
