//! The operations port: health, readiness, metrics and version, on a listener and a thread of their own.
//!
//! It serves from before the first startup hook until after the last shutdown hook. Clients of the API do not reach it, and
//! nothing the API does blocks it. What is counted of every request is in `worker_counts`.

mod encoder;
mod endpoints;
mod exposition;
mod heartbeat;
mod metrics;
mod operation_index;
mod process;
mod readiness;
mod rejection_counter;
mod store;
mod worker_counts;

use std::{io, net::SocketAddr, rc::Rc, sync::Arc, time::Duration};

use actix_service::IntoServiceFactory as _;
use actix_web::{App, dev::ServerHandle, http::KeepAlive, rt, web};
use serde_json::{Value, json};

pub use self::rejection_counter::RejectionCounter;

use self::{
    endpoints::Endpoints,
    exposition::Exposition,
    readiness::{LatestReadiness, ReadinessChecks},
};
pub(crate) use self::{
    heartbeat::WorkerHeartbeats, metrics::Metrics, readiness::ReadinessCheck,
    rejection_counter::RejectionCounters, store::StoreStatistics, worker_counts::WorkerCounts,
};
use crate::{
    http_server::{ConnectionLimits, HttpServer},
    listen::{CertificateExpiry, Socket, listen},
    phase::Phase,
    telemetry::ExportCounts,
};

/// Open connections. A connection that sends or receives nothing is closed within seconds, so that probes get a response while
/// many others are stuck.
pub(crate) const MAX_CONNECTIONS: usize = 512;

/// Bytes of a request head, which is that of a probe or a scraper.
pub(crate) const MAX_HEAD: u64 = 16 * 1024;

/// The limits of a connection. Probes and scrapers open another one when theirs is closed.
const LIMITS: ConnectionLimits = ConnectionLimits {
    max_head: MAX_HEAD,
    head_timeout: Duration::from_secs(5),
    send_timeout: Duration::from_secs(5),
    disconnect_timeout: Duration::from_secs(1),
    keep_alive: KeepAlive::Timeout(Duration::from_secs(15)),
};

/// What is running, for `/version` and the metrics.
pub(crate) struct VersionInfo {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) commit: Option<&'static str>,
    /// The title and version of each registry.
    pub(crate) registries: Vec<(String, String)>,
}

impl VersionInfo {
    fn to_json(&self) -> Value {
        let registries = self.registries.iter();
        let registries: Vec<Value> = registries
            .map(|(title, version)| json!({"title": title, "version": version}))
            .collect();
        json!({
            "name": self.name,
            "version": self.version,
            "commit": self.commit,
            "registries": registries,
        })
    }
}

/// Everything the operations port reports.
pub(crate) struct OpsState {
    pub(crate) phase: Arc<Phase>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) heartbeats: Arc<WorkerHeartbeats>,
    pub(crate) version: Arc<VersionInfo>,
    pub(crate) checks: Vec<ReadinessCheck>,
    /// How many requests may be processed at a time; 0 for any number.
    pub(crate) max_in_flight: u32,
    pub(crate) certificate_expiry: Option<CertificateExpiry>,
    /// Returns how many lines the log has dropped.
    pub(crate) dropped_log_lines: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// What is counted of the calls of the store that replicas share, if there is one.
    pub(crate) store: Option<StoreStatistics>,
    /// What became of traces, if they are recorded.
    pub(crate) telemetry: Option<Arc<ExportCounts>>,
}

/// The running server of the operations port.
pub(crate) struct OpsServer {
    /// Where it listens, with the port that the system chose if 0 was asked for.
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
}

impl OpsServer {
    /// Starts to serve.
    pub(crate) async fn start(bind: SocketAddr, state: OpsState) -> io::Result<Self> {
        let readiness = Arc::new(LatestReadiness::default());
        let exposition = Arc::new(Exposition::new(&state, &readiness));
        let checks: Arc<[ReadinessCheck]> = state.checks.into();
        let (phase, version, heartbeats) = (state.phase, state.version, state.heartbeats);
        let socket = listen(bind)?;
        let address = socket.local_addr().unwrap_or(bind);
        let server = HttpServer::new(LIMITS, move || {
            let endpoints = Rc::new(Endpoints {
                phase: Arc::clone(&phase),
                checks: ReadinessChecks::new(Arc::clone(&checks)),
                exposition: Arc::clone(&exposition),
                version: Arc::clone(&version),
                heartbeats: Arc::clone(&heartbeats),
                readiness: Arc::clone(&readiness),
            });
            let respond =
                move |request, body| endpoints::respond(request, body, Rc::clone(&endpoints));
            App::new().default_service(web::to(respond)).into_factory()
        })
        // Checks belong to one thread, and there is little to do.
        .configure(|workers| {
            workers
                .workers(1)
                .worker_max_blocking_threads(1)
                .max_concurrent_connections(MAX_CONNECTIONS)
        })
        .listen(Socket::Tcp(socket))?;
        let server = server.run();
        let handle = server.handle();
        rt::spawn(async move {
            if let Err(error) = server.await {
                log::error!("the operations port failed: {error}");
            }
        });
        // Starts its threads now, even if this one is busy next.
        tokio::task::yield_now().await;
        Ok(Self { address, handle })
    }

    /// Stops to serve.
    pub(crate) async fn stop(self) {
        self.handle.stop(false).await;
    }
}
