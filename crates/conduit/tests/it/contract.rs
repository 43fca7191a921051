//! Reaches every part of the contract: each operation, status, parameter and kind of rule.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::api::{article, on_each_database};

/// Every operation, with a path and a body with which it succeeds.
fn operations() -> Vec<(Method, &'static str, Value)> {
    let user = |user: Value| json!({"user": user});
    let new = json!({"username": "eve", "email": "eve@example.org", "password": "correct horse"});
    let login = json!({"email": "ada@example.org", "password": "correct horse"});
    vec![
        (Method::POST, "/users", user(new)),
        (Method::POST, "/users/login", user(login)),
        (Method::GET, "/user", Value::Null),
        (Method::PUT, "/user", user(json!({"bio": "x"}))),
        (Method::GET, "/profiles/bob", Value::Null),
        (Method::POST, "/profiles/bob/follow", Value::Null),
        (Method::DELETE, "/profiles/bob/follow", Value::Null),
        (
            Method::GET,
            "/articles?tag=a&author=ada&favorited=bob&limit=5&offset=0",
            Value::Null,
        ),
        (Method::GET, "/articles/feed?limit=5&offset=0", Value::Null),
        (Method::GET, "/articles/notes", Value::Null),
        (Method::POST, "/articles", article("New", &["a"])),
        (
            Method::PUT,
            "/articles/notes",
            json!({"article": {"body": "x"}}),
        ),
        (Method::GET, "/tags", Value::Null),
        (
            Method::GET,
            "/articles/notes/comments?limit=5&offset=0",
            Value::Null,
        ),
        (
            Method::POST,
            "/articles/notes/comments",
            json!({"comment": {"body": "x"}}),
        ),
        (Method::POST, "/articles/notes/favorite", Value::Null),
        (Method::DELETE, "/articles/notes/favorite", Value::Null),
        (Method::DELETE, "/articles/notes/comments/1", Value::Null),
        (Method::DELETE, "/articles/notes", Value::Null),
    ]
}

