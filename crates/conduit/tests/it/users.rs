//! Accounts, tokens and profiles.

use jsonwebtoken::{EncodingKey, Header};
use purlin_router::{auth::JwtIssuer, testing::TestResponse};
use serde_json::{Value, json};

use crate::support::api::{Api, SECRET, article, assert_error, on_each_database};

fn issuer(secret: &str) -> JwtIssuer {
    let issuer = JwtIssuer::hmac(secret).unwrap();
    issuer.issuer("conduit").audience("conduit")
}

fn log_in(api: &Api, email: &str, password: &str) -> TestResponse {
    let user = json!({"email": email, "password": password});
    api.post("/users/login", "", json!({"user": user}))
}

#[test]
fn a_user_registers_logs_in_and_changes_the_account() {
    on_each_database(|api| {
        let token = api.register("ada");
        let user: Value = api.get("/user", &token).json();
        assert_eq!(user["user"]["username"], "ada");
        assert_eq!(user["user"]["bio"], Value::Null);

        let change = json!({"bio": "Mathematician", "image": "https://example.org/ada.png"});
        let change = json!({"email": "ada@lovelace.org", "password": "analytical", "bio": change["bio"], "image": change["image"]});
        let changed: Value = api.put("/user", &token, json!({"user": change})).json();
        assert_eq!(changed["user"]["username"], "ada");
        assert_eq!(changed["user"]["bio"], "Mathematician");

        assert_eq!(
            log_in(api, "ada@example.org", "correct horse").status(),
            401
        );
        assert_eq!(
            log_in(api, "ada@lovelace.org", "correct horse").status(),
            401
        );
        // Addresses are compared without regard to case.
        let user: Value = log_in(api, "Ada@Lovelace.org", "analytical").json();
        assert_eq!(user["user"]["image"], "https://example.org/ada.png");

        let removed = json!({"user": {"bio": null}});
        let user: Value = api.put("/user", &token, removed).json();
        assert_eq!(user["user"]["bio"], Value::Null);
        assert_eq!(user["user"]["image"], "https://example.org/ada.png");
    });
}

#[test]
fn an_unknown_email_and_a_wrong_password_have_the_same_response() {
    on_each_database(|api| {
        api.register("ada");
        let unknown = log_in(api, "bob@example.org", "correct horse");
        let wrong = log_in(api, "ada@example.org", "wrong horse");
        assert_error(&wrong, 401, "body", "the email or the password is wrong");
        assert_eq!(unknown.bytes(), wrong.bytes());
    });
}

#[test]
fn a_name_or_an_email_in_use_is_rejected_with_the_field() {
    on_each_database(|api| {
        api.register("ada");
        let bob = api.register("bob");
        let taken = "has already been taken";
        for (username, email, field) in [
            ("ada", "new@example.org", "username"),
            ("new", "ada@example.org", "email"),
            ("new", "ADA@example.org", "email"),
        ] {
            let user = json!({"username": username, "email": email, "password": "correct horse"});
            assert_error(
                &api.post("/users", "", json!({"user": user})),
                422,
                field,
                taken,
            );
        }
        let change = json!({"user": {"username": "ada"}});
        assert_error(&api.put("/user", &bob, change), 422, "username", taken);
        let change = json!({"user": {"email": "ada@example.org"}});
        assert_error(&api.put("/user", &bob, change), 422, "email", taken);
    });
}

#[test]
fn every_rule_a_user_breaks_is_in_one_response() {
    on_each_database(|api| {
        let user = json!({"username": "", "email": "ada", "password": "short"});
        let response = api.post("/users", "", json!({"user": user}));
        assert_eq!(response.status(), 422);
        let errors = json!({
            "email": ["must match the format email"],
            "password": ["must have at least 8 characters"],
            "username": ["must have at least 1 character"],
        });
        assert_eq!(response.json::<Value>()["errors"], errors);
        for body in ["{", "[]", ""] {
            let call = api.client.post("/api/users");
            let call = call.header("content-type", "application/json");
            assert_eq!(call.body(body).send().status(), 422, "{body}");
        }
    });
}

