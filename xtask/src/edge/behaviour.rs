//! What the edge promises, each as one function that asks for it.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, Result};
use fs_err as fs;

use serde_json::Value;

use super::Nginx;
use crate::{
    http,
    run::{cmd},
    server::Server,
};

/// What is asked.
pub(super) struct Site {
    pub(super) nginx: Nginx,
    pub(super) server: Server,
    pub(super) log: PathBuf,
}

type Promise = (&'static str, fn(&Site) -> Result<()>);

const PROMISES: &[Promise] = &[
    (
        "the greeting comes over HTTP/2, with every header once",
        greeting,
    ),
    (
        "an id that is none is replaced by one for edge and server",
        request_id,
    ),
    ("HTTP leads to HTTPS", redirect),
    ("challenges are answered over HTTP", challenge),
    ("old ciphers are refused", ciphers),
    ("clients cannot say who they are", forwarded),
    ("the log is JSON and has no query", access_log),
    ("a body that is too large is refused in JSON", body),
    ("a head that trickles is ended", slow_head),
    ("who asks too often is told so in JSON", rate),
    ("hosts that are not named are refused", hosts),
];

/// Asks for every promise; how many there are.
pub(super) fn all(site: Site) -> Result<usize> {
    for (promise, kept) in PROMISES {
        kept(&site).map_err(|failure| anyhow!("{promise}: {failure}"))?;
        eprintln!("{promise}");
        // The bucket of requests is full again for the next.
        thread::sleep(Duration::from_millis(300));
    }
    let Site { nginx, server, .. } = site;
    server.stop()?;
    let answer = curl(&nginx, "/", &[])?;
    expect(
        answer.starts_with("HTTP/2 502"),
        "no server, no 502",
        &answer,
    )?;
    expect(answer.ends_with("\"}"), "the 502 is not JSON", &answer)?;
    Ok(PROMISES.len() + 1)
}

/// Head and body of an answer over HTTPS.
fn curl(nginx: &Nginx, path: &str, options: &[&str]) -> Result<String> {
    let port = nginx.https.port();
    let curl = cmd("curl").args(["--silent", "--show-error", "--include", "--cacert"]);
    let curl = curl.args([nginx.folder.join("tls/fullchain.pem")]);
    let curl = curl.args(["--resolve", &format!("edge.test:{port}:127.0.0.1")]);
    let (out, _) = curl
        .args(options)
        .args([format!("https://edge.test:{port}{path}")])
        .output()?;
    Ok(out)
}

fn expect(kept: bool, words: &str, answer: &str) -> Result<()> {
    if kept {
        return Ok(());
    }
    let answer: String = answer.chars().take(2000).collect();
    Err(anyhow!("{words}:\n{answer}"))
}

/// How often a line begins so.
fn count(answer: &str, line: &str) -> usize {
    answer
        .lines()
        .filter(|found| found.starts_with(line))
        .count()
}

fn greeting(site: &Site) -> Result<()> {
    let answer = curl(&site.nginx, "/", &["--header", "X-Request-Id: it-is-me"])?;
    expect(
        answer.starts_with("HTTP/2 200"),
        "no 200 over HTTP/2",
        &answer,
    )?;
    for header in [
        "strict-transport-security: max-age=31536000",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
        "x-request-id: it-is-me",
    ] {
        expect(
            count(&answer, header) == 1,
            &format!("not once `{header}`"),
            &answer,
        )?;
    }
    for name in ["strict-", "x-content", "cache-", "x-request"] {
        expect(
            count(&answer, name) == 1,
            &format!("not once `{name}…`"),
            &answer,
        )?;
    }
    Ok(())
}

fn request_id(site: &Site) -> Result<()> {
    let long = format!("X-Request-Id: {}", "a".repeat(129));
    for wrong in ["X-Request-Id: not one", &long] {
        let answer = curl(&site.nginx, "/", &["--header", wrong])?;
        let mut lines = answer.lines();
        let id = lines.find_map(|line| line.strip_prefix("x-request-id: "));
        let id = id.unwrap_or_default().trim();
        expect(id.len() == 32, "the id is not a new one", &answer)?;
        // The server has not made one more: edge and server log the same.
        line_of(&site.nginx.folder.join("access.log"), id)?;
        line_of(&site.log, id)?;
    }
    Ok(())
}

fn redirect(site: &Site) -> Result<()> {
    let ask = |path: &str| {
        http::get(site.nginx.http, path).map_err(|error| anyhow!("{path}: {error}"))
    };
    let answer = ask("/a?b=c")?;
    let to = answer.header("location").unwrap_or_default();
    let right = answer.status == 308 && to == "https://127.0.0.1/a?b=c";
    expect(right, "not led to HTTPS", &format!("{answer:?}"))?;
    let health = ask("/edge-health")?;
    expect(health.status == 204, "no health", &format!("{health:?}"))
}

fn challenge(site: &Site) -> Result<()> {
    let folder = site.nginx.folder.join("acme/.well-known/acme-challenge");
    let file = folder.join("token");
    fs::write(&file, "proof")?;
    let ask = |name: &str| {
        let path = format!("/.well-known/acme-challenge/{name}");
        http::get(site.nginx.http, &path).map_err(|error| anyhow!("{path}: {error}"))
    };
    let (there, absent) = (ask("token")?, ask("other")?);
    let right = there.status == 200 && there.body == b"proof" && absent.status == 404;
    expect(right, "no proof", &format!("{there:?}\n{absent:?}"))
}

/// CBC, which nginx takes unless told otherwise.
fn ciphers(site: &Site) -> Result<()> {
    let with = |cipher: &str| {
        let port = site.nginx.https.port();
        let curl = cmd("curl").args(["--silent", "--insecure", "--tls-max", "1.2"]);
        let curl = curl.args(["--ciphers", cipher]);
        curl.args([format!("https://127.0.0.1:{port}/")]).succeeds()
    };
    expect(
        with("ECDHE-ECDSA-AES128-GCM-SHA256"),
        "a good cipher is refused",
        "",
    )?;
    expect(!with("ECDHE-ECDSA-AES128-SHA"), "CBC is taken", "")
}

fn forwarded(site: &Site) -> Result<()> {
    let options = [
        "--header",
        "X-Forwarded-For: 192.0.2.1",
        "--header",
        "X-Request-Id: forged",
    ];
    curl(&site.nginx, "/", &options)?;
    let line = line_of(&site.log, "forged")?;
    let client = line.get("client").and_then(Value::as_str);
    expect(
        client == Some("127.0.0.1"),
        "the client is believed",
        &line.to_string(),
    )
}

fn access_log(site: &Site) -> Result<()> {
    curl(
        &site.nginx,
        "/?secret=1",
        &["--header", "X-Request-Id: logged"],
    )?;
    let line = line_of(&site.nginx.folder.join("access.log"), "logged")?;
    let is = |name: &str, value: &str| line.get(name).is_some_and(|found| found == value);
    let right = is("path", "/") && is("protocol", "HTTP/2.0") && is("server_status", "200");
    let silent = !line.to_string().contains("secret");
    expect(right && silent, "not as agreed", &line.to_string())
}

/// The line of a log in JSON that bears this id, which is waited for.
fn line_of(log: &PathBuf, id: &str) -> Result<Value> {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(5) {
        let text = fs::read_to_string(log)?;
        let mut lines = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        let found =
            lines.find(|line: &Value| line.get("request_id").is_some_and(|found| found == id));
        if let Some(line) = found {
            return Ok(line);
        }
        thread::sleep(Duration::from_millis(20));
    }
    let log = log.display();
    Err(anyhow!("{log} has no line of request {id}"))
}

fn body(site: &Site) -> Result<()> {
    let file = site.nginx.folder.join("body");
    fs::write(&file, vec![b' '; 3 << 20])?;
    let data = format!("@{}", file.display());
    let answer = curl(&site.nginx, "/send_greeting", &["--data-binary", &data])?;
    let last = answer.lines().last().unwrap_or_default();
    let json = serde_json::from_str::<Value>(last).is_ok();
    expect(
        answer.contains("HTTP/2 413") && json,
        "no 413 in JSON",
        &answer,
    )
}

fn slow_head(site: &Site) -> Result<()> {
    let said = |error| anyhow!("{error}");
    let mut stream = TcpStream::connect(site.nginx.http).map_err(said)?;
    stream
        .set_read_timeout(Some(Duration::from_secs(15)))
        .map_err(said)?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n")
        .map_err(said)?;
    let begin = Instant::now();
    let mut told = Vec::new();
    // A connection that is reset has ended as well.
    let ended = match stream.read_to_end(&mut told) {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    };
    let within = (4..9).contains(&begin.elapsed().as_secs());
    expect(
        ended && within,
        "not ended after 5 s",
        &format!("{:?}", begin.elapsed()),
    )
}

/// More than the burst, on one connection.
fn rate(site: &Site) -> Result<()> {
    let answers = curl(&site.nginx, "/?[1-80]", &[])?;
    let of = |status: &str| answers.matches(&format!("HTTP/2 {status}")).count();
    let (taken, refused) = (of("200"), of("429"));
    let right = taken >= 40 && refused >= 10 && taken + refused == 80;
    expect(
        right,
        &format!("{taken} taken, {refused} refused"),
        &answers,
    )?;
    let told = answers
        .matches("{\"message\":\"Too many requests.\"}")
        .count();
    expect(told == refused, "not told in JSON", &answers)?;
    // Until somebody else may ask again.
    thread::sleep(Duration::from_secs(2));
    Ok(())
}

fn hosts(site: &Site) -> Result<()> {
    let file = site.nginx.folder.join("hosts/hosts.map");
    fs::write(&file, "default 1;\nedge.test 0;\n")?;
    let id = site.nginx.id().to_string();
    cmd("kill").args(["-s", "HUP", &id]).read()?;
    let begin = Instant::now();
    let other = ["--header", "Host: other.test"];
    let mut answer = curl(&site.nginx, "/", &other)?;
    while !answer.starts_with("HTTP/2 421") && begin.elapsed() < Duration::from_secs(5) {
        thread::sleep(Duration::from_millis(200));
        answer = curl(&site.nginx, "/", &other)?;
    }
    expect(
        answer.starts_with("HTTP/2 421"),
        "another host is served",
        &answer,
    )?;
    let answer = curl(&site.nginx, "/", &[])?;
    expect(
        answer.starts_with("HTTP/2 200"),
        "our host is refused",
        &answer,
    )
}