#[test]
fn tests_cover_the_whole_contract() {
    on_each_database(|api| {
        let (ada, bob) = (api.register("ada"), api.register("bob"));
        api.publish(&ada, "Notes");
        api.publish(&bob, "Others");
        let foreign = json!({"comment": {"body": "x"}});
        let comment = api.post("/articles/others/comments", &bob, foreign);
        let comment = comment.json::<Value>()["comment"]["id"].clone();

        // What breaks rules.
        let long = "x".repeat(100_001);
        let many = vec!["x".repeat(51); 21];
        for (method, path, body) in operations() {
            // With a wrong token; it is not read by the public operations, of which this one would succeed.
            if path != "/users" {
                let _ = api.send(method.clone(), path, "x", &body);
            }
            if body.is_null() {
                continue;
            }
            for body in [
                json!({}),
                json!({"user": {}, "article": {}, "comment": {}}),
                json!({"user": 1, "article": 1, "comment": 1}),
                json!({
                    "user": {"username": "", "email": "", "password": "", "bio": "", "image": ""},
                    "article": {"title": "", "description": "", "body": "", "tagList": [""]},
                    "comment": {"body": ""},
                }),
                json!({
                    "user": {"username": long, "email": long, "password": long, "bio": long, "image": long},
                    "article": {"title": long, "description": long, "body": long, "tagList": many},
                    "comment": {"body": long},
                }),
                json!({
                    "user": {"username": "\0", "email": "\0", "bio": "\0", "image": "\0"},
                    "article": {"title": "\0", "description": "\0", "body": "\0", "tagList": ["\0"]},
                    "comment": {"body": "\0"},
                }),
                json!({"user": null, "article": null, "comment": null}),
                json!({"other": 1}),
            ] {
                let mut body = body;
                let wanted = match path {
                    path if path.starts_with("/user") => "user",
                    path if path.ends_with("comments") => "comment",
                    _ => "article",
                };
                if body.get("other").is_none() && body.get(wanted).is_some() {
                    body = json!({wanted: body[wanted].clone()});
                }
                let _ = api.send(method.clone(), path, &ada, &body);
            }
            let call = api.client.request(method.clone(), &format!("/api{path}"));
            let token = format!("Token {ada}");
            let call = call.header("Authorization", token);
            assert_eq!(
                call.header("content-type", "text/plain")
                    .body("x")
                    .send()
                    .status(),
                415
            );
            let large = json!({"user": "x".repeat(2 * 1024 * 1024)});
            assert_eq!(api.send(method, path, &ada, &large).status(), 413);
        }
        let name = "x".repeat(301);
        for path in [name.as_str(), "%00", "%01", "%FF", ""] {
            for (method, template) in [
                (Method::GET, "/profiles/{}"),
                (Method::POST, "/profiles/{}/follow"),
                (Method::DELETE, "/profiles/{}/follow"),
                (Method::GET, "/articles/{}"),
                (Method::PUT, "/articles/{}"),
                (Method::DELETE, "/articles/{}"),
                (Method::GET, "/articles/{}/comments"),
                (Method::POST, "/articles/{}/comments"),
                (Method::DELETE, "/articles/{}/comments/x"),
                (Method::POST, "/articles/{}/favorite"),
                (Method::DELETE, "/articles/{}/favorite"),
            ] {
                let response = api.send(method, &template.replace("{}", path), &ada, &Value::Null);
                assert!(response.status().is_client_error(), "{template}");
            }
        }
        for path in ["/articles", "/articles/feed", "/articles/notes/comments"] {
            for query in [
                "limit=0",
                "limit=501",
                "limit=x",
                "offset=-1",
                "offset=1000001",
                "x=1",
            ] {
                let response = api.get(&format!("{path}?{query}"), &ada);
                assert_eq!(response.status(), 422, "{path}?{query}");
            }
        }
        for query in [
            "tag=",
            "tag=%00",
            "author=",
            "author=%00",
            "favorited=",
            "favorited=%00",
        ] {
            assert_eq!(
                api.get(&format!("/articles?{query}"), &ada).status(),
                422,
                "{query}"
            );
        }
        for name in ["tag", "author", "favorited"] {
            let query = format!("/articles?{name}={}", "x".repeat(51));
            assert_eq!(api.get(&query, &ada).status(), 422, "{query}");
        }

        // What belongs to another user, and what does not exist.
        let change = json!({"article": {"body": "x"}});
        let wrong = json!({"user": {"email": "ada@example.org", "password": "wrong"}});
        for (status, response) in [
            (401, api.post("/users/login", "", wrong)),
            (403, api.put("/articles/others", &ada, change.clone())),
            (403, api.delete("/articles/others", &ada)),
            (
                403,
                api.delete(&format!("/articles/others/comments/{comment}"), &ada),
            ),
            (404, api.put("/articles/none", &ada, change)),
        ] {
            assert_eq!(response.status(), status, "{}", response.text());
        }

        // What succeeds: the order matters, since the last ones delete.
        let comment = api.post(
            "/articles/notes/comments",
            &ada,
            json!({"comment": {"body": "x"}}),
        );
        let id = comment.json::<Value>()["comment"]["id"].to_string();
        for (method, path, body) in operations() {
            let path = path.replace("comments/1", &format!("comments/{id}"));
            let response = api.send(method.clone(), &path, &ada, &body);
            assert!(
                response.status().is_success(),
                "{method} {path}: {}",
                response.text()
            );
        }

        // Without a database.
        api.client.block_on(api.database.close());
        for (method, path, body) in operations() {
            let response = api.send(method.clone(), path, &ada, &body);
            assert_eq!(
                response.status(),
                503,
                "{method} {path}: {}",
                response.text()
            );
            assert_eq!(response.header("retry-after"), Some("1"));
        }

        api.coverage.assert_full();
    });
}
