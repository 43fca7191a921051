//! Clients that want the same name at the same time.

use std::{collections::BTreeSet, thread};

use super::support::{Client, conduit, on_each_database};
use crate::process::Server;

/// The clients that race.
const CLIENTS: usize = 8;

/// Sends what `send` sends from all clients at once, and returns the statuses in order.
fn race(send: impl Fn(usize) -> u16 + Sync) -> Vec<u16> {
    let send = &send;
    let mut statuses: Vec<u16> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| scope.spawn(move || send(client)))
            .collect();
        clients.into_iter().map(|it| it.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    statuses
}

#[test]
fn one_of_the_users_who_register_an_email_at_once_gets_it() {
    on_each_database(|folder, database| {
        let server = Server::start(&mut conduit(folder, &database.url));
        let client = Client::new(&server);
        let statuses = race(|number| {
            client
                .register(&format!("user{number}"), "one@example.com")
                .0
        });
        assert_eq!(statuses, expected(), "{}", database.url);
        // None of the losers has left a user behind: their names are free.
        let registered = (0..CLIENTS)
            .filter(|number| client.get(&format!("/api/profiles/user{number}")).0 == 200)
            .count();
        assert_eq!(registered, 1, "{}", database.url);
    });
}

#[test]
fn articles_with_a_title_published_at_once_all_exist() {
    on_each_database(|folder, database| {
        let server = Server::start(&mut conduit(folder, &database.url));
        let author = Client::registered(&server, "author");
        let statuses = race(|_| author.publish("The same title").0);
        assert_eq!(statuses, [201; CLIENTS], "{}", database.url);
        let (_, list) = author.get("/api/articles");
        let articles = list["articles"].as_array().unwrap();
        let slugs: BTreeSet<_> = articles
            .iter()
            .map(|it| it["slug"].as_str().unwrap())
            .collect();
        assert_eq!(slugs.len(), CLIENTS, "{}: {slugs:?}", database.url);
        assert!(slugs.contains("the-same-title"), "{slugs:?}");
        for article in articles {
            assert_eq!(article["tagList"], serde_json::json!(["faults", "tests"]));
        }
    });
}

#[test]
fn one_of_those_who_delete_an_article_or_a_comment_at_once_deletes_it() {
    on_each_database(|folder, database| {
        let server = Server::start(&mut conduit(folder, &database.url));
        let author = Client::registered(&server, "author");
        let mut expected = vec![204];
        expected.resize(CLIENTS, 404);
        for round in 0..5 {
            let (_, article) = author.publish(&format!("Round {round}"));
            let slug = article["article"]["slug"].as_str().unwrap();
            let article = format!("/api/articles/{slug}");
            let comments = format!("{article}/comments");
            let comment = serde_json::json!({"comment": {"body": "Hello!"}});
            let (_, comment) = author.send("POST", &comments, &comment);
            let comment = format!("{comments}/{}", comment["comment"]["id"]);
            for path in [comment, article] {
                let statuses = race(|_| author.send("DELETE", &path, &serde_json::Value::Null).0);
                assert_eq!(statuses, expected, "{}: {path}", database.url);
            }
        }
    });
}

#[test]
fn favorites_of_many_clients_are_counted_once_each() {
    on_each_database(|folder, database| {
        let server = Server::start(&mut conduit(folder, &database.url));
        let author = Client::registered(&server, "author");
        let (_, article) = author.publish("Popular");
        let path = format!(
            "/api/articles/{}/favorite",
            article["article"]["slug"].as_str().unwrap()
        );
        let statuses = race(|_| author.send("POST", &path, &serde_json::Value::Null).0);
        assert_eq!(statuses, [200; CLIENTS], "{}", database.url);
        let (_, list) = author.get("/api/articles");
        assert_eq!(list["articles"][0]["favoritesCount"], 1, "{}", database.url);
    });
}

/// One client is served; the others learn that the name is taken.
fn expected() -> Vec<u16> {
    let mut statuses = vec![201];
    statuses.resize(CLIENTS, 422);
    statuses
}
