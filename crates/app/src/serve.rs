//! Serves an application: opens its resources, listens, prints where, and stops on a signal.

use std::{
    io::{self, Write},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use actix_service::IntoServiceFactory as _;
use actix_web::{App as ActixApp, http::KeepAlive};
use futures_util::future::{Either, select};
use purlin_router::extract::Shutdown;

use crate::{
    api::Api,
    app::{App, Extensions, Layers, Resources, StartupMessage},
    hooks::{self, Hook},
    http_server::{ConnectionLimits, HttpServer},
    listen::{CertificateExpiry, Listen, ListenError, Listening, base_url, cannot_listen},
    logging::LogGuard,
    middleware::{MiddlewareStack, RequestIdGenerator, RequestRecorder},
    ops::{
        Metrics, OpsServer, OpsState, ReadinessCheck, StoreStatistics, VersionInfo,
        WorkerHeartbeats,
    },
    phase::Phase,
    program::Program,
    settings::{HttpSettings, Settings},
    shutdown::{End, ShutdownSteps, Signals},
    startup_checks,
    telemetry::Telemetry,
};

/// Whether the handlers of the registries are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Requests are processed by handlers.
    Serve,
    /// Requests get examples of the documented responses: no resource is opened and no hook runs.
    Mock,
}

/// Serves until a signal stops the server. An error is one line for standard error.
pub(crate) async fn serve(
    program: &Program,
    app: App,
    apis: Arc<[Api]>,
    listen: Listen,
    log: &LogGuard,
    mode: Mode,
) -> Result<End, String> {
    let mut signals =
        Signals::install().map_err(|error| format!("cannot install signal handlers: {error}"))?;
    let telemetry = Telemetry::start(app.settings.telemetry(), program)?.map(Arc::new);
    let server = Server::new(program, &app, apis, log, telemetry.clone())?;
    log_service_links(&app.settings);
    if mode == Mode::Serve {
        startup_checks::warn(&app, &server.apis);
    }
    let App {
        settings,
        mut resources,
        extensions,
        layers,
        startup_hooks,
        shutdown_hooks,
        startup_messages,
        checks,
        ..
    } = app;
    let (startup_hooks, shutdown_hooks, checks) = match mode {
        Mode::Serve => (startup_hooks, shutdown_hooks, checks),
        Mode::Mock => {
            resources = Resources::default();
            Default::default()
        }
    };
    let port = server
        .open_ops_port(&settings, checks, listen.certificate_expiry())
        .await?;

    let limit = seconds(settings.http().shutdown_timeout);
    let (end, shutdown_hooks) = match start(&mut resources, startup_hooks, &mut signals).await {
        Ok(Started::Ready) => {
            let composed = Composed {
                extensions: with_resources(extensions, &resources),
                layers: Layers::new(layers),
                startup_messages,
            };
            let end = server
                .listen_and_serve(&settings, listen, composed, &mut signals, port.as_ref())
                .await;
            (end, shutdown_hooks)
        }
        Ok(Started::Stopped) => (Ok(End::Drained), Vec::new()),
        Err(error) => (Err(error), Vec::new()),
    };
    let closing = pin!(async {
        hooks::run_shutdown(shutdown_hooks, limit).await;
        resources.close(limit).await;
        if let Some(telemetry) = telemetry {
            telemetry.shut_down().await;
        }
        if let Some(port) = port {
            port.stop().await;
        }
    });
    match select(closing, pin!(signals.next())).await {
        Either::Left(_) => end,
        Either::Right(_) => {
            log::warn!("a second signal: stopping without closing the rest");
            end.map(|_| End::Forced)
        }
    }
}

/// How the startup ended.
enum Started {
    /// Requests can be processed.
    Ready,
    /// A signal stopped it.
    Stopped,
}

