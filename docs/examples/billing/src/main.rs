//! A service of one's own: a resource, settings, middleware, static files, a websocket and two APIs.

use std::{fs, io, process::ExitCode};

use actix_web::{
    Error, HttpRequest, HttpResponse,
    http::header::HeaderName,
    middleware::DefaultHeaders,
    web::{Data, Payload, resource},
};
use parking_lot::Mutex;
use purlin_app::{App, ResourceBuilder, program};
use purlin_router::{error::http::NotFound, prelude::*};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The section `ledger` of the settings: `BILLING_LEDGER__FILE`, or `[ledger]` in billing.toml.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct LedgerSettings {
    /// The file that invoices are stored in; `ledger.txt` unless set.
    file: Option<String>,
}

/// Stands for a pool of connections to a database: it is opened, checked and closed.
struct Ledger {
    file: String,
    amounts: Mutex<Vec<u64>>,
}

impl Ledger {
    fn open(file: String) -> io::Result<Self> {
        let missing = |error| io::Error::other(format!("{file}: {error}"));
        let lines = fs::read_to_string(&file).map_err(missing)?;
        let amounts = Mutex::new(lines.lines().flat_map(str::parse).collect());
        Ok(Self { file, amounts })
    }

    fn close(&self) -> io::Result<()> {
        let lines: Vec<_> = self.amounts.lock().iter().map(u64::to_string).collect();
        fs::write(&self.file, lines.join("\n"))
    }

    fn add(&self, cents: u64) -> usize {
        let mut amounts = self.amounts.lock();
        amounts.push(cents);
        amounts.len()
    }

    fn amount(&self, number: usize) -> Option<u64> {
        self.amounts.lock().get(number.checked_sub(1)?).copied()
    }
}

#[schema]
struct Invoice {
    /// The amount in cents.
    #[garde(range(min = 1))]
    cents: u64,
}

#[post("/invoices")]
async fn create_invoice(invoice: Json<Invoice>, ledger: Data<Ledger>) -> Created<Invoice> {
    let number = ledger.add(invoice.cents);
    Created::new(invoice.into_inner()).location(format!("/billing/invoices/{number}"))
}

#[get("/invoices/{number}")]
async fn get_invoice(number: Path<usize>, ledger: Data<Ledger>) -> Result<Json<Invoice>, NotFound> {
    let cents = ledger.amount(*number);
    let cents = cents.ok_or_else(|| NotFound::new("there is no invoice of this number"))?;
    Ok(Json(Invoice { cents }))
}

#[get("/currency")]
async fn get_currency() -> Json<String> {
    Json("EUR".to_owned())
}

/// A websocket that returns each text.
async fn echo(request: HttpRequest, payload: Payload) -> Result<HttpResponse, Error> {
    let (response, mut session, mut messages) = actix_ws::handle(&request, payload)?;
    actix_web::rt::spawn(async move {
        while let Some(Ok(actix_ws::Message::Text(text))) = messages.recv().await {
            if session.text(text).await.is_err() {
                break;
            }
        }
    });
    Ok(response)
}

fn main() -> ExitCode {
    purlin_app::run(program!(), async |app: &mut App| {
        let LedgerSettings { file } = app.section("ledger");
        let file = file.unwrap_or_else(|| "ledger.txt".to_owned());
        let ledger = ResourceBuilder::new(async move || Ok(Ledger::open(file)?))
            .check(async |ledger: &Ledger| Ok(fs::metadata(&ledger.file).map(|_| ())?))
            .close(async |ledger: &Ledger| Ok(ledger.close()?));
        app.resource("ledger", ledger);
        let billing = Registry::new("Billing", "1.0.0").prefix("/billing");
        app.registry(billing.operation(create_invoice).operation(get_invoice));
        app.registry(
            Registry::new("Rates", "1.0.0")
                .prefix("/rates")
                .operation(get_currency),
        );
        app.wrap(|| DefaultHeaders::new().add((HeaderName::from_static("x-service"), "billing")));
        app.service(|| actix_files::Files::new("/assets", "assets").index_file("index.html"));
        app.service(|| resource("/echo").to(echo));
        Ok(())
    })
}
