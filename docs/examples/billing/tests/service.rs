//! The example as its users meet it: started as a program, over HTTP.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The program, with a ledger in a folder of its own.
fn program(folder: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_billing"));
    program
        .env("BILLING_HTTP__BIND", "127.0.0.1:0")
        .env("BILLING_HTTP__DRAIN_DELAY", "0")
        .env("BILLING_OPS__BIND", "127.0.0.1:0")
        .env("BILLING_LEDGER__FILE", folder.join("ledger.txt"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    program
}

struct Service {
    child: Child,
    url: String,
    ops_url: String,
}

impl Service {
    fn start(program: &mut Command) -> Result<Self> {
        let mut child = program.spawn()?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let (mut url, mut ops_url) = (None, None);
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            let Some((what, served_at)) = line.split_once(" served at ") else {
                continue;
            };
            let authority = served_at.trim_start_matches("http://").split('/').next();
            let base = authority.map(|authority| format!("http://{authority}"));
            if what.starts_with("Health") {
                ops_url = base;
                break;
            }
            url = base;
        }
        let (url, ops_url) = url.zip(ops_url).ok_or("the service printed no URLs")?;
        Ok(Self {
            child,
            url,
            ops_url,
        })
    }

    fn get(&self, path: &str) -> Result<ureq::http::Response<ureq::Body>> {
        get(&format!("{}{path}", self.url))
    }

    /// Sends SIGTERM and returns whether the program ended well.
    fn stop(&mut self) -> Result<bool> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        Ok(self.child.wait()?.success())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(url: &str) -> Result<ureq::http::Response<ureq::Body>> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    Ok(agent.get(url).call()?)
}

fn failed(program: &mut Command) -> Result<(Option<i32>, String)> {
    let Output { status, stderr, .. } = program.output()?;
    Ok((status.code(), String::from_utf8(stderr)?))
}

#[test]
fn resource_middleware_files_websocket_and_two_registries_are_served_together() -> Result {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("ledger.txt"), "1250\n")?;
    let mut service = Service::start(&mut program(folder.path()))?;

    let mut invoice = service.get("/billing/invoices/1")?;
    assert_eq!(invoice.status(), 200);
    assert_eq!(invoice.headers()["x-service"], "billing");
    assert!(invoice.headers().contains_key("x-request-id"));
    assert_eq!(invoice.body_mut().read_to_string()?, r#"{"cents":1250}"#);
    assert_eq!(service.get("/billing/invoices/2")?.status(), 404);

    let created = ureq::post(format!("{}/billing/invoices", service.url))
        .content_type("application/json")
        .send(r#"{"cents":99}"#)?;
    assert_eq!(created.status(), 201);
    assert_eq!(created.headers()["location"], "/billing/invoices/2");

    assert_eq!(
        service
            .get("/rates/currency")?
            .body_mut()
            .read_to_string()?,
        r#""EUR""#
    );
    assert_eq!(service.get("/rates/openapi.json")?.status(), 200);
    assert_eq!(get(&format!("{}/readyz", service.ops_url))?.status(), 200);
    let metrics = get(&format!("{}/metrics", service.ops_url))?
        .body_mut()
        .read_to_string()?;
    assert!(metrics.contains("billing_http_requests"));

    let mut page = service.get("/assets/index.html")?;
    assert_eq!(page.headers()["x-service"], "billing");
    assert!(page.body_mut().read_to_string()?.contains("Invoices"));

    let (mut socket, _) =
        tungstenite::connect(format!("{}/echo", service.url.replace("http", "ws")))?;
    socket.send("hello".into())?;
    assert_eq!(socket.read()?.to_text()?, "hello");
    drop(socket);

    assert!(service.stop()?);
    assert_eq!(
        fs::read_to_string(folder.path().join("ledger.txt"))?,
        "1250\n99"
    );
    Ok(())
}

#[test]
fn a_resource_that_cannot_be_opened_ends_the_start_with_its_name_and_cause_on_one_line() -> Result {
    let folder = tempfile::tempdir()?;
    let (code, message) = failed(&mut program(folder.path()))?;
    assert_eq!(code, Some(1));
    let line = message
        .lines()
        .find(|line| line.contains("`ledger`"))
        .ok_or(message.clone())?;
    assert!(line.contains("No such file or directory"), "{message}");
    assert!(!message.contains("backtrace"), "{message}");
    Ok(())
}

#[test]
fn documents_and_settings_are_printed_without_opening_the_resource() -> Result {
    let folder = tempfile::tempdir()?;
    for arguments in [
        &["config"][..],
        &["routes"],
        &["openapi", "--registry", "Billing"],
    ] {
        let output = program(folder.path()).args(arguments).output()?;
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {message}");
        assert!(!output.stdout.is_empty(), "{arguments:?}");
    }
    Ok(())
}

#[test]
fn a_misspelt_setting_is_an_error_and_variables_of_kubernetes_are_not() -> Result {
    let folder = tempfile::tempdir()?;
    let (code, message) = failed(program(folder.path()).env("BILLING_LEDGER__FIEL", "x"))?;
    assert_eq!(code, Some(2));
    assert!(message.contains("BILLING_LEDGER__FILE"), "{message}");

    fs::write(folder.path().join("ledger.txt"), "")?;
    let mut service = Service::start(
        program(folder.path())
            .env("BILLING_SERVICE_HOST", "10.0.0.1")
            .env("BILLING_SERVICE_PORT", "80")
            .env("BILLING_PORT", "tcp://10.0.0.1:80")
            .env("BILLING_PORT_80_TCP_ADDR", "10.0.0.1"),
    )?;
    assert_eq!(service.get("/rates/currency")?.status(), 200);
    let stderr = service.child.stderr.take();
    assert!(service.stop()?);
    let mut log = String::new();
    stderr
        .ok_or("no standard error")?
        .read_to_string(&mut log)?;
    let notes = log
        .lines()
        .filter(|line| line.contains("Kubernetes"))
        .count();
    assert_eq!(notes, 1, "{log}");
    Ok(())
}