#[test]
fn an_expired_forged_or_foreign_token_is_rejected() {
    on_each_database(|api| {
        let valid = api.register("ada");
        let claims = json!({"sub": "1"});
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        let signed =
            |claims: Value| jsonwebtoken::encode(&Header::default(), &claims, &key).unwrap();
        let expired = json!({"sub": "1", "iss": "conduit", "aud": "conduit", "exp": 1_700_000_000});
        let endless = json!({"sub": "1", "iss": "conduit", "aud": "conduit"});
        let mut tampered = valid.clone();
        let payload = tampered.find('.').unwrap() + 5;
        let other = if &tampered[payload..=payload] == "A" {
            "B"
        } else {
            "A"
        };
        tampered.replace_range(payload..=payload, other);
        let foreign = JwtIssuer::hmac(SECRET)
            .unwrap()
            .issuer("another")
            .audience("conduit");
        for (what, token) in [
            ("expired", signed(expired)),
            ("without an end", signed(endless)),
            ("tampered", tampered),
            (
                "of another key",
                issuer(&SECRET.to_uppercase()).issue(&claims).unwrap(),
            ),
            ("of another issuer", foreign.issue(&claims).unwrap()),
            (
                "of no user",
                issuer(SECRET).issue(&json!({"sub": "ada"})).unwrap(),
            ),
            ("no token", "x".to_owned()),
        ] {
            for path in ["/user", "/articles/feed", "/articles", "/profiles/ada"] {
                assert_eq!(api.get(path, &token).status(), 401, "{what}: {path}");
            }
        }
        let call = api.client.get("/api/user");
        let bearer = call
            .header("Authorization", format!("Bearer {valid}"))
            .send();
        assert_eq!(bearer.status(), 401);
        assert!(
            bearer
                .header("www-authenticate")
                .unwrap()
                .starts_with("Token")
        );
    });
}

#[test]
fn the_token_of_an_account_that_is_gone_changes_nothing() {
    on_each_database(|api| {
        let ada = api.register("ada");
        let slug = api.publish(&ada, "Notes");
        let gone = issuer(SECRET).issue(&json!({"sub": "999"})).unwrap();
        let comment = json!({"comment": {"body": "Hello!"}});
        for response in [
            api.get("/user", &gone),
            api.put("/user", &gone, json!({"user": {"bio": "Hello!"}})),
            api.post("/articles", &gone, article("Title", &[])),
            api.post(&format!("/articles/{slug}/favorite"), &gone, Value::Null),
            api.post(&format!("/articles/{slug}/comments"), &gone, comment),
            api.post("/profiles/ada/follow", &gone, Value::Null),
        ] {
            assert_error(&response, 404, "body", "does not exist");
        }
        let list: Value = api.get("/articles", "").json();
        assert_eq!(list["articlesCount"], 1);
        assert_eq!(list["articles"][0]["favoritesCount"], 0);
    });
}

#[test]
fn a_user_follows_and_unfollows_another() {
    on_each_database(|api| {
        let ada = api.register("ada");
        api.register("bob");
        let following =
            |response: TestResponse| response.json::<Value>()["profile"]["following"].clone();
        assert_eq!(following(api.get("/profiles/bob", &ada)), false);
        for _ in 0..2 {
            let response = api.post("/profiles/bob/follow", &ada, Value::Null);
            assert_eq!(following(response), true);
        }
        assert_eq!(following(api.get("/profiles/bob", &ada)), true);
        assert_eq!(following(api.get("/profiles/bob", "")), false);
        for _ in 0..2 {
            let response = api.delete("/profiles/bob/follow", &ada);
            assert_eq!(following(response), false);
        }
        for path in ["/profiles/eve", "/profiles/a%00b"] {
            assert_eq!(api.get(path, &ada).status(), 404, "{path}");
        }
    });
}
