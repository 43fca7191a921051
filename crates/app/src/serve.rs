//! The life cycle: listen, say where, serve, drain, end.

use std::{
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    sync::Arc,
};

use actix_web::{App, HttpServer, dev::Service, rt::System};

use crate::{
    access::{RequestIds, Visit},
    api::Api,
    settings::{HttpSettings, Settings},
};

/// Serves until SIGTERM, which lets requests under way end, or SIGINT, which
/// does not. The exit code is 1 when the server could not listen or run.
pub(crate) fn serve(program: &str, settings: &Settings, apis: Arc<[Api]>) -> ExitCode {
    match System::new().block_on(run(settings, apis)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // Standard error is where this would be reported.
            let _ = writeln!(io::stderr(), "{program}: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(settings: &Settings, apis: Arc<[Api]>) -> Result<(), String> {
    let http = settings.http();
    let ids = Arc::new(RequestIds::new());
    let served = Arc::clone(&apis);
    let mut server = HttpServer::new(move || {
        let ids = Arc::clone(&ids);
        let app = App::new().wrap_fn(move |mut request, service| {
            let visit = Visit::begin(&mut request, &ids);
            let answer = service.call(request);
            async move {
                let mut response = answer.await?;
                visit.end(&mut response);
                Ok(response)
            }
        });
        // A path that no registry knows is answered in the first one's style.
        let app = match served.first() {
            Some(api) => app.default_service(api.router.not_found()),
            None => app,
        };
        served
            .iter()
            .fold(app, |app, api| app.service(api.router.clone()))
    })
    .shutdown_timeout(u64::from(http.shutdown_timeout));
    if let Some(workers) = http.workers {
        server = server.workers(workers.get());
    }
    let server = server
        .bind(http.bind)
        .map_err(|error| cannot_listen(http, &error))?;
    let address = server.addrs().first().copied().unwrap_or(http.bind);

    // Nobody may be reading standard output; that is no reason not to serve.
    let _ = greet(settings, &apis, address);
    server
        .run()
        .await
        .map_err(|error| format!("the server failed: {error}"))
}

/// Prints the URLs to open, and what API crates have to say.
fn greet(settings: &Settings, apis: &[Api], address: SocketAddr) -> io::Result<()> {
    let base = base_url(address);
    let mut out = io::stdout().lock();
    for api in apis {
        writeln!(out, "{} is served at {base}{}", api.name(), api.root())?;
        if let Some(docs) = api.router.docs_path() {
            writeln!(out, "  documentation  {base}{docs}")?;
        }
        for (dialect, path) in api.router.documents() {
            let name = format!("OpenAPI {dialect}");
            writeln!(out, "  {name:<13}  {base}{path}")?;
        }
    }
    for notice in settings.take_notices() {
        if let Some(line) = notice(&base) {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()
}

/// A URL that can be opened on this machine: "every address" is none.
fn base_url(mut address: SocketAddr) -> String {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    match address.port() {
        80 => format!("http://{}", host(address.ip())),
        port => format!("http://{}:{port}", host(address.ip())),
    }
}

fn host(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

fn cannot_listen(http: &HttpSettings, error: &io::Error) -> String {
    let mend = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "something else listens there; stop it, or choose another port with --bind or the \
             setting http.bind (port 0 takes a free one)"
        }
        io::ErrorKind::PermissionDenied => {
            "this user may not listen there; choose a port from 1024 up with --bind or the \
             setting http.bind"
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine does not have that address; 0.0.0.0 and [::] stand for all it has"
        }
        _ => "choose another address with --bind or the setting http.bind",
    };
    format!("cannot listen on {}: {error}; {mend}", http.bind)
}
