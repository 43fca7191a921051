//! Clients that send requests with idempotency keys, and send them again until they have a response.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::{Content, engine::Store, fleet::Fleet};
use crate::{conduit::PUBLIC, http, run::wait_until};

/// The clients, each of which has one request at a time.
const CLIENTS: usize = 6;

/// How long a client sends a request again. If its replica was killed, the record lives longer.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long a client waits before it sends a request again.
const PAUSE: Duration = Duration::from_millis(20);

/// How soon a request with a key has to be rejected while the store is gone: its limit in time, and some more.
const SOON: Duration = Duration::from_secs(4);

/// How long replicas may take to use a store that is there again.
const RECOVERY: Duration = Duration::from_secs(10);

/// What became of the requests: the id of the comment by its key, if there was a response.
pub(super) struct Outcomes {
    created: BTreeMap<String, Option<u64>>,
    again: u64,
}

impl Outcomes {
    /// Compares them with how often each comment was stored.
    pub(super) fn judge(&self, rows: &[(String, u64)]) -> Result<String> {
        let twice: Vec<_> = rows.iter().filter(|(_, count)| *count != 1).collect();
        ensure!(twice.is_empty(), "executed more than once: {twice:?}");
        let stored = |key: &String| rows.iter().any(|(body, _)| body == key);
        let completed = self.created.iter().filter(|(_, id)| id.is_some());
        let lost: Vec<_> = completed.clone().filter(|(key, _)| !stored(key)).collect();
        ensure!(lost.is_empty(), "never executed: {lost:?}");
        let completed = completed.count();
        let unknown = self.created.len() - completed;
        ensure!(completed >= 100, "too few requests: {completed}");
        Ok(format!(
            "{completed} requests were executed once each and sent {} times again; of {unknown} the outcome is unknown, as their \
             replica was killed",
            self.again
        ))
    }
}

/// Sends requests while `change` runs.
pub(super) fn send_while(
    fleet: &Fleet<'_>,
    content: &Content,
    change: impl FnOnce() -> Result<()>,
) -> Result<Outcomes> {
    let is_over = AtomicBool::new(false);
    let is_over = &is_over;
    let (changed, results) = thread::scope(|scope| {
        let client = |client| {
            let send = move || {
                let mut outcomes = Vec::new();
                let mut number = 0;
                while !is_over.load(Ordering::Relaxed) {
                    let key = format!("{client}-{number}");
                    number += 1;
                    let outcome = until_created(fleet, content, &key)?;
                    outcomes.push((key, outcome));
                }
                anyhow::Ok(outcomes)
            };
            scope.spawn(send)
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        let changed = change();
        is_over.store(true, Ordering::Relaxed);
        let results: Vec<_> = clients.into_iter().map(|client| client.join()).collect();
        (changed, results)
    });
    let mut outcomes = Outcomes {
        created: BTreeMap::new(),
        again: 0,
    };
    for result in results {
        let Ok(sent) = result else {
            bail!("a client panicked");
        };
        for (key, (id, again)) in sent? {
            outcomes.created.insert(key, id);
            outcomes.again += again;
        }
    }
    changed?;
    Ok(outcomes)
}

/// Sends a request until it has a response, and once more to another replica. Returns the id of the comment, if there was a response,
/// and how often the request was sent again.
fn until_created(fleet: &Fleet<'_>, content: &Content, key: &str) -> Result<(Option<u64>, u64)> {
    let begin = Instant::now();
    let mut first = None;
    let mut again = 0;
    while begin.elapsed() < PATIENCE {
        let Some(replica) = fleet.next() else {
            bail!("there is no replica");
        };
        match (create(replica, content, key), first) {
            (Ok(Attempt::Created(id)), None) => first = Some(id),
            (Ok(Attempt::Created(id)), Some(known)) => {
                ensure!(id == known, "{key}: the comment is {known}, and then {id}");
                return Ok((first, again + 1));
            }
            // The replica or its connection was killed, or the store does not respond.
            (Ok(Attempt::Later) | Err(_), _) => thread::sleep(PAUSE),
            (Ok(Attempt::Rejected(status, text)), _) => {
                bail!("{key}: {status}: {text}");
            }
        }
        again += 1;
    }
    Ok((first, again))
}

/// What became of one attempt.
enum Attempt {
    /// The id of the comment.
    Created(u64),
    /// The request is to be sent again.
    Later,
    Rejected(u16, String),
}

fn create(replica: SocketAddr, content: &Content, key: &str) -> std::io::Result<Attempt> {
    let Content { slug, token } = content;
    let body = json!({"comment": {"body": key}}).to_string();
    let request = format!(
        "POST /api/articles/{slug}/comments HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
         Authorization: Token {token}\r\nIdempotency-Key: {key}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let response = http::exchange(replica, request.as_bytes())?;
    let text = String::from_utf8_lossy(&response.body).into_owned();
    Ok(match response.status {
        200 | 201 => {
            let body: Value = serde_json::from_str(&text).unwrap_or_default();
            match body.pointer("/comment/id").and_then(Value::as_u64) {
                Some(id) => Attempt::Created(id),
                None => Attempt::Rejected(response.status, text),
            }
        }
        409 | 503 => Attempt::Later,
        status => Attempt::Rejected(status, text),
    })
}

/// Checks that, while the store is gone, requests with keys are rejected soon and others are served, and that all of them are served
/// when it is there again.
pub(super) fn outage(fleet: &Fleet<'_>, store: &mut Store, content: &Content) -> Result<String> {
    store.crash()?;
    let mut longest = Duration::ZERO;
    for (number, replica) in fleet.addresses().into_iter().enumerate() {
        for attempt in 0..8 {
            let begin = Instant::now();
            let key = format!("outage-{number}-{attempt}");
            let outcome = create(replica, content, &key)?;
            longest = longest.max(begin.elapsed());
            ensure!(
                matches!(outcome, Attempt::Later),
                "a request with a key is processed without the store"
            );
            let begin = Instant::now();
            let status = http::status(replica, PUBLIC)?;
            longest = longest.max(begin.elapsed());
            ensure!(
                status == 200,
                "without the store, {PUBLIC} returns {status}"
            );
        }
    }
    ensure!(
        longest < SOON,
        "without the store, a response took {longest:?}"
    );
    store.recover()?;
    let begin = Instant::now();
    for (number, replica) in fleet.addresses().into_iter().enumerate() {
        let key = format!("recovered-{number}");
        wait_until(RECOVERY, "a replica uses the store again", || {
            Ok(matches!(
                create(replica, content, &key)?,
                Attempt::Created(_)
            ))
        })?;
    }
    Ok(format!(
        "without the store, requests with keys are rejected and others served within {:.0} ms; {:.1} s after it is there again, all are \
         served",
        longest.as_secs_f64() * 1e3,
        begin.elapsed().as_secs_f64()
    ))
}
