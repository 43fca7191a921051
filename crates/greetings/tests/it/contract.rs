//! Reaches every part of the contract once: each status, parameter and kind of rule.

use purlin_router::testing::{Coverage, TestClient};
use serde_json::json;

use crate::support::{HEADER, KEY, router};

#[test]
fn tests_cover_the_whole_contract() {
    let router = router();
    let coverage = Coverage::of(&router);
    let client = TestClient::new(&router).recording(&coverage);

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
