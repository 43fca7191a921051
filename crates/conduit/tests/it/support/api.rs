//! The API without a socket, with an empty database of each kind.

use actix_web::{http::Method, web::Data};
use purlin_app::Secret;
use purlin_conduit::{Auth, Database, DatabaseSettings, TokenSettings, registry};
use purlin_router::testing::{Coverage, TestClient, TestResponse};
use serde_json::{Value, json};

use super::postgres::Postgres;

/// The key of the tokens.
pub const SECRET: &str = "a secret of at least 32 bytes, that is";

/// The API on a database.
pub struct Api {
    pub client: TestClient,
    pub database: Data<Database>,
    /// What the requests reach of the contract.
    pub coverage: Coverage,
}

/// Runs a test on an empty database of each kind.
pub fn on_each_database(test: impl Fn(&Api)) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("conduit.db");
    // Shown if the test fails.
    println!("on SQLite");
    test(&Api::open(format!("sqlite:{}", file.display())));
    if let Some(server) = Postgres::shared().unwrap() {
        println!("on PostgreSQL");
        let name = server.create_database().unwrap();
        test(&Api::open(server.url(&name)));
    }
}

impl Api {
    fn open(url: String) -> Self {
        let settings = DatabaseSettings {
            url: Secret::new(url),
            ..DatabaseSettings::default()
        };
        let tokens = TokenSettings {
            secret: Secret::new(SECRET.to_owned()),
            ..TokenSettings::default()
        };
        let registry = registry(Auth::new(&tokens).unwrap());
        let mut opened = None;
        let client = TestClient::open(async {
            let database = Data::new(Database::open(&settings).await.unwrap());
            opened = Some(database.clone());
            registry.app_data(database).build()
        });
        let client = client.unwrap();
        let coverage = Coverage::of(client.router());
        Self {
            client: client.recording(&coverage),
            database: opened.unwrap(),
            coverage,
        }
    }

    /// Registers a user, and returns a token.
    #[track_caller]
    pub fn register(&self, name: &str) -> String {
        let user = json!({"username": name, "email": format!("{name}@example.org"), "password": "correct horse"});
        let response = self.post("/users", "", json!({"user": user}));
        assert_eq!(response.status(), 201, "{}", response.text());
        let body: Value = response.json();
        body["user"]["token"].as_str().unwrap().to_owned()
    }

    /// Publishes an article without tags, and returns its slug.
    #[track_caller]
    pub fn publish(&self, token: &str, title: &str) -> String {
        self.publish_with_tags(token, title, &[])
    }

    #[track_caller]
    pub fn publish_with_tags(&self, token: &str, title: &str, tags: &[&str]) -> String {
        let response = self.post("/articles", token, article(title, tags));
        assert_eq!(response.status(), 201, "{}", response.text());
        let body: Value = response.json();
        body["article"]["slug"].as_str().unwrap().to_owned()
    }

    pub fn get(&self, path: &str, token: &str) -> TestResponse {
        self.send(Method::GET, path, token, &Value::Null)
    }

    pub fn post(&self, path: &str, token: &str, body: Value) -> TestResponse {
        self.send(Method::POST, path, token, &body)
    }

    pub fn put(&self, path: &str, token: &str, body: Value) -> TestResponse {
        self.send(Method::PUT, path, token, &body)
    }

    pub fn delete(&self, path: &str, token: &str) -> TestResponse {
        self.send(Method::DELETE, path, token, &Value::Null)
    }

    /// Sends a request below `/api`, with a token unless it is empty, and a JSON body unless it is null.
    pub fn send(&self, method: Method, path: &str, token: &str, body: &Value) -> TestResponse {
        let mut call = self.client.request(method, &format!("/api{path}"));
        if !token.is_empty() {
            call = call.header("Authorization", format!("Token {token}"));
        }
        if !body.is_null() {
            call = call.json(body);
        }
        call.send()
    }
}

/// Returns the body that publishes an article.
pub fn article(title: &str, tags: &[&str]) -> Value {
    let article =
        json!({"title": title, "description": "About it.", "body": "All of it.", "tagList": tags});
    json!({"article": article})
}

/// Asserts a status and the messages about a field.
#[track_caller]
pub fn assert_error(response: &TestResponse, status: u16, field: &str, message: &str) {
    assert_eq!(response.status(), status, "{}", response.text());
    let body: Value = response.json();
    assert_eq!(body["errors"][field], json!([message]), "{body}");
}
