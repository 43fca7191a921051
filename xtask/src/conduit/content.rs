//! Users, articles, comments and tags, more than a page of each list holds.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::call;

/// More articles than a page has by default.
const ARTICLES: usize = 25;

/// Registers two users, of whom the second follows the first, and fills every list.
pub(crate) fn fill(server: SocketAddr) -> Result<()> {
    let author = register(server, "filler")?;
    let reader = register(server, "reader")?;
    let follow = ("POST", "/api/profiles/filler/follow");
    call(server, follow, Some(&reader), &Value::Null)?;
    for number in 0..ARTICLES {
        let tags = json!(["dragons", format!("tag-{number}")]);
        let article = publish(server, &author, &format!("Article {number}"), &tags)?;
        let favorite = format!("/api/articles/{article}/favorite");
        call(server, ("POST", &favorite), Some(&reader), &Value::Null)?;
        let comments = format!("/api/articles/{article}/comments");
        let comment = json!({"comment": {"body": "A comment."}});
        call(server, ("POST", &comments), Some(&reader), &comment)?;
    }
    Ok(())
}

/// Registers a user and returns its token.
pub(crate) fn register(server: SocketAddr, name: &str) -> Result<String> {
    let user = json!({"user": {
        "username": name,
        "email": format!("{name}@example.com"),
        "password": "correct horse battery",
    }});
    let user = call(server, ("POST", "/api/users"), None, &user)?;
    text(&user, "/user/token")
}

/// Publishes an article and returns its slug.
pub(crate) fn publish(
    server: SocketAddr,
    token: &str,
    title: &str,
    tags: &Value,
) -> Result<String> {
    let article = json!({"article": {
        "title": title,
        "description": "What it is about.",
        "body": "Some paragraphs.",
        "tagList": tags,
    }});
    let article = call(server, ("POST", "/api/articles"), Some(token), &article)?;
    text(&article, "/article/slug")
}

fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    let found = found.with_context(|| format!("{value} has no {pointer}"))?;
    Ok(found.to_owned())
}
