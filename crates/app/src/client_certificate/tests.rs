//! Clients are identified by their certificates over real connections.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

#[path = "../../tests/it/tls/client.rs"]
mod tls;

use std::{fs, net::SocketAddr, time::Duration};

use actix_service::IntoServiceFactory as _;
use actix_web::{
    App,
    http::KeepAlive,
    rt::{self, System, task::spawn_blocking},
};
use purlin_router::{Json, Operation, Registry, auth::Identity, openapi::Dialect};
use tempfile::TempDir;

use self::tls::{Authority, Client};
use super::*;
use crate::{
    http_server::{ConnectionLimits, HttpServer},
    listen::{Listen, Socket},
    settings::{Settings, Sources},
};

async fn who(client: Identity<CertifiedClient>) -> Json<Vec<String>> {
    let names = client.dns_names().map(str::to_owned);
    Json(names.chain([client.subject().to_owned()]).collect())
}

async fn anybody() -> Json<bool> {
    Json(true)
}

fn registry() -> Registry {
    let inside = ClientCertificate::new()
        .only(|client| client.dns_names().any(|name| name.ends_with(".internal")));
    Registry::new("Who", "1.0.0")
        .authenticator("certificate", inside)
        .operation(Operation::get("/who", who).authenticators(["certificate"]))
        .operation(Operation::get("/anybody", anybody).public())
}

/// Serves with these settings while `ask` runs on another thread.
fn serve(folder: &TempDir, mode: &str, ask: impl FnOnce(SocketAddr) + Send + 'static) {
    let path = |name: &str| folder.path().join(name).display().to_string();
    let mut sources = Sources::new("purlin");
    for (name, value) in [
        ("PURLIN_HTTP__BIND", "127.0.0.1:0".to_owned()),
        ("PURLIN_TLS__CERTIFICATE", path("certificate.pem")),
        ("PURLIN_TLS__KEY", path("key.pem")),
        ("PURLIN_TLS__CLIENT_CERTIFICATE", mode.to_owned()),
        ("PURLIN_TLS__CLIENT_AUTHORITIES", path("clients.pem")),
    ] {
        sources.environment.push((name.into(), value.into()));
    }
    let settings = Settings::new(&sources);
    assert_eq!(settings.errors(), []);
    System::new().block_on(async {
        let mut listening = Listen::prepare(&settings).unwrap().open().await.unwrap();
        let router = registry().build().unwrap();
        let limits = ConnectionLimits {
            max_head: u64::MAX,
            head_timeout: Duration::ZERO,
            send_timeout: Duration::ZERO,
            disconnect_timeout: Duration::ZERO,
            keep_alive: KeepAlive::Disabled,
        };
        let app = move || App::new().service(router.clone()).into_factory();
        let mut server = HttpServer::new(limits, app).configure(|workers| workers.workers(1));
        let mut address = None;
        for socket in listening.take_sockets() {
            if let Socket::Tls(listener, _) = &socket {
                address = Some(listener.local_addr().unwrap());
            }
            server = server.listen(socket).unwrap();
        }
        let server = server.run();
        let handle = server.handle();
        let asked = spawn_blocking(move || ask(address.unwrap()));
        let asked = rt::spawn(async move {
            let asked = asked.await;
            handle.stop(false).await;
            asked
        });
        server.await.unwrap();
        asked.await.unwrap().unwrap();
    });
}

#[test]
fn a_client_is_identified_by_its_certificate_and_rejected_without_one() {
    let folder = TempDir::new().unwrap();
    let (authority, inside) = (Authority::new("Server"), Authority::new("Inside"));
    authority.sign().write(folder.path());
    fs::write(folder.path().join("clients.pem"), inside.pem()).unwrap();
    serve(&folder, "optional", move |address| {
        let anonymous = Client::of(&authority);
        let billing = inside.sign_for(&["billing.internal"], 2020..2100);
        let guest = inside.sign_for(&["guest.example"], 2020..2100);
        let (billing, guest) = (
            anonymous.clone().showing(&billing),
            anonymous.clone().showing(&guest),
        );

        let response = billing.ask(address, "/who").unwrap();
        assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
        assert!(
            response.contains(r#"["billing.internal","CN="#),
            "{response}"
        );
        let response = guest.ask(address, "/who").unwrap();
        assert!(response.starts_with("HTTP/1.1 403 "), "{response}");
        let response = anonymous.ask(address, "/who").unwrap();
        assert!(response.starts_with("HTTP/1.1 401 "), "{response}");
        for client in [billing, guest, anonymous] {
            let response = client.ask(address, "/anybody").unwrap();
            assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
        }
    });
}

#[test]
fn the_document_has_mutual_tls_in_dialects_that_support_it() {
    let router = registry().build().unwrap();
    let document = router.document().to_value(Dialect::V3_1);
    let scheme = &document["components"]["securitySchemes"]["certificate"];
    assert_eq!(scheme["type"], "mutualTLS");
    let operation = &document["paths"]["/who"]["get"];
    assert_eq!(
        operation["security"][0]["certificate"],
        serde_json::json!([])
    );
    for status in ["401", "403"] {
        assert!(operation["responses"].get(status).is_some(), "{operation}");
    }
    for older in [Dialect::V3_0, Dialect::V2_0] {
        let document = router.document().to_value(older);
        let operation = &document["paths"]["/who"]["get"];
        assert_eq!(operation["security"], serde_json::json!([]));
        let description = operation["description"].as_str().unwrap();
        assert!(
            description.contains("`certificate` (a client certificate)"),
            "{description}"
        );
    }
}
