//! Articles, tags, favorites and the feed.

use serde_json::{Value, json};

use crate::support::api::{Api, article, assert_error, on_each_database};

/// Returns the titles of a list, and the number of all articles in it.
#[track_caller]
fn list(api: &Api, path: &str, token: &str) -> (Vec<String>, u64) {
    let response = api.get(path, token);
    assert_eq!(response.status(), 200, "{}", response.text());
    let body: Value = response.json();
    let articles = body["articles"].as_array().unwrap().iter();
    let titles = articles.map(|article| article["title"].as_str().unwrap().to_owned());
    (titles.collect(), body["articlesCount"].as_u64().unwrap())
}

#[test]
fn an_article_is_published_changed_and_deleted() {
    on_each_database(|api| {
        let ada = api.register("ada");
        let tags = ["training", "dragons", "training"];
        let created = api.post(
            "/articles",
            &ada,
            article("How to train your Dragon!", &tags),
        );
        assert_eq!(created.status(), 201);
        let path = "/articles/how-to-train-your-dragon";
        assert_eq!(created.header("location"), Some(&*format!("/api{path}")));
        let created: Value = created.json();
        assert_eq!(
            created["article"]["tagList"],
            json!(["dragons", "training"])
        );
        let time = created["article"]["createdAt"].as_str().unwrap();
        // As the RealWorld project's tests want it: with a fraction of a second.
        assert!(
            time.len() == 24 && &time[19..20] == "." && time.ends_with('Z'),
            "{time}"
        );
        assert_eq!(
            api.get(path, "").json::<Value>()["article"],
            created["article"]
        );
        assert_eq!(
            api.get("/tags", "").json::<Value>(),
            json!({"tags": ["dragons", "training"]})
        );

        let change = json!({"article": {"title": "On dragons", "body": "New.", "slug": "ignored"}});
        let changed: Value = api.put(path, &ada, change).json();
        assert_eq!(changed["article"]["slug"], "on-dragons");
        assert_eq!(changed["article"]["body"], "New.");
        assert_eq!(changed["article"]["description"], "About it.");
        assert_eq!(
            changed["article"]["tagList"],
            json!(["dragons", "training"])
        );
        assert_eq!(api.get(path, "").status(), 404);
        let unchanged: Value = api
            .put("/articles/on-dragons", &ada, json!({"article": {}}))
            .json();
        assert_eq!(unchanged["article"]["title"], "On dragons");

        assert_eq!(api.delete("/articles/on-dragons", &ada).status(), 204);
        assert_eq!(api.delete("/articles/on-dragons", &ada).status(), 404);
        assert_eq!(api.get("/tags", "").json::<Value>(), json!({"tags": []}));
    });
}

#[test]
fn an_article_of_another_user_is_not_changed() {
    on_each_database(|api| {
        let (ada, bob) = (api.register("ada"), api.register("bob"));
        let path = format!("/articles/{}", api.publish(&ada, "Notes"));
        let change = json!({"article": {"title": "Mine"}});
        let message = "belongs to another user";
        assert_error(&api.put(&path, &bob, change.clone()), 403, "body", message);
        assert_error(&api.delete(&path, &bob), 403, "body", message);
        assert_eq!(api.put("/articles/none", &bob, change).status(), 404);
        assert_eq!(list(api, "/articles", ""), (vec!["Notes".to_owned()], 1));
    });
}

#[test]
fn articles_of_one_title_have_slugs_of_their_own() {
    on_each_database(|api| {
        let (ada, bob) = (api.register("ada"), api.register("bob"));
        assert_eq!(api.publish(&ada, "Notes"), "notes");
        let second = api.publish(&bob, "NOTES?");
        let suffix = second.strip_prefix("notes-").unwrap();
        assert!(
            suffix.len() == 8 && suffix.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{second}"
        );
        let update = |slug: &str, token: &str, title: &str| {
            let change = json!({"article": {"title": title, "body": "New."}});
            let changed = api.put(&format!("/articles/{slug}"), token, change);
            assert_eq!(changed.status(), 200, "{}", changed.text());
            let changed: Value = changed.json();
            assert_eq!(changed["article"]["title"], title);
            changed["article"]["slug"].as_str().unwrap().to_owned()
        };
        // A title that does not change keeps the slug, whichever it is.
        assert_eq!(update(&second, &bob, "NOTES?"), second);
        assert_eq!(update("notes", &ada, "Notes"), "notes");
        assert_eq!(update("notes", &ada, "Notes!"), "notes");
        // A title that another article has gets a suffix.
        let third = api.publish(&ada, "Others");
        let third = update(&third, &ada, "Notes");
        assert!(third.starts_with("notes-") && third != second, "{third}");
        for (slug, title) in [("notes", "Notes!"), (&second, "NOTES?"), (&third, "Notes")] {
            let found: Value = api.get(&format!("/articles/{slug}"), "").json();
            assert_eq!(found["article"]["title"], title);
        }
    });
}

#[test]
fn every_title_makes_a_slug_that_is_found() {
    on_each_database(|api| {
        let ada = api.register("ada");
        for (title, slug) in [
            ("Feed", "feed-1"),
            ("?!", "untitled"),
            ("Über  Straßen & Flüsse", "über-straßen-flüsse"),
            ("İ 日本", "i\u{307}-日本"),
            (" -a- ", "a"),
        ] {
            let created = api.post("/articles", &ada, article(title, &[]));
            let location = created.header("location").unwrap().to_owned();
            let created: Value = created.json();
            // The dot of the lower-case İ is no letter.
            let expected = slug.replace('\u{307}', "");
            assert_eq!(created["article"]["slug"], expected, "{title}");
            let found = api.client.get(&location).send();
            assert_eq!(found.json::<Value>()["article"]["title"], title);
        }
    });
}

