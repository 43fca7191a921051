//! The operations port: a server beside the server, on a listener and a thread of its own, that tells whether requests
//! should be sent and what has become of those that were.
//!
//! It answers from before the first hook of `on_startup` to after the last of `on_shutdown`. Nothing here is reached by the
//! API's clients, and nothing the API does keeps it from answering. What is counted around every request is in `counts`.

mod beats;
mod catalogue;
mod checks;
mod counts;
mod metrics;
mod pages;
mod process;
mod reasons;

use std::{io, net::SocketAddr, rc::Rc, sync::Arc};

use actix_web::{App, HttpServer, dev::ServerHandle, rt, web};
use serde_json::{Value, json};

pub use self::reasons::RejectionCounter;

pub(crate) use self::{
    beats::Beats, checks::Check, counts::Counts, metrics::Metrics, reasons::Reasons,
};
use self::{checks::Checks, metrics::Exposition, pages::Pages};
use crate::{api::Api, logging::Lines, phase::Phase, program::Program};

/// What is running.
pub(crate) struct About {
    name: &'static str,
    version: &'static str,
    commit: Option<&'static str>,
    /// Title and version of each.
    registries: Vec<(String, String)>,
}

impl About {
    pub(crate) fn new(program: &Program, apis: &[Api]) -> Arc<Self> {
        let registries = apis.iter().map(|api| {
            let info = &api.router.document().info;
            (info.title.clone(), info.version.clone())
        });
        Arc::new(Self {
            name: program.name,
            version: program.version,
            commit: program.commit,
            registries: registries.collect(),
        })
    }

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

/// What the port tells of.
pub(crate) struct Told {
    pub(crate) phase: Arc<Phase>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) beats: Arc<Beats>,
    pub(crate) about: Arc<About>,
    pub(crate) checks: Vec<Check>,
    /// Nothing where somebody else writes the log.
    pub(crate) lines: Option<Arc<Lines>>,
}

/// The port while it answers.
pub(crate) struct Port {
    /// Where; with the port that was taken, where 0 was asked for.
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
}

impl Port {
    /// Starts to answer.
    pub(crate) async fn open(bind: SocketAddr, told: Told) -> io::Result<Self> {
        let exposition = Exposition::new(&told);
        let exposition = Arc::new(exposition);
        let checks: Arc<[Check]> = told.checks.into();
        let (phase, about, beats) = (told.phase, told.about, told.beats);
        let server = HttpServer::new(move || {
            let pages = Rc::new(Pages {
                phase: Arc::clone(&phase),
                checks: Checks::new(Arc::clone(&checks)),
                exposition: Arc::clone(&exposition),
                about: Arc::clone(&about),
                beats: Arc::clone(&beats),
            });
            let answer = move |request| pages::answer(request, Rc::clone(&pages));
            App::new().default_service(web::to(answer))
        })
        // Checks belong to one thread, and there is little to do.
        .workers(1)
        .worker_max_blocking_threads(1)
        .max_connections(256)
        .disable_signals()
        .bind(bind)?;
        let address = server.addrs().first().copied().unwrap_or(bind);
        let server = server.run();
        let handle = server.handle();
        rt::spawn(async move {
            if let Err(error) = server.await {
                log::error!("the operations port failed: {error}");
            }
        });
        // Its threads start now, whatever keeps this one busy next.
        tokio::task::yield_now().await;
        Ok(Self { address, handle })
    }

    /// Answers no more.
    pub(crate) async fn close(self) {
        self.handle.stop(false).await;
    }
}