/// Does what has to be done before the first request, until a signal stops it.
async fn start(
    resources: &mut Resources,
    hooks: Vec<Hook>,
    signals: &mut Signals,
) -> Result<Started, String> {
    let startup = pin!(async {
        resources.open().await?;
        hooks::run_startup(hooks).await
    });
    match select(startup, pin!(signals.next())).await {
        Either::Left((started, _)) => started.map(|()| Started::Ready),
        Either::Right(_) => {
            log::info!("a signal during startup: stopping");
            Ok(Started::Stopped)
        }
    }
}

fn with_resources(mut extensions: Extensions, resources: &Resources) -> Extensions {
    resources.provide(&mut extensions);
    extensions
}

/// What the application adds to the server, once its resources are open.
struct Composed {
    extensions: Extensions,
    layers: Layers,
    startup_messages: Vec<StartupMessage>,
}

/// What is shared by the worker threads and the operations port.
struct Server<'s> {
    log: &'s LogGuard,
    telemetry: Option<Arc<Telemetry>>,
    apis: Arc<[Api]>,
    phase: Arc<Phase>,
    metrics: Arc<Metrics>,
    heartbeats: Arc<WorkerHeartbeats>,
    version: Arc<VersionInfo>,
    store: Option<StoreStatistics>,
    middleware: MiddlewareStack,
}

impl<'s> Server<'s> {
    fn new(
        program: &Program,
        app: &App,
        apis: Arc<[Api]>,
        log: &'s LogGuard,
        telemetry: Option<Arc<Telemetry>>,
    ) -> Result<Self, String> {
        let (settings, rejections) = (&app.settings, &app.rejections);
        let routers = apis.iter().map(|api| &api.router);
        let operations = routers.clone().flat_map(|router| router.operations());
        let prefix = program.names().metrics();
        let store = app.rate_limit_store.clone();
        let middleware =
            MiddlewareStack::new(settings.middleware(), store, rejections, routers.clone());
        Ok(Self {
            log,
            telemetry,
            phase: Arc::default(),
            metrics: Metrics::new(
                &prefix,
                operations,
                Arc::clone(rejections),
                &settings.ops().duration_buckets,
            ),
            heartbeats: WorkerHeartbeats::new(settings.ops().stuck_after.get()),
            version: Arc::new(version(program, &apis)),
            store: app.store_statistics.clone(),
            middleware: middleware.map_err(|error| error.to_string())?,
            apis,
        })
    }

    /// Opens the operations port, unless it is off.
    async fn open_ops_port(
        &self,
        settings: &Settings,
        checks: Vec<ReadinessCheck>,
        certificate_expiry: Option<CertificateExpiry>,
    ) -> Result<Option<OpsServer>, String> {
        let Some(bind) = settings.ops().bind else {
            return Ok(None);
        };
        let state = OpsState {
            phase: Arc::clone(&self.phase),
            metrics: Arc::clone(&self.metrics),
            heartbeats: Arc::clone(&self.heartbeats),
            version: Arc::clone(&self.version),
            checks,
            max_in_flight: settings.middleware().limits.max_in_flight.get(),
            certificate_expiry,
            dropped_log_lines: self.log.dropped_lines(),
            store: self.store.clone(),
            telemetry: self.telemetry.as_ref().map(|it| it.counts()),
        };
        let setting = "the setting ops.bind, or set it to off";
        let opened = OpsServer::start(bind, state).await;
        opened
            .map(Some)
            .map_err(|error| cannot_listen(bind, setting, &error))
    }

