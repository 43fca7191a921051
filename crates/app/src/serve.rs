//! Listen, say where, serve. How the server starts and ends is in `lifecycle`.

use std::{
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use actix_web::{
    App, HttpServer,
    dev::Service,
    http::ConnectionType,
    rt::{self, System},
};

use crate::{
    access::{RequestIds, Visit},
    api::Api,
    lifecycle::{self, End, Phase, Signals},
    settings::{HttpSettings, Settings},
};

/// Serves until it is told to stop. The exit code is 1 when the server could
/// not listen or run, and when a second signal cut requests off.
pub(crate) fn serve(program: &str, settings: &Settings, apis: Arc<[Api]>) -> ExitCode {
    match System::new().block_on(run(settings, apis)) {
        Ok(End::Drained) => ExitCode::SUCCESS,
        Ok(End::Forced) => ExitCode::FAILURE,
        Err(message) => {
            // Standard error is where this would be reported.
            let _ = writeln!(io::stderr(), "{program}: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(settings: &Settings, apis: Arc<[Api]>) -> Result<End, String> {
    let http = settings.http();
    let signals = Signals::listen().map_err(|error| format!("cannot hear signals: {error}"))?;
    let (at_start, at_stop) = settings.take_hooks();
    lifecycle::start(at_start).await?;
    let phase = Arc::new(Phase::default());
    let told = Arc::clone(&phase);
    let ids = Arc::new(RequestIds::new());
    let served = Arc::clone(&apis);
    let mut server = HttpServer::new(move || {
        let ids = Arc::clone(&ids);
        let phase = Arc::clone(&told);
        let app = App::new().wrap_fn(move |mut request, service| {
            let visit = Visit::begin(&mut request, &ids);
            let answer = service.call(request);
            let phase = Arc::clone(&phase);
            async move {
                let mut response = answer.await?;
                if phase.is_draining() {
                    let head = response.response_mut().head_mut();
                    head.set_connection_type(ConnectionType::Close);
                }
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
    .disable_signals()
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
    let server = server.run();
    let delay = Duration::from_secs(u64::from(http.drain_delay));
    let handle = server.handle();
    let end = rt::spawn(async move { signals.obey(handle, &phase, delay).await });
    server
        .await
        .map_err(|error| format!("the server failed: {error}"))?;
    let end = end.await.unwrap_or(End::Drained);
    let each = Duration::from_secs(u64::from(http.shutdown_timeout));
    lifecycle::stop(at_stop, each).await;
    Ok(end)
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
