//! The command `healthcheck`: asks a running server how it is, for images that have no shell and no curl.
//!
//! It speaks as much HTTP as a status line takes, in clear text: what it asks stands on the same machine.

use std::{
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs},
    process::ExitCode,
    sync::mpsc,
    thread,
    time::Duration,
};

use actix_web::http::Uri;

use crate::settings::Settings;

/// How long the answer may take, all in all.
const LIMIT: Duration = Duration::from_secs(2);

/// As much of the answer as its status line may take.
const STATUS_LINE: u64 = 256;

/// Asks, and prints one line. The exit code is 0 when the server is ready, and 1 otherwise.
pub(crate) fn run(settings: &Settings, url: Option<&str>) -> ExitCode {
    let (url, most) = match asked(settings, url) {
        Ok(asked) => asked,
        Err(words) => return told(false, &words),
    };
    let (sender, outcome) = mpsc::channel();
    let target = url.clone();
    // A thread of its own: looking up a name has no time limit.
    thread::spawn(move || sender.send(status(&target)));
    match outcome.recv_timeout(LIMIT) {
        Ok(Ok(status)) => told(
            (200..most).contains(&status),
            &format!("{url} answered {status}"),
        ),
        Ok(Err(words)) => told(false, &format!("{url}: {words}")),
        Err(_) => told(
            false,
            &format!("{url} did not answer within {} s", LIMIT.as_secs()),
        ),
    }
}

fn told(is_well: bool, words: &str) -> ExitCode {
    let heading = if is_well { "ready" } else { "not ready" };
    // The exit code says it too.
    let _ = writeln!(io::stdout(), "{heading}: {words}");
    if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The URL to ask, and the first status that is a bad one.
fn asked(settings: &Settings, url: Option<&str>) -> Result<(String, u16), String> {
    if let Some(url) = url {
        return Ok((url.to_owned(), 300));
    }
    let (address, name, path, most) = match settings.ops().bind {
        Some(address) => (address, "ops.bind", "/readyz", 300),
        // The API may have no such page; that it says so is enough.
        None => match settings.clear_address() {
            Some(address) => (address, "http.bind", "/", 500),
            None => {
                let words = "the operations port is off, and the API is not served in clear text at an address; set \
                             ops.bind";
                return Err(words.to_owned());
            }
        },
    };
    if address.port() == 0 {
        return Err(format!(
            "{name} takes any free port, so nobody knows which; say where with --url"
        ));
    }
    Ok((format!("http://{}{path}", reachable(address)), most))
}

/// "Every address" is none that can be asked.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// The status of the answer to GET.
fn status(url: &str) -> Result<u16, String> {
    let uri: Uri = url.parse().map_err(|error| format!("no URL: {error}"))?;
    let (Some("http"), Some(authority), Some(host)) =
        (uri.scheme_str(), uri.authority(), uri.host())
    else {
        return Err("expected a URL such as http://127.0.0.1:9000/readyz".to_owned());
    };
    let port = authority.port_u16().unwrap_or(80);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: healthcheck\r\nConnection: close\r\n\r\n"
    );
    let line = exchange((host, port), &request).map_err(|error| error.to_string())?;
    let status = line
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split(' ').nth(1))
        .and_then(|status| status.parse().ok());
    status.ok_or_else(|| "answered no HTTP".to_owned())
}

/// Sends the request to the first address that takes it, and reads the beginning of its answer.
fn exchange(to: (&str, u16), request: &str) -> io::Result<String> {
    let mut refused = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in to.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, LIMIT) {
            Ok(mut stream) => {
                stream.write_all(request.as_bytes())?;
                let mut answer = Vec::new();
                stream.take(STATUS_LINE).read_to_end(&mut answer)?;
                return Ok(String::from_utf8_lossy(&answer).into_owned());
            }
            Err(error) => refused = error,
        }
    }
    Err(refused)
}