#[test]
fn what_an_article_cannot_have_is_rejected() {
    on_each_database(|api| {
        let ada = api.register("ada");
        let rejected = |body: Value, field: &str, message: &str| {
            assert_error(&api.post("/articles", &ada, body), 422, field, message);
        };
        rejected(
            article(&"x".repeat(10_000), &[]),
            "title",
            "must have at most 200 characters",
        );
        rejected(article("", &[]), "title", "must have at least 1 character");
        rejected(
            article("a\0b", &[]),
            "title",
            "must have visible and no control characters",
        );
        for blank in [" ", "\t \r\n"] {
            let message = "must have visible and no control characters";
            rejected(article(blank, &[]), "title", message);
        }
        rejected(
            article("a", &[""]),
            "tagList",
            "must have at least 1 character",
        );
        rejected(
            article("a", &["t"; 21]),
            "tagList",
            "must have at most 20 items",
        );
        assert_eq!(list(api, "/articles", ""), (vec![], 0));
        let without_tags = json!({"article": {"title": "a", "description": "b", "body": "c"}});
        let created = api.post("/articles", &ada, without_tags);
        assert_eq!(created.json::<Value>()["article"]["tagList"], json!([]));
    });
}

#[test]
fn lists_are_filtered_and_cut_into_pages_newest_first() {
    on_each_database(|api| {
        let (ada, bob) = (api.register("ada"), api.register("bob"));
        for (token, title, tags) in [
            (&ada, "One", &["odd"][..]),
            (&bob, "Two", &["even", "prime"]),
            (&ada, "Three", &["odd", "prime"]),
        ] {
            api.publish_with_tags(token, title, tags);
        }
        api.post("/articles/one/favorite", &bob, Value::Null);
        for (query, titles) in [
            ("", &["Three", "Two", "One"][..]),
            ("?tag=prime", &["Three", "Two"]),
            ("?author=ada", &["Three", "One"]),
            ("?favorited=bob", &["One"]),
            ("?author=ada&tag=prime", &["Three"]),
            ("?tag=none", &[]),
            ("?author=none", &[]),
            ("?favorited=ada", &[]),
        ] {
            let (found, count) = list(api, &format!("/articles{query}"), "");
            assert_eq!(found, titles, "{query}");
            assert_eq!(count, titles.len() as u64, "{query}");
        }
        for (query, titles) in [
            ("limit=2", &["Three", "Two"][..]),
            ("limit=2&offset=2", &["One"]),
            ("offset=3", &[]),
            ("offset=1000000", &[]),
        ] {
            let (found, count) = list(api, &format!("/articles?{query}"), "");
            assert_eq!(found, titles, "{query}");
            assert_eq!(count, 3, "{query}");
        }
        let page = api.get("/articles?limit=1&offset=1", "");
        let links = page.header("link").unwrap();
        assert!(
            links.contains(r#"<?offset=2&limit=1>; rel="next""#),
            "{links}"
        );
        for query in [
            "limit=0",
            "limit=101",
            "offset=-1",
            "offset=x",
            "offset=1000001",
            "page=2",
        ] {
            assert_eq!(
                api.get(&format!("/articles?{query}"), "").status(),
                422,
                "{query}"
            );
        }
    });
}

#[test]
fn the_feed_has_articles_of_followed_users() {
    on_each_database(|api| {
        let (ada, bob) = (api.register("ada"), api.register("bob"));
        api.publish(&bob, "By Bob");
        api.publish(&ada, "By Ada");
        assert_eq!(list(api, "/articles/feed", &ada), (vec![], 0));
        api.post("/profiles/bob/follow", &ada, Value::Null);
        let feed: Value = api.get("/articles/feed", &ada).json();
        assert_eq!(feed["articlesCount"], 1);
        assert_eq!(feed["articles"][0]["title"], "By Bob");
        assert_eq!(feed["articles"][0]["author"]["following"], true);
        assert_eq!(list(api, "/articles/feed?offset=1", &ada), (vec![], 1));
    });
}

#[test]
fn favorites_are_those_of_the_caller() {
    on_each_database(|api| {
        let (ada, bob) = (api.register("ada"), api.register("bob"));
        let path = format!("/articles/{}", api.publish(&ada, "Notes"));
        let favorite = format!("{path}/favorite");
        for (token, count) in [(&ada, 1), (&bob, 2), (&bob, 2)] {
            let marked: Value = api.post(&favorite, token, Value::Null).json();
            assert_eq!(marked["article"]["favorited"], true);
            assert_eq!(marked["article"]["favoritesCount"], count);
        }
        assert_eq!(
            api.get(&path, "").json::<Value>()["article"]["favorited"],
            false
        );
        for _ in 0..2 {
            let unmarked: Value = api.delete(&favorite, &bob).json();
            assert_eq!(unmarked["article"]["favorited"], false);
            assert_eq!(unmarked["article"]["favoritesCount"], 1);
        }
        assert_eq!(
            api.get(&path, &ada).json::<Value>()["article"]["favorited"],
            true
        );
        assert_eq!(api.delete(&path, &ada).status(), 204);
    });
}
