//! Listen, say where, serve. How the server starts and ends is in `lifecycle`.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use actix_web::{
    App, HttpServer,
    http::KeepAlive,
    rt::{self, System},
};

use crate::{
    Program,
    api::Api,
    lifecycle::{self, End, Phase, Signals},
    listen::{Listen, ListenError, Listening, Socket, base_url, cannot_listen},
    logging::LogGuard,
    middleware::{MiddlewareStack, RequestIdGenerator, RequestRecorder},
    ops::{Metrics, OpsServer, OpsState, VersionInfo, WorkerHeartbeats},
    settings::{HttpSettings, Settings},
};

/// Serves until it is told to stop. The exit code is 1 when the server could
/// not listen or run, and when a second signal cut requests off.
pub(crate) fn serve(
    program: &Program,
    settings: &Settings,
    apis: Arc<[Api]>,
    listen: Listen,
    log: &LogGuard,
) -> ExitCode {
    match System::new().block_on(run(program, settings, apis, listen, log)) {
        Ok(End::Drained) => ExitCode::SUCCESS,
        Ok(End::Forced) => ExitCode::FAILURE,
        Err(message) => {
            // Standard error is where this would be reported.
            let _ = writeln!(io::stderr(), "{}: {message}", program.name);
            ExitCode::FAILURE
        }
    }
}

async fn run(
    program: &Program,
    settings: &Settings,
    apis: Arc<[Api]>,
    listen: Listen,
    log: &LogGuard,
) -> Result<End, String> {
    let http = settings.http();
    let signals = Signals::listen().map_err(|error| format!("cannot hear signals: {error}"))?;
    let phase = Arc::new(Phase::default());
    let rejections = settings.rejection_counters();
    let operations = apis.iter().flat_map(|api| api.router.operations());
    let metrics = Metrics::new("purlin", operations, Arc::clone(&rejections));
    let heartbeats = WorkerHeartbeats::new(settings.ops().stuck_after);
    let state = OpsState {
        phase: Arc::clone(&phase),
        metrics: Arc::clone(&metrics),
        heartbeats: Arc::clone(&heartbeats),
        version: Arc::new(version(program, &apis)),
        checks: settings.take_checks(),
        dropped_log_lines: log.dropped_lines(),
    };
    let port = open(settings, state).await?;
    let (at_start, at_stop) = settings.take_hooks();
    lifecycle::start(at_start).await?;
    let drained = Arc::clone(&phase);
    let ids = Arc::new(RequestIdGenerator::new());
    let served = Arc::clone(&apis);
    let access_log = log.access().clone();
    let middleware = MiddlewareStack::new(
        settings.middleware(),
        settings.take_idempotency_store(),
        &rejections,
        apis.iter().map(|api| &api.router),
    )
    .map_err(|error| error.to_string())?;
    let mut server = HttpServer::new(move || {
        heartbeats.start_on_this_thread();
        let recorder = RequestRecorder::new(&ids, Some(metrics.add_worker()), &access_log);
        let app = App::new().wrap(middleware.layer(recorder, &drained));
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
    .shutdown_timeout(u64::from(http.shutdown_timeout))
    .client_request_timeout(Duration::from_secs(u64::from(http.head_timeout)))
    .client_disconnect_timeout(Duration::from_secs(u64::from(http.disconnect_timeout)))
    .keep_alive(keep_alive(http))
    .max_connections(http.max_connections as usize);
    if let Some(workers) = http.workers {
        server = server.workers(workers.get());
    }
    let mut listening = listen.open().await.map_err(|error| error.to_string())?;
    let doors = listening
        .doors(log.access())
        .map_err(|error| error.to_string())?;
    for socket in listening.take_sockets() {
        server = match socket {
            Socket::Tcp(socket) => server.listen(socket),
            Socket::Unix(socket) => server.listen_uds(socket),
            #[cfg(feature = "tls")]
            Socket::Tls(socket, handshake) => server
                .tls_handshake_timeout(handshake.time_limit)
                .on_connect(crate::client_certificate::meet)
                .listen_rustls_0_23(socket, handshake.config),
        }
        .map_err(|error| ListenError::Accept(error).to_string())?;
    }

    // Whoever connects from here on is let in once the workers run.
    phase.ready();
    // Nobody may be reading standard output; that is no reason not to serve.
    let _ = greet(settings, &apis, &listening, port.as_ref());
    let server = server.run();
    let delay = Duration::from_secs(u64::from(http.drain_delay));
    let handle = server.handle();
    let end = rt::spawn(async move { signals.obey(handle, doors, &phase, delay).await });
    server
        .await
        .map_err(|error| format!("the server failed: {error}"))?;
    let end = end.await.unwrap_or(End::Drained);
    let each = Duration::from_secs(u64::from(http.shutdown_timeout));
    lifecycle::stop(at_stop, each).await;
    if let Some(port) = port {
        port.stop().await;
    }
    Ok(end)
}

/// Returns what is running.
fn version(program: &Program, apis: &[Api]) -> VersionInfo {
    let registries = apis.iter().map(|api| {
        let info = &api.router.document().info;
        (info.title.clone(), info.version.clone())
    });
    VersionInfo {
        name: program.name,
        version: program.version,
        commit: program.commit,
        registries: registries.collect(),
    }
}

/// Opens the operations port, unless it is off.
async fn open(settings: &Settings, state: OpsState) -> Result<Option<OpsServer>, String> {
    let Some(bind) = settings.ops().bind else {
        return Ok(None);
    };
    let mend = "the setting ops.bind, which may be off";
    match OpsServer::start(bind, state).await {
        Ok(port) => Ok(Some(port)),
        Err(error) => Err(cannot_listen(bind, mend, &error)),
    }
}

/// Prints the URLs to open, and what API crates have to say.
fn greet(
    settings: &Settings,
    apis: &[Api],
    listening: &Listening,
    port: Option<&OpsServer>,
) -> io::Result<()> {
    let base = listening.base_url();
    let mut out = io::stdout().lock();
    listening.greet(&mut out)?;
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
    if let Some(port) = port {
        let base = base_url("http", port.address);
        writeln!(out, "Health and metrics are served at {base}/")?;
    }
    for notice in settings.take_notices() {
        if let Some(line) = notice(&base) {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()
}

fn keep_alive(http: &HttpSettings) -> KeepAlive {
    match http.keep_alive {
        0 => KeepAlive::Disabled,
        seconds => KeepAlive::Timeout(Duration::from_secs(u64::from(seconds))),
    }
}
