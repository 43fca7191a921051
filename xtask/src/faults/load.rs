//! Clients that ask for something again and again, on connections that stay open for as long as the other side lets them.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::{anyhow, Result};

use crate::{
    bench::grouped,
    http::Connection,
    ours::{GREETINGS_KEY, GUEST},
};

const CLIENTS: usize = 8;

/// How long a client rests between two requests, so that the servers' cores are not all its own.
const REST: Duration = Duration::from_millis(1);

/// What clients ask for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// `GET /`, which a proxy may send again.
    Get,
    /// A POST, which it may not.
    Post,
}

impl What {
    fn request(self, host: SocketAddr) -> String {
        match self {
            Self::Get => format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            Self::Post => {
                let length = GUEST.len();
                format!(
                    "POST /send_greeting HTTP/1.1\r\nHost: {host}\r\nX-MyApp-ApiKey: {GREETINGS_KEY}\r\n\
                     Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{GUEST}"
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

/// Clients at work.
pub(super) struct Load {
    what: What,
    enough: Arc<AtomicBool>,
    clients: Vec<JoinHandle<Counted>>,
}

/// What became of their requests.
#[derive(Default)]
struct Counted {
    asked: u64,
    failures: Vec<String>,
}

impl Load {
    pub(super) fn on(address: SocketAddr, what: What) -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let clients = (0..CLIENTS).map(|_| {
            let enough = Arc::clone(&enough);
            thread::spawn(move || {
                let mut counted = Counted::default();
                while !enough.load(Ordering::Relaxed) {
                    if let Err(error) = ask_on(address, what, &enough, &mut counted) {
                        counted.failures.push(error.to_string());
                    }
                }
                counted
            })
        });
        Self {
            what,
            clients: clients.collect(),
            enough,
        }
    }

    /// Ends it; how many requests there were, of which none may have failed.
    pub(super) fn end(self) -> Result<String> {
        self.enough.store(true, Ordering::Relaxed);
        let (mut asked, mut failures) = (0, Vec::new());
        for client in self.clients {
            let counted = client
                .join()
                .map_err(|_| anyhow!("a client panicked"))?;
            asked += counted.asked;
            failures.extend(counted.failures);
        }
        let words = format!(
            "{} of {} {} failed",
            failures.len(),
            grouped(asked),
            self.what.name()
        );
        match failures.first() {
            None if asked > 0 => Ok(words),
            None => Err(anyhow!("nobody asked for anything")),
            Some(first) => Err(anyhow!("{words}, the first: {first}")),
        }
    }
}

/// Asks on one connection until an answer says it is the last one, or there is enough.
fn ask_on(
    address: SocketAddr,
    what: What,
    enough: &AtomicBool,
    counted: &mut Counted,
) -> io::Result<()> {
    let mut connection = Connection::open(address)?;
    let request = what.request(address);
    while !enough.load(Ordering::Relaxed) {
        counted.asked += 1;
        connection.send(request.as_bytes())?;
        let Some(answer) = connection.answer()? else {
            return Err(io::Error::other("closed without a word"));
        };
        if !matches!(answer.status, 200 | 201) {
            counted.failures.push(format!("answered {}", answer.status));
        }
        if answer.header("connection") == Some("close") {
            break;
        }
        thread::sleep(REST);
    }
    Ok(())
}
