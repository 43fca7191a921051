//! Ambiguous requests, sent to nginx before a server. Each is rejected or processed as exactly one request: the request
//! hidden in it reaches no server, and no client gets the response of another.
//!
//! Every request has an id, which the server returns and logs, so that each response can be attributed. The requests are in
//! `cases`; those sent to the server directly are in `crates/app/tests/it/hostile.rs`.

mod cases;

use std::{collections::BTreeMap, net::SocketAddr};

use anyhow::{Context as _, Result, anyhow, ensure};
use fs_err as fs;
use serde_json::Value;

use super::{Setup, nginx::Nginx};
use crate::http::Connection;
use cases::{Case, cases};

/// The status of a response, and the id of the request that the server took it for.
type Seen = (u16, Option<String>);

/// The result of a case.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    RejectedByNginx,
    RejectedByServer,
    /// As one request.
    Processed,
}

pub(super) fn smuggled(setup: &Setup) -> Result<String> {
    let log = setup.log("smuggling");
    let server = setup.start(setup.greetings(), &log)?;
    let folder = setup.folder.join("smuggling-nginx");
    let nginx = Nginx::start(&folder, &[server.address()])?;
    let (mut verdicts, mut ids) = (Vec::new(), Vec::new());
    for (mode, address) in [
        ("buffered", nginx.buffered),
        ("unbuffered", nginx.unbuffered),
    ] {
        for Case { name, id, text } in cases(mode) {
            let seen = send(address, &text);
            let verdict = judge(&seen, &id)
                .and_then(|verdict| bystander(address, &id).map(|()| verdict))
                .map_err(|reason| anyhow!("{name} ({mode}): {reason}: {seen:?} to {text:?}"))?;
            verdicts.push(verdict);
            ids.push(id);
        }
    }
    drop(nginx);
    server.stop()?;
    check_log(&fs::read_to_string(&log)?, &ids)?;
    let count = |verdict| verdicts.iter().filter(|it| **it == verdict).count();
    Ok(format!(
        "ambiguous requests through nginx: of {} nginx rejected {}, the server {}, {} were processed as one; no hidden \
         request was processed",
        verdicts.len(),
        count(Verdict::RejectedByNginx),
        count(Verdict::RejectedByServer),
        count(Verdict::Processed),
    ))
}

/// Sends a case and the request after it, and returns every response up to the end of the connection.
fn send(address: SocketAddr, case: &str) -> Vec<Seen> {
    let mut seen = Vec::new();
    let Ok(mut connection) = Connection::open(address) else {
        return seen;
    };
    // A rejected request may close the connection early; earlier responses are read all the same.
    let _ = connection.send(case.as_bytes());
    while let Ok(Some(response)) = connection.response() {
        let id = response.header("x-request-id").map(str::to_owned);
        seen.push((response.status, id));
    }
    seen
}

/// Checks that the responses belong to the case and the request after it, in that order, and to nothing else.
fn judge(seen: &[Seen], id: &str) -> Result<Verdict, &'static str> {
    let is = |seen: &Option<String>, kind: &str| seen.as_deref() == Some(&*format!("{kind}-{id}"));
    let (status, first) = match seen {
        [] | [(400.., None)] => return Ok(Verdict::RejectedByNginx),
        [(status, first)] | [(status, first), (400.., None)] => (*status, first),
        [(status, first), (404, next)] if is(next, "next") => (*status, first),
        _ => return Err("unexpected responses"),
    };
    match status {
        _ if !is(first, "case") => Err("the response to another request"),
        400.. => Ok(Verdict::RejectedByServer),
        _ => Ok(Verdict::Processed),
    }
}

/// Sends the request of another client, which nginx forwards on a used connection to the server.
fn bystander(address: SocketAddr, id: &str) -> Result<(), &'static str> {
    let request = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: bystander-{id}\r\n\r\n"
    );
    match send(address, &request).as_slice() {
        [(200, Some(found))] if *found == format!("bystander-{id}") => Ok(()),
        _ => Err("another client gets a wrong response"),
    }
}

/// Checks the server's log: no hidden request, none twice, and every request of the other client.
fn check_log(log: &str, ids: &[String]) -> Result<()> {
    let mut counts = BTreeMap::<String, usize>::new();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
        if let Some(id) = line["request_id"].as_str() {
            *counts.entry(id.to_owned()).or_default() += 1;
        }
    }
    for (id, count) in &counts {
        let expected = *count == 1 && !id.starts_with("hidden");
        ensure!(expected, "{id} reached the server {count} times");
    }
    for id in ids {
        let id = format!("bystander-{id}");
        ensure!(counts.contains_key(&id), "{id} never reached the server");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(responses: &[(u16, &str)]) -> Vec<Seen> {
        let responses = responses.iter();
        responses
            .map(|(status, id)| (*status, (!id.is_empty()).then(|| format!("{id}-1"))))
            .collect()
    }

    #[test]
    fn responses_to_the_case_and_the_next_request_are_in_order() {
        for (responses, verdict) in [
            (&[][..], Verdict::RejectedByNginx),
            (&[(400, "")], Verdict::RejectedByNginx),
            (&[(400, "case")], Verdict::RejectedByServer),
            (&[(200, "case")], Verdict::Processed),
            (&[(200, "case"), (404, "next")], Verdict::Processed),
            (&[(401, "case"), (400, "")], Verdict::RejectedByServer),
        ] {
            assert_eq!(judge(&seen(responses), "1"), Ok(verdict), "{responses:?}");
        }
    }

    #[test]
    fn other_responses_are_found() {
        for responses in [
            &[(200, "hidden")][..],
            &[(404, "next")],
            &[(200, "case"), (200, "hidden")],
            &[(200, "case"), (404, "case")],
            &[(200, "case"), (404, "hidden"), (404, "next")],
            &[(400, ""), (404, "next")],
            &[(200, "")],
        ] {
            assert!(judge(&seen(responses), "1").is_err(), "{responses:?}");
        }
    }

    #[test]
    fn requests_of_the_log_are_counted() {
        let line = |id: &str| format!("{{\"request_id\":\"{id}\"}}\n");
        let ids = ["1".to_owned()];
        assert!(check_log(&line("bystander-1"), &ids).is_ok());
        assert!(check_log("", &ids).is_err());
        assert!(check_log(&line("bystander-1").repeat(2), &ids).is_err());
        let hidden = line("bystander-1") + &line("hidden-1");
        assert!(check_log(&hidden, &ids).is_err());
    }
}
