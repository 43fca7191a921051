//! Key sets at URLs: which URLs are accepted, when keys are fetched, and what happens while they cannot be.

use std::{thread, time::Duration};

use purlin_router::{
    Router,
    auth::{Bearer, JwtKeys, JwtKeysError},
    testing::TestClient,
};

use super::{
    jwks::{client_of, set, status},
    jwt::registry,
    key_server::{Behaviour, KeyServer, wait_until},
};

use crate::support::router;

/// The shortest refresh interval.
const SOON: Duration = Duration::from_millis(100);

fn keys_of(server: &KeyServer) -> JwtKeys {
    JwtKeys::jwks_url(&server.url).unwrap()
}

#[test]
fn url_is_https_or_on_this_machine() {
    for url in [
        "https://id.example/jwks",
        "HTTPS://id.example:8443/jwks?tenant=a@b",
        "http://localhost/jwks",
        "http://LOCALHOST:80/jwks",
        "http://127.0.0.1:8080/",
        "http://127.8.9.10",
        "http://[::1]:80/jwks",
    ] {
        assert!(JwtKeys::jwks_url(url).is_ok(), "{url}");
    }
    for (url, reason) in [
        ("http://id.example/jwks", "use https"),
        ("http://127.0.0.1.evil.example/", "use https"),
        ("http://localhost.evil.example/", "use https"),
        ("http://localhost:80.evil.example/", "use a URL such as"),
        ("http://10.0.0.1/", "use https"),
        ("http://[::2]/", "use https"),
        ("http://127.1/", "use https"),
        ("ftp://localhost/", "use https"),
        ("file:///etc/jwks.json", "use a URL such as"),
        ("/jwks", "use a URL such as"),
        ("id.example", "use https"),
        ("https://", "use a URL such as"),
        ("https://:443/jwks", "use a URL such as"),
        ("https://id.example:port/jwks", "use a URL such as"),
        ("https://id.example:99999/jwks", "use a URL such as"),
        ("https://id.example\\@localhost/jwks", "use a URL such as"),
        ("https://id.example /jwks", "use a URL such as"),
        ("", "use a URL such as"),
    ] {
        let error = JwtKeys::jwks_url(url).unwrap_err();
        let message = error.to_string();
        assert!(matches!(error, JwtKeysError::Url { .. }), "{url}");
        assert!(message.contains(reason), "{url}: {message}");
        // What is before an `@` may be a password.
        let printed = url.rsplit('@').next().unwrap();
        assert!(message.contains(printed), "{url}: {message}");
    }
}

