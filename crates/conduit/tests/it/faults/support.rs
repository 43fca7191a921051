//! The program with a database, and a client of its API.

use std::{
    io,
    net::{SocketAddr, TcpStream},
    process::Command,
    str::FromStr as _,
    time::Duration,
};

use actix_web::rt::System;
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, sqlite::SqliteConnectOptions};

use crate::{
    process::{DEADLINE, Folder, Server, http, http::Connection, observed, variable},
    support::postgres::Postgres,
};

/// The time in which a request is rejected while the database fails.
pub const QUICKLY: Duration = Duration::from_secs(8);

/// An empty database.
pub struct Database<'a> {
    pub url: String,
    /// The server and the name of the database there; none for SQLite.
    server: Option<(&'a Postgres, String)>,
}

impl<'a> Database<'a> {
    /// Returns a SQLite database in a folder.
    pub fn sqlite(folder: &Folder) -> Self {
        Self {
            url: format!("sqlite:{}", folder.path().join("conduit.db").display()),
            server: None,
        }
    }

    /// Creates a database in a PostgreSQL server.
    pub fn in_server(server: &'a Postgres) -> Self {
        let name = server.create_database().unwrap();
        Self {
            url: server.url(&name),
            server: Some((server, name)),
        }
    }

    /// Executes SQL beside the service; creates a SQLite file that is missing.
    pub fn execute(&self, sql: &str) -> Result<(), String> {
        if let Some((server, name)) = &self.server {
            return server
                .query(name, sql)
                .map(drop)
                .map_err(|error| error.to_string());
        }
        System::new().block_on(async {
            let options = SqliteConnectOptions::from_str(&self.url).unwrap();
            let mut connection = options.create_if_missing(true).connect().await.unwrap();
            let result = connection.execute(sql).await.map(drop);
            connection.close().await.unwrap();
            result.map_err(|error| error.to_string())
        })
    }
}

/// Returns the program with this database, on free ports for the API and for operations.
pub fn conduit(folder: &Folder, database: &str) -> Command {
    let mut command = observed(folder);
    command.env(variable("DATABASE__URL"), database);
    // Tokens are valid after a restart, too.
    command.env(
        variable("TOKENS__SECRET"),
        "a secret of tests, of 32 bytes and more",
    );
    command
}

/// Runs a test on an empty database of each kind.
pub fn on_each_database(test: impl Fn(&Folder, &Database<'_>)) {
    let folder = Folder::new();
    test(&folder, &Database::sqlite(&folder));
    if let Some(server) = Postgres::shared().unwrap() {
        test(&Folder::new(), &Database::in_server(server));
    }
}

/// A client of the API, with the token of a user or without one.
#[derive(Clone, Debug)]
pub struct Client {
    server: SocketAddr,
    token: Option<String>,
}

impl Client {
    pub fn new(server: &Server) -> Self {
        Self {
            server: server.address,
            token: None,
        }
    }

    /// Registers a user and returns the client with its token.
    #[track_caller]
    pub fn registered(server: &Server, name: &str) -> Self {
        let client = Self::new(server);
        let (status, user) = client.register(name, &format!("{name}@example.com"));
        assert_eq!(status, 201, "{user}");
        Self {
            token: Some(user["user"]["token"].as_str().unwrap().to_owned()),
            ..client
        }
    }

    /// Returns the same user's client of another process.
    pub fn at(&self, server: &Server) -> Self {
        Self {
            server: server.address,
            token: self.token.clone(),
        }
    }

    pub fn register(&self, username: &str, email: &str) -> (u16, Value) {
        let user = json!({"username": username, "email": email, "password": "correct horse"});
        self.send("POST", "/api/users", &json!({"user": user}))
    }

    /// Creates an article with two tags.
    pub fn publish(&self, title: &str) -> (u16, Value) {
        self.try_publish(title).unwrap()
    }

    pub fn try_publish(&self, title: &str) -> io::Result<(u16, Value)> {
        let article = json!({
            "title": title,
            "description": "What it is about.",
            "body": "A paragraph. ".repeat(500),
            "tagList": ["faults", "tests"],
        });
        self.try_send("POST", "/api/articles", &json!({"article": article}))
    }

    pub fn get(&self, path: &str) -> (u16, Value) {
        self.send("GET", path, &Value::Null)
    }

    pub fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.try_send(method, path, body).unwrap()
    }

    /// Returns the titles of all articles, the newest first.
    pub fn titles(&self) -> Vec<String> {
        let mut titles = Vec::new();
        loop {
            let (status, list) = self.get(&format!("/api/articles?offset={}", titles.len()));
            assert_eq!(status, 200, "{list}");
            let page = list["articles"].as_array().unwrap();
            if page.is_empty() {
                return titles;
            }
            let found = page.iter().map(|it| it["title"].as_str().unwrap());
            titles.extend(found.map(ToOwned::to_owned));
        }
    }

    /// Sends a request with a JSON body, unless it is `null`. The response is compared with the document.
    fn try_send(&self, method: &str, path: &str, body: &Value) -> io::Result<(u16, Value)> {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
        if let Some(token) = &self.token {
            request += &format!("Authorization: Token {token}\r\n");
        }
        if body.is_null() {
            request += "\r\n";
        } else {
            let body = body.to_string();
            let length = body.len();
            request += &format!(
                "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
            );
        }
        let stream = TcpStream::connect(self.server)?;
        stream.set_read_timeout(Some(DEADLINE))?;
        let mut connection = Connection::over(stream).to(self.server);
        connection.write(request)?;
        let response = connection.read_response()?;
        let body = serde_json::from_slice(&response.bytes).unwrap_or(Value::Null);
        Ok((response.status, body))
    }
}

/// Returns the status of `/readyz`.
pub fn readiness(operations: SocketAddr) -> u16 {
    http::get(operations, "/readyz").status
}
