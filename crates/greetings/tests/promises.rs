//! Every promise of the contract, reached once: each status, parameter and kind of rule.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::collections::BTreeMap;

use purlin_greetings::{ApiKeys, GreetingsSettings, registry};
use purlin_router::testing::{Coverage, TestClient};
use serde_json::json;

const HEADER: &str = "X-MyApp-ApiKey";
const KEY: &str = "a key for the tests";

#[test]
fn every_promise_is_reached() {
    let mut settings = GreetingsSettings::default();
    settings.api_keys = BTreeMap::from([("tests".to_owned(), KEY.to_owned().try_into().unwrap())]);
    let api = registry(&ApiKeys::new(settings)).build().unwrap();
    let coverage = Coverage::of(&api);
    let client = TestClient::new(&api).recording(&coverage);

    for (target, key, status) in [
        ("/", None, 200),
        ("/generic_greeting", Some(KEY), 200),
        ("/generic_greeting", Some("another"), 401),
        ("/personalised_greeting?name=Ada", Some(KEY), 200),
        ("/personalised_greeting?name=Ada", None, 401),
        ("/personalised_greeting?nom=Ada", Some(KEY), 400),
    ] {
        let call = client.get(target);
        let call = match key {
            Some(key) => call.header(HEADER, key),
            None => call,
        };
        assert_eq!(call.send().status(), status, "{target}");
    }

    let send = |body| {
        client
            .post("/send_greeting")
            .header(HEADER, KEY)
            .json(&body)
    };
    let ada = json!({"name": "Ada", "age": 36});
    assert_eq!(send(ada.clone()).send().status(), 201);
    for wrong in [json!({"name": 1, "height": null, "title": "Dr"}), json!([])] {
        assert_eq!(send(wrong).send().status(), 400);
    }
    assert_eq!(
        client.post("/send_greeting").json(&ada).send().status(),
        401
    );
    let long = json!({"name": "a".repeat(1024 * 1024), "age": 36});
    assert_eq!(send(long).send().status(), 413);

    coverage.assert_full();
    assert_eq!(coverage.declared(), 21);
}
