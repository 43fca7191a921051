//! The command `healthcheck`: asks a running server whether it is ready, for images without a shell and curl.
//!
//! It sends one plain HTTP/1.1 request to the same machine and reads the status line of the response.

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

/// The total time for a response.
const LIMIT: Duration = Duration::from_secs(2);

/// The number of bytes in which the status line has to fit.
const STATUS_LINE: u64 = 256;

/// Asks the server, and prints one line. The exit code is 0 if the server is ready, and 1 otherwise.
pub(crate) fn run(settings: &Settings, url: Option<&str>) -> ExitCode {
    let (url, limit) = match target(settings, url) {
        Ok(target) => target,
        Err(message) => return report(false, &message),
    };
    let (sender, outcome) = mpsc::channel();
    let requested = url.clone();
    // A thread of its own: resolving a name has no timeout.
    thread::spawn(move || sender.send(status(&requested)));
    match outcome.recv_timeout(LIMIT) {
        Ok(Ok(status)) => report(
            (200..limit).contains(&status),
            &format!("{url} responded with {status}"),
        ),
        Ok(Err(message)) => report(false, &format!("{url}: {message}")),
        Err(_) => report(
            false,
            &format!("{url} did not respond within {} s", LIMIT.as_secs()),
        ),
    }
}

fn report(is_ready: bool, message: &str) -> ExitCode {
    let heading = if is_ready { "ready" } else { "not ready" };
    // The exit code carries the result as well.
    let _ = writeln!(io::stdout(), "{heading}: {message}");
    if is_ready {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Returns the URL to request, and the first status that means "not ready".
fn target(settings: &Settings, url: Option<&str>) -> Result<(String, u16), String> {
    if let Some(url) = url {
        return Ok((url.to_owned(), 300));
    }
    let (address, name, path, limit) = match settings.ops().bind {
        Some(address) => (address, "ops.bind", "/readyz", 300),
        // A 404 of the API is enough: it responds.
        None => match settings.plain_http_address() {
            Some(address) => (address, "http.bind", "/", 500),
            None => {
                let message = "the operations port is off, and the API is not served as plain HTTP at an address; set \
                               ops.bind";
                return Err(message.to_owned());
            }
        },
    };
    if address.port() == 0 {
        return Err(format!(
            "{name} is port 0, so the actual port is unknown; name the URL with --url"
        ));
    }
    Ok((format!("http://{}{path}", reachable(address)), limit))
}

/// Replaces the unspecified address, to which no connection can be made, by the loopback address.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// Returns the status of the response to a GET.
fn status(url: &str) -> Result<u16, String> {
    let uri: Uri = url.parse().map_err(|error| format!("not a URL: {error}"))?;
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
    status.ok_or_else(|| "the response is not HTTP".to_owned())
}

/// Sends the request to the first address that accepts a connection, and reads the beginning of the response.
fn exchange(to: (&str, u16), request: &str) -> io::Result<String> {
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in to.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, LIMIT) {
            Ok(mut stream) => {
                stream.write_all(request.as_bytes())?;
                let mut response = Vec::new();
                stream.take(STATUS_LINE).read_to_end(&mut response)?;
                return Ok(String::from_utf8_lossy(&response).into_owned());
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}
