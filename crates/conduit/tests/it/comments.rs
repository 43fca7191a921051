//! Comments on articles.

use serde_json::{Value, json};

use crate::support::api::{assert_error, on_each_database};

#[test]
fn comments_are_added_listed_newest_first_and_deleted() {
    on_each_database(|api| {
        let (ada, bob) = (api.register("ada"), api.register("bob"));
        let path = format!("/articles/{}/comments", api.publish(&ada, "Notes"));
        let add = |token: &str, text: &str| {
            let added = api.post(&path, token, json!({"comment": {"body": text}}));
            assert_eq!(added.status(), 200, "{}", added.text());
            added.json::<Value>()["comment"].clone()
        };
        let bodies = |query: &str| {
            let list: Value = api.get(&format!("{path}{query}"), &bob).json();
            let comments = list["comments"].as_array().unwrap().iter();
            comments
                .map(|it| it["body"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let first = add(&ada, "First!");
        assert_eq!(first["author"]["username"], "ada");
        let second = add(&bob, "Second.");
        assert_eq!(bodies(""), ["Second.", "First!"]);
        assert_eq!(bodies("?limit=1"), ["Second."]);
        assert_eq!(bodies("?offset=1"), ["First!"]);
        assert!(bodies("?offset=2").is_empty());

        let [first, second] = [&first, &second].map(|it| format!("{path}/{}", it["id"]));
        assert_error(
            &api.delete(&first, &bob),
            403,
            "body",
            "belongs to another user",
        );
        assert_eq!(api.delete(&second, &bob).status(), 204);
        assert_eq!(api.delete(&second, &bob).status(), 404);
        // Ids are not used again.
        let third = add(&bob, "Third.");
        assert!(!second.ends_with(&format!("/{}", third["id"])));
        assert_eq!(bodies(""), ["Third.", "First!"]);
    });
}

#[test]
fn comments_on_what_does_not_exist_are_not_found() {
    on_each_database(|api| {
        let ada = api.register("ada");
        let slug = api.publish(&ada, "Notes");
        let other = api.publish(&ada, "Others");
        let comment = json!({"comment": {"body": "Hello!"}});
        let added = api.post(&format!("/articles/{slug}/comments"), &ada, comment.clone());
        let id = added.json::<Value>()["comment"]["id"].clone();
        for response in [
            api.get("/articles/none/comments", ""),
            api.post("/articles/none/comments", &ada, comment),
            api.delete(&format!("/articles/none/comments/{id}"), &ada),
            api.delete(&format!("/articles/{other}/comments/{id}"), &ada),
            api.delete(&format!("/articles/{slug}/comments/999"), &ada),
        ] {
            assert_error(&response, 404, "body", "does not exist");
        }
        for id in ["x", "1.5", "99999999999999999999"] {
            let response = api.delete(&format!("/articles/{slug}/comments/{id}"), &ada);
            assert_eq!(response.status(), 404, "{id}");
        }
    });
}