    /// Listens, and processes requests until a signal stops the server.
    async fn listen_and_serve(
        self,
        settings: &Settings,
        listen: Listen,
        composed: Composed,
        signals: &mut Signals,
        port: Option<&OpsServer>,
    ) -> Result<End, String> {
        let http = settings.http();
        let Composed {
            extensions,
            layers,
            startup_messages,
        } = composed;
        let ids = Arc::new(RequestIdGenerator::new());
        let access_log = self.log.access().clone();
        let (apis, phase) = (Arc::clone(&self.apis), Arc::clone(&self.phase));
        let (heartbeats, metrics) = (self.heartbeats, self.metrics);
        let (middleware, telemetry) = (self.middleware, self.telemetry);
        let shutdown = Shutdown::new();
        let stopping = shutdown.clone();
        let mut server = HttpServer::new(limits(http), move || {
            heartbeats.start_on_this_thread();
            let counts = Some(metrics.add_worker());
            let telemetry = telemetry.as_ref().map(|it| it.of_requests());
            let recorder = RequestRecorder::new(&ids, counts, &access_log, telemetry);
            let app = ActixApp::new()
                .wrap(layers.clone())
                .wrap(middleware.layer(recorder, &phase));
            // A path that no registry has gets a 404 in the error style of the first one.
            let app = match apis.first() {
                Some(api) => app.default_service(api.router.not_found()),
                None => app,
            };
            apis.iter()
                .fold(app.app_data(stopping.clone()), |app, api| {
                    app.service(api.router.clone())
                })
                .configure(|config| extensions.apply(config))
                .into_factory()
        })
        .configure(|workers| {
            workers
                .workers(http.worker_count())
                .max_concurrent_connections(http.connections_per_worker())
                .shutdown_timeout(http.shutdown_timeout.into())
        });

        let mut listening = listen.open().await.map_err(|error| error.to_string())?;
        let listeners = listening
            .handles(self.log.access())
            .map_err(|error| error.to_string())?;
        for socket in listening.take_sockets() {
            server = server
                .listen(socket)
                .map_err(|error| ListenError::Accept(error).to_string())?;
        }

        // Connections from here on are accepted once the workers run.
        self.phase.ready();
        // A closed standard output is no reason not to serve.
        let _ = greet(&self.apis, startup_messages, &listening, port);
        let server = server.run();
        let handle = server.handle();
        let delay = seconds(http.drain_delay);
        let phase = self.phase;
        let steps = ShutdownSteps {
            draining: || phase.drain(),
            stopping: || shutdown.begin(),
            delay,
        };
        let shutdown = pin!(signals.shutdown_on_signal(handle, listeners, steps));
        let failed = |error: io::Error| format!("the server failed: {error}");
        match select(server, shutdown).await {
            Either::Left((served, shutdown)) => {
                served.map_err(failed)?;
                Ok(shutdown.await)
            }
            Either::Right((end, server)) => server.await.map(|()| end).map_err(failed),
        }
    }
}

/// Returns what is running, for `/version` and the metrics.
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

fn log_service_links(settings: &Settings) {
    let count = settings.service_links();
    if count > 0 {
        log::info!(
            "ignored {count} environment variables that Kubernetes or Docker inject for services of this name"
        );
    }
}

/// Prints the URLs and the messages of the application.
fn greet(
    apis: &[Api],
    messages: Vec<StartupMessage>,
    listening: &Listening,
    port: Option<&OpsServer>,
) -> io::Result<()> {
    let base = listening.base_url();
    let mut out = io::stdout().lock();
    listening.greet(&mut out)?;
    if apis.is_empty() {
        writeln!(out, "Serving at {base}/")?;
    }
    for api in apis {
        let (at, root) = api.root();
        writeln!(out, "{} is served {at} {base}{root}", api.name())?;
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
    for message in messages {
        if let Some(line) = message(&base) {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()
}

fn limits(http: &HttpSettings) -> ConnectionLimits {
    ConnectionLimits {
        // Longer heads than the limits of the middleware get a response.
        max_head: u64::MAX,
        head_timeout: seconds(http.head_timeout),
        send_timeout: seconds(http.send_timeout),
        disconnect_timeout: seconds(http.disconnect_timeout),
        keep_alive: keep_alive(http),
    }
}

fn keep_alive(http: &HttpSettings) -> KeepAlive {
    match http.keep_alive.get() {
        0 => KeepAlive::Disabled,
        _ => KeepAlive::Timeout(seconds(http.keep_alive)),
    }
}

fn seconds(setting: impl Into<u64>) -> Duration {
    Duration::from_secs(setting.into())
}
