//! The base URL of a Swagger 2.0 document, and operations with other servers.

use purlin_openapi::{
    Dialect, Document, Info, Method, Operation, Response, Server, ServerVariable,
};
use serde_json::{Value, json};

fn document(servers: Vec<Server>, operation: Operation) -> Value {
    let mut document = Document::new(Info::new("Addresses", "1"));
    document.servers = servers;
    document.operation("/a", Method::Get, operation);
    document.to_value(Dialect::V2_0)
}

fn operation() -> Operation {
    let mut operation = Operation::new("it");
    let response = Response::new("Ok.");
    operation.responses.insert("200".to_owned(), response);
    operation
}

#[test]
fn servers_become_one_base_url() {
    let at = |url: &str| Server::new(url);
    let none = Value::Null;
    let cases = [
        (
            vec![at("https://a.test/v1/")],
            (json!("a.test"), json!("/v1"), json!(["https"])),
        ),
        (
            vec![at("https://a.test:8443")],
            (json!("a.test:8443"), none.clone(), json!(["https"])),
        ),
        // The first absolute URL; others with the same host and path add their
        // scheme.
        (
            vec![
                at("/x"),
                at("http://a.test/v1"),
                at("https://b.test/v1"),
                at("https://a.test/v1"),
            ],
            (json!("a.test"), json!("/v1"), json!(["http", "https"])),
        ),
        (
            vec![at("https://{where}.test").variable("where", ServerVariable::new("eu"))],
            (json!("eu.test"), none.clone(), json!(["https"])),
        ),
        (vec![at("/v1")], (none.clone(), json!("/v1"), none.clone())),
        // A URL relative to the document cannot be expressed in Swagger 2.0.
        (vec![at(".")], (none.clone(), none.clone(), none.clone())),
        (
            vec![at("../..")],
            (none.clone(), none.clone(), none.clone()),
        ),
        (vec![at("ftp://a.test")], (none.clone(), none.clone(), none)),
    ];
    for (servers, (host, base, schemes)) in cases {
        let context = format!("{servers:?}");
        let written = document(servers, operation());
        assert_eq!(written["host"], host, "{context}");
        assert_eq!(written["basePath"], base, "{context}");
        assert_eq!(written["schemes"], schemes, "{context}");
    }
}

#[test]
fn operations_with_another_base_url_are_omitted() {
    let servers = || vec![Server::new("https://a.test/v1")];
    let elsewhere = operation().server(Server::new("https://b.test/v1"));
    assert_eq!(document(servers(), elsewhere)["paths"], json!({}));
    let here = operation()
        .server(Server::new("https://b.test/v1"))
        .server(Server::new("http://a.test/v1"));
    let written = document(servers(), here);
    assert_eq!(written["paths"]["/a"]["get"]["schemes"], json!(["http"]));
}

#[test]
fn trace_is_omitted() {
    let mut document = Document::new(Info::new("Trace", "1"));
    document.operation("/a", Method::Trace, operation());
    assert_eq!(document.to_value(Dialect::V2_0)["paths"], json!({}));
}
