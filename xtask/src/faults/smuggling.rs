//! Requests that nginx and the server could read in two ways, sent to nginx. Each is refused, or answered as the one
//! request it is; what hides in it reaches no server, and no answer comes to anybody but who asked.
//!
//! Every request has an id, which the server puts on its answer and into its log: so it is known who was answered what.
//! The cases are in `cases`; those that go straight to the server in `crates/app/tests/it/hostile.rs`.

mod cases;

use std::{collections::BTreeMap, net::SocketAddr};

use serde_json::Value;

use super::{Place, address_of, nginx::Nginx, read};
use crate::{
    http::Connection,
    run::{Failure, Outcome},
};
use cases::{Case, cases};

/// An answer as a client saw it: its status, and the id of the request the server took it for.
type Seen = (u16, Option<String>);

/// What became of a case.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// By nginx, which ended the connection.
    RefusedBefore,
    /// By the server.
    Refused,
    /// As one request.
    Answered,
}

pub(super) fn smuggled(place: &Place) -> Outcome<String> {
    let log = place.log("smuggling");
    let server = place.start(place.greetings(), &log)?;
    let folder = place.folder.join("smuggling-nginx");
    let nginx = Nginx::start(&folder, &[address_of(&server)?])?;
    let mut verdicts = Vec::new();
    let mut asked = Vec::new();
    for (way, address) in [("whole", nginx.address), ("passed", nginx.unbuffered)] {
        for Case { name, id, text } in cases(way) {
            let seen = send(address, &text);
            let verdict = judge(&seen, &id)
                .and_then(|verdict| bystander(address, &id).map(|()| verdict))
                .map_err(|words| {
                    Failure::said(format!("{name} ({way}): {words}: {seen:?} to {text:?}"))
                })?;
            verdicts.push(verdict);
            asked.push(id);
        }
    }
    drop(nginx);
    server.stop()?;
    arrived(&read(&log)?, &asked)?;
    let count = |wanted| {
        verdicts
            .iter()
            .filter(|verdict| **verdict == wanted)
            .count()
    };
    Ok(format!(
        "requests of two readings through nginx: of {} nginx refused {}, the server {}, {} were answered as one; none \
         brought another along",
        verdicts.len(),
        count(Verdict::RefusedBefore),
        count(Verdict::Refused),
        count(Verdict::Answered),
    ))
}

/// Sends a case and the request that follows it; every answer up to the end of the connection.
fn send(address: SocketAddr, case: &str) -> Vec<Seen> {
    let mut seen = Vec::new();
    let Ok(mut connection) = Connection::open(address) else {
        return seen;
    };
    // What nobody has a use for may be refused; what was answered before is read all the same.
    let _ = connection.send(case.as_bytes());
    while let Ok(Some(answer)) = connection.answer() {
        let id = answer.header("x-request-id").map(str::to_owned);
        seen.push((answer.status, id));
    }
    seen
}

/// Whether the answers are those to the case and to what follows it, in that order, and to nothing else.
fn judge(seen: &[Seen], id: &str) -> Result<Verdict, &'static str> {
    let is = |seen: &Option<String>, who: &str| seen.as_deref() == Some(&*format!("{who}-{id}"));
    let (status, answered) = match seen {
        [] => return Ok(Verdict::RefusedBefore),
        [(400.., None)] => return Ok(Verdict::RefusedBefore),
        [(status, first)] | [(status, first), (400.., None)] => (*status, first),
        [(status, first), (404, next)] if is(next, "next") => (*status, first),
        _ => return Err("answers that nobody asked for"),
    };
    match status {
        _ if !is(answered, "case") => Err("another's answer"),
        400.. => Ok(Verdict::Refused),
        _ => Ok(Verdict::Answered),
    }
}

/// Somebody else on a connection of his own, whom nginx sends to the server on one that was used before.
fn bystander(address: SocketAddr, id: &str) -> Result<(), &'static str> {
    let request = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: bystander-{id}\r\n\r\n"
    );
    match send(address, &request).as_slice() {
        [(200, Some(answered))] if *answered == format!("bystander-{id}") => Ok(()),
        _ => Err("a bystander is not answered as he should be"),
    }
}

/// Looks into the server's log: nothing arrived that was hidden, nothing twice, and every bystander.
fn arrived(log: &str, asked: &[String]) -> Outcome {
    let mut times = BTreeMap::<String, usize>::new();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line)
            .map_err(|error| Failure::said(format!("the log has a line {line}: {error}")))?;
        if let Some(id) = line["request_id"].as_str() {
            *times.entry(id.to_owned()).or_default() += 1;
        }
    }
    let twice = times.iter().find(|(_, times)| **times > 1);
    let hidden = times.iter().find(|(id, _)| id.starts_with("hidden"));
    if let Some((id, times)) = twice.or(hidden) {
        return Err(Failure::said(format!(
            "{id} reached the server {times} times"
        )));
    }
    let missing = asked
        .iter()
        .find(|id| !times.contains_key(&format!("bystander-{id}")));
    missing.map_or(Ok(()), |id| {
        Err(Failure::said(format!(
            "the bystander of {id} never reached the server"
        )))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(answers: &[(u16, &str)]) -> Vec<Seen> {
        let answers = answers.iter();
        answers
            .map(|(status, id)| (*status, (!id.is_empty()).then(|| format!("{id}-1"))))
            .collect()
    }

    #[test]
    fn answers_to_the_case_and_what_follows_it_are_in_order() {
        for (answers, verdict) in [
            (&[][..], Verdict::RefusedBefore),
            (&[(400, "")], Verdict::RefusedBefore),
            (&[(400, "case")], Verdict::Refused),
            (&[(200, "case")], Verdict::Answered),
            (&[(200, "case"), (404, "next")], Verdict::Answered),
            (&[(401, "case"), (400, "")], Verdict::Refused),
        ] {
            assert_eq!(judge(&seen(answers), "1"), Ok(verdict), "{answers:?}");
        }
    }

    #[test]
    fn answers_to_anything_else_are_found() {
        for answers in [
            &[(200, "hidden")][..],
            &[(404, "next")],
            &[(200, "case"), (200, "hidden")],
            &[(200, "case"), (404, "case")],
            &[(200, "case"), (404, "hidden"), (404, "next")],
            &[(400, ""), (404, "next")],
            &[(200, "")],
        ] {
            assert!(judge(&seen(answers), "1").is_err(), "{answers:?}");
        }
    }

    #[test]
    fn what_reached_the_server_is_counted() {
        let line = |id: &str| format!("{{\"request_id\":\"{id}\"}}\n");
        let asked = ["1".to_owned()];
        assert!(arrived(&line("bystander-1"), &asked).is_ok());
        assert!(arrived("", &asked).is_err());
        assert!(arrived(&line("bystander-1").repeat(2), &asked).is_err());
        let hidden = line("bystander-1") + &line("hidden-1");
        assert!(arrived(&hidden, &asked).is_err());
    }
}