#[test]
fn url_without_user_and_password() {
    for (url, host) in [
        ("http://localhost:80@evil.example/", "`evil.example`"),
        ("http://127.0.0.1@evil.example/", "`evil.example`"),
        ("https://ada:s3cret@id.example/jwks", "`id.example`"),
        ("https://@id.example/jwks", "`id.example`"),
    ] {
        let message = JwtKeys::jwks_url(url).unwrap_err().to_string();
        assert!(message.contains("user name or password"), "{message}");
        assert!(message.contains(host), "{message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[test]
fn url_is_fetched_for_the_first_token_and_then_rarely() {
    let server = KeyServer::start(Behaviour::Sends(set(&["one"])));
    let client = client_of(keys_of(&server));
    assert_eq!(server.asked(), 0);
    for _ in 0..3 {
        assert_eq!(status(&client, "one"), 200);
    }
    for _ in 0..30 {
        assert_eq!(status(&client, "unheard-of"), 401);
    }
    assert_eq!(
        server.asked(),
        1,
        "unknown keys do not cause another fetch at once"
    );
}

#[test]
fn token_cannot_be_checked_without_keys() {
    let unavailable = Behaviour::SendsWithStatus(503, set(&["one"]));
    let server = KeyServer::start(unavailable);
    let client = client_of(keys_of(&server));
    for _ in 0..3 {
        assert_eq!(status(&client, "one"), 503);
    }
    assert_eq!(
        server.asked(),
        1,
        "an unavailable server is not contacted again at once"
    );
}

#[test]
fn only_a_whole_response_with_status_200_is_used() {
    let elsewhere = KeyServer::start(Behaviour::Sends(set(&["one"])));
    for behaviour in [
        Behaviour::RedirectsTo(elsewhere.url.clone()),
        Behaviour::SendsWithStatus(203, set(&["one"])),
        Behaviour::SendsWithStatus(404, set(&["one"])),
        Behaviour::Sends(set(&["one"]) + &" ".repeat(512 * 1024)),
        Behaviour::Sends("{}".to_owned()),
    ] {
        let server = KeyServer::start(behaviour);
        let client = client_of(keys_of(&server));
        assert_eq!(status(&client, "one"), 503);
        assert_eq!(server.asked(), 1);
    }
    assert_eq!(elsewhere.asked(), 0, "redirects are not followed");
}

#[test]
fn response_that_does_not_end_is_given_up() {
    let server = KeyServer::start(Behaviour::Trickles);
    let client = client_of(keys_of(&server).cooldown(Duration::ZERO));
    assert_eq!(status(&client, "one"), 503);
    server.set(Behaviour::Sends(set(&["one"])));
    wait_until("the keys are fetched again", || {
        status(&client, "one") == 200
    });
}

#[test]
fn token_with_a_new_key_waits_for_the_key_set() {
    let server = KeyServer::start(Behaviour::Sends(set(&["one"])));
    let client = client_of(keys_of(&server).cooldown(Duration::ZERO));
    assert_eq!(status(&client, "one"), 200);
    server.set(Behaviour::Sends(set(&["two"])));
    assert_eq!(status(&client, "two"), 200);
    assert_eq!(status(&client, "one"), 401, "it was withdrawn");
}

/// Sends tokens that name these keys at once, and returns the statuses in the same order.
fn statuses(router: &Router, ids: &[&'static str]) -> Vec<u16> {
    let all: Vec<_> = ids
        .iter()
        .map(|id| {
            let (router, id) = (router.clone(), *id);
            thread::spawn(move || status(&TestClient::new(&router), id))
        })
        .collect();
    all.into_iter().map(|one| one.join().unwrap()).collect()
}

#[test]
fn requests_wait_together_for_one_fetch() {
    let server = KeyServer::start(Behaviour::Stalls);
    let router = router(&registry(Bearer::new(keys_of(&server))));
    thread::scope(|scope| {
        let waiting = scope.spawn(|| statuses(&router, &["one", "one", "two", "one"]));
        wait_until("the server is asked", || server.asked() == 1);
        server.set(Behaviour::Sends(set(&["one"])));
        assert_eq!(waiting.join().unwrap(), [200, 200, 401, 200]);
    });
    assert_eq!(server.asked(), 1);
}

#[test]
fn keys_are_fetched_before_they_are_stale_and_without_a_request() {
    let server = KeyServer::start(Behaviour::Sends(set(&["one"])));
    let client = client_of(keys_of(&server).refresh_interval(SOON));
    assert_eq!(status(&client, "one"), 200);
    wait_until("the keys are fetched again", || server.asked() > 3);
}

#[test]
fn known_key_does_not_wait_for_a_fetch() {
    let server = KeyServer::start(Behaviour::Sends(set(&["one"])));
    let client = client_of(keys_of(&server).refresh_interval(SOON));
    assert_eq!(status(&client, "one"), 200);
    server.set(Behaviour::Stalls);
    let before = server.asked();
    wait_until("the keys are being fetched", || server.asked() > before);
    wait_until("a token is accepted during a fetch", || {
        let fetches = server.asked();
        assert_eq!(status(&client, "one"), 200);
        server.asked() == fetches
    });
}

#[test]
fn last_keys_are_used_up_to_their_maximum_age() {
    let server = KeyServer::start(Behaviour::Sends(set(&["one"])));
    let keys = keys_of(&server).refresh_interval(SOON);
    let (long, short) = (
        client_of(keys.clone()),
        client_of(keys.max_age(Duration::from_millis(300)).cooldown(SOON)),
    );
    assert_eq!((status(&long, "one"), status(&short, "one")), (200, 200));
    server.set(Behaviour::SendsWithStatus(500, String::new()));
    wait_until("the keys are too old", || status(&short, "one") == 503);
    assert_eq!(status(&long, "one"), 200);
    server.set(Behaviour::Sends(set(&["one"])));
    wait_until("there are keys again", || status(&short, "one") == 200);
}

#[test]
fn thread_ends_with_the_keys() {
    let server = KeyServer::start(Behaviour::Sends(set(&["one"])));
    let client = client_of(keys_of(&server).refresh_interval(SOON));
    assert_eq!(status(&client, "one"), 200);
    drop(client);
    // A fetch that had begun may still arrive.
    let mut before = server.asked();
    wait_until("the server is left alone", || {
        thread::sleep(SOON * 3);
        let now = server.asked();
        std::mem::replace(&mut before, now) == now
    });
}
