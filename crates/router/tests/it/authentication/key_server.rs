//! A server of a key set, well and unwell.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use actix_web::{HttpResponse, rt::time::sleep, web};
use futures_util::stream;

use crate::support::server;

/// What the server does when it is asked for the key set.
#[derive(Clone)]
pub(super) enum Behaviour {
    Sends(String),
    SendsWithStatus(u16, String),
    RedirectsTo(String),
    /// Waits until it behaves otherwise.
    Stalls,
    /// Sends a body that does not end.
    Trickles,
}

/// A server of a key set, which counts how often it is asked.
pub(super) struct KeyServer {
    pub(super) url: String,
    behaviour: Arc<Mutex<Behaviour>>,
    asked: Arc<AtomicUsize>,
}

impl KeyServer {
    pub(super) fn start(behaviour: Behaviour) -> Self {
        let behaviour = Arc::new(Mutex::new(behaviour));
        let asked = Arc::new(AtomicUsize::new(0));
        let shared = (Arc::clone(&behaviour), Arc::clone(&asked));
        let address = server::serve(move |app| {
            let (behaviour, asked) = shared.clone();
            let respond = move || {
                asked.fetch_add(1, Ordering::SeqCst);
                respond(Arc::clone(&behaviour))
            };
            app.route("/jwks", web::get().to(respond));
        });
        Self {
            url: format!("http://{address}/jwks"),
            behaviour,
            asked,
        }
    }

    pub(super) fn set(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    /// Returns how often it was asked for the key set.
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn respond(behaviour: Arc<Mutex<Behaviour>>) -> HttpResponse {
    loop {
        let now = behaviour.lock().unwrap().clone();
        return match now {
            Behaviour::Sends(body) => HttpResponse::Ok().body(body),
            Behaviour::SendsWithStatus(status, body) => {
                HttpResponse::build(status.try_into().unwrap()).body(body)
            }
            Behaviour::RedirectsTo(url) => HttpResponse::Found()
                .insert_header(("location", url))
                .finish(),
            Behaviour::Trickles => {
                let pieces = stream::unfold((), |()| async {
                    sleep(Duration::from_millis(20)).await;
                    Some((Ok::<_, actix_web::Error>(web::Bytes::from_static(b" ")), ()))
                });
                HttpResponse::Ok().streaming(pieces)
            }
            Behaviour::Stalls => {
                sleep(Duration::from_millis(5)).await;
                continue;
            }
        };
    }
}

/// Waits until a condition holds.
#[track_caller]
pub(super) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
