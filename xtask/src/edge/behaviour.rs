//! The behaviour of the edge, one function per check.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::Value;

use super::{
    errors, networks,
    site::{Site, curl, expect},
};
use crate::{
    http,
    run::{cmd, wait_until},
    server::signal,
};

type Check = (&'static str, fn(&Site) -> Result<()>);

const CHECKS: &[Check] = &[
    ("GET over HTTP/2, every header field once", greeting),
    (
        "invalid request id is replaced for edge and server",
        request_id,
    ),
    ("HTTP redirects to HTTPS", redirect),
    ("ACME challenges are served over HTTP", challenge),
    ("old ciphers are rejected", ciphers),
    ("forwarded fields of clients are replaced", forwarded),
    ("access log is JSON without the query", access_log),
    ("too large body is rejected with JSON", body),
    ("the edge's own errors are JSON", errors::check),
    ("slow request head is closed", slow_head),
    ("rate limit rejects with JSON", rate),
    ("IPv6 clients are limited by network", networks::check),
    ("unknown hosts are rejected", hosts),
];

/// How long an effect may take to show.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Runs every check and returns their number.
pub(super) fn check(site: Site) -> Result<usize> {
    for (name, check) in CHECKS {
        check(&site).context(*name)?;
        eprintln!("{name}");
    }
    let Site { nginx, server, .. } = site;
    server.stop()?;
    let response = curl(&nginx, "/", &[])?;
    errors::expect_error(&response, "HTTP/2 502")?;
    Ok(CHECKS.len() + 1)
}

/// Counts the lines that begin with `prefix`.
fn count(response: &str, prefix: &str) -> usize {
    let lines = response.lines();
    lines.filter(|line| line.starts_with(prefix)).count()
}

fn greeting(site: &Site) -> Result<()> {
    let response = curl(&site.nginx, "/", &["--header", "X-Request-Id: it-is-me"])?;
    expect(
        response.starts_with("HTTP/2 200"),
        "200 over HTTP/2",
        &response,
    )?;
    for header in [
        "strict-transport-security: max-age=31536000",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
        "x-request-id: it-is-me",
    ] {
        let (name, _) = header.split_once(' ').unwrap_or_default();
        let once = count(&response, header) == 1 && count(&response, name) == 1;
        expect(once, &format!("`{header}` once"), &response)?;
    }
    Ok(())
}

fn request_id(site: &Site) -> Result<()> {
    let long = format!("X-Request-Id: {}", "a".repeat(129));
    for invalid in ["X-Request-Id: not one", &long] {
        let response = curl(&site.nginx, "/", &["--header", invalid])?;
        let mut lines = response.lines();
        let id = lines.find_map(|line| line.strip_prefix("x-request-id: "));
        let id = id.unwrap_or_default().trim();
        expect(id.len() == 32, "a new id", &response)?;
        // The server accepts the id of the edge: both log the same.
        line_of(&site.nginx.folder.join("access.log"), id)?;
        line_of(&site.log, id)?;
    }
    Ok(())
}

fn redirect(site: &Site) -> Result<()> {
    let response = http::get(site.nginx.http, "/a?b=c")?;
    let location = response.header("location").unwrap_or_default();
    let redirects = response.status == 308 && location == "https://127.0.0.1/a?b=c";
    expect(redirects, "a redirect to HTTPS", &format!("{response:?}"))?;
    let health = http::get(site.nginx.http, "/edge-health")?;
    expect(health.status == 204, "204", &format!("{health:?}"))
}

fn challenge(site: &Site) -> Result<()> {
    let path = "/.well-known/acme-challenge";
    fs::write(site.nginx.folder.join(format!("acme{path}/token")), "proof")?;
    let present = http::get(site.nginx.http, &format!("{path}/token"))?;
    let absent = http::get(site.nginx.http, &format!("{path}/other"))?;
    let holds = present.status == 200 && present.body == b"proof" && absent.status == 404;
    expect(
        holds,
        "the proof and 404",
        &format!("{present:?}\n{absent:?}"),
    )
}

/// CBC, which nginx accepts by default.
fn ciphers(site: &Site) -> Result<()> {
    let accepted = |cipher: &str| {
        let port = site.nginx.https.port();
        let curl = cmd("curl").args(["--silent", "--insecure", "--tls-max", "1.2"]);
        let curl = curl.args(["--ciphers", cipher]);
        curl.arg(format!("https://127.0.0.1:{port}/")).succeeds()
    };
    let good = accepted("ECDHE-ECDSA-AES128-GCM-SHA256");
    expect(good, "GCM to be accepted", "")?;
    expect(
        !accepted("ECDHE-ECDSA-AES128-SHA"),
        "CBC to be rejected",
        "",
    )
}

fn forwarded(site: &Site) -> Result<()> {
    let forged = ["--header", "X-Forwarded-For: 192.0.2.1"];
    let id = ["--header", "X-Request-Id: forged"];
    curl(&site.nginx, "/", &[forged, id].concat())?;
    let line = line_of(&site.log, "forged")?;
    let holds = line["client"] == "127.0.0.1";
    expect(holds, "the address of the connection", &line.to_string())
}

fn access_log(site: &Site) -> Result<()> {
    let id = ["--header", "X-Request-Id: logged"];
    curl(&site.nginx, "/?secret=1", &id)?;
    let line = line_of(&site.nginx.folder.join("access.log"), "logged")?;
    let complete = line["path"] == "/"
        && line["protocol"] == "HTTP/2.0"
        && line["server_status"] == "200"
        && !line.to_string().contains("secret");
    expect(
        complete,
        "path, protocol, status and no query",
        &line.to_string(),
    )
}

/// Waits for the line of a JSON log that has this request id.
fn line_of(log: &Path, id: &str) -> Result<Value> {
    let mut found = None;
    let what = format!("{} has a line of request {id}", log.display());
    wait_until(TIMEOUT, &what, || {
        let text = fs::read_to_string(log)?;
        let mut lines = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        found = lines.find(|line: &Value| line["request_id"] == id);
        Ok(found.is_some())
    })?;
    found.context(what)
}

fn body(site: &Site) -> Result<()> {
    let file = site.nginx.folder.join("body");
    fs::write(&file, vec![b' '; 3 << 20])?;
    let data = format!("@{}", file.display());
    let response = curl(&site.nginx, "/send_greeting", &["--data-binary", &data])?;
    // It begins with 100 (Continue).
    let response = response
        .split("\r\n\r\n")
        .skip_while(|head| head.contains(" 100"));
    let response: Vec<_> = response.collect();
    errors::expect_error(&response.join("\r\n\r\n"), "HTTP/2 413")
}

fn slow_head(site: &Site) -> Result<()> {
    let mut stream = TcpStream::connect(site.nginx.http)?;
    stream.set_read_timeout(Some(Duration::from_secs(15)))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n")?;
    let begin = Instant::now();
    // A reset connection is closed, too.
    let closed = match stream.read_to_end(&mut Vec::new()) {
        Ok(_) => true,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    };
    let in_time = (4..9).contains(&begin.elapsed().as_secs());
    let elapsed = format!("{:?}", begin.elapsed());
    expect(
        closed && in_time,
        "the end of the connection after 5 s",
        &elapsed,
    )
}

/// Sends more requests than the burst, on one connection. The check before took 5 s, in which the limit was reset.
fn rate(site: &Site) -> Result<()> {
    let responses = curl(&site.nginx, "/?[1-80]", &[])?;
    let of = |status: &str| responses.matches(&format!("HTTP/2 {status}")).count();
    let (accepted, rejected) = (of("200"), of("429"));
    let holds = accepted >= 40 && rejected >= 10 && accepted + rejected == 80;
    let counts = format!("the burst of 40, not {accepted} accepted and {rejected} rejected");
    expect(holds, &counts, &responses)?;
    let message = "{\"message\":\"Too many requests.\"}";
    let in_json = responses.matches(message).count() == rejected;
    expect(in_json, message, &responses)?;
    let retry = count(&responses, "retry-after: 1") == rejected;
    expect(retry, "`Retry-After: 1` in each", &responses)?;
    // The limit admits 10 requests a second; only requests, which count, would show that it admits more again.
    thread::sleep(Duration::from_secs(2));
    Ok(())
}

fn hosts(site: &Site) -> Result<()> {
    let file = site.nginx.folder.join("hosts/hosts.map");
    fs::write(&file, "default 1;\nedge.test 0;\n")?;
    signal(site.nginx.id(), "HUP")?;
    let mut rejected = String::new();
    wait_until(TIMEOUT, "another host is rejected", || {
        rejected = curl(&site.nginx, "/", &["--header", "Host: other.test"])?;
        Ok(rejected.starts_with("HTTP/2 421"))
    })?;
    errors::expect_error(&rejected, "HTTP/2 421")?;
    // An error in the head has no host: it is not rejected as an unknown one.
    errors::expect_error(
        &errors::send(site.nginx.http, "GET / HTTP/1.1\r\n\r\n")?,
        "HTTP/1.1 400",
    )?;
    let response = curl(&site.nginx, "/", &[])?;
    expect(
        response.starts_with("HTTP/2 200"),
        "200 for the named host",
        &response,
    )
}
