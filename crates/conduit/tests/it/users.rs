//! Accounts, tokens and profiles.

use std::thread;

use actix_web::rt::{self, System};
use jsonwebtoken::{EncodingKey, Header};
use purlin_app::Bounded;
use purlin_conduit::{Auth, TokenSettings};
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
        let token = user["user"]["token"].as_str().unwrap();

        let removed = json!({"user": {"bio": null}});
        let user: Value = api.put("/user", token, removed).json();
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
        let claims = json!({"sub": "1", "generation": 0});
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        let signed =
            |claims: Value| jsonwebtoken::encode(&Header::default(), &claims, &key).unwrap();
        let expired = json!({"sub": "1", "generation": 0, "iss": "conduit", "aud": "conduit", "exp": 1_700_000_000});
        let endless = json!({"sub": "1", "generation": 0, "iss": "conduit", "aud": "conduit"});
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
                issuer(SECRET)
                    .issue(&json!({"sub": "ada", "generation": 0}))
                    .unwrap(),
            ),
            (
                "of another generation",
                issuer(SECRET)
                    .issue(&json!({"sub": "1", "generation": 1}))
                    .unwrap(),
            ),
            (
                "without a generation",
                issuer(SECRET).issue(&json!({"sub": "1"})).unwrap(),
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
fn the_token_of_an_account_that_is_gone_is_rejected() {
    on_each_database(|api| {
        let ada = api.register("ada");
        let slug = api.publish(&ada, "Notes");
        let gone = issuer(SECRET).issue(&json!({"sub": "999", "generation": 0}));
        let gone = gone.unwrap();
        let comment = json!({"comment": {"body": "Hello!"}});
        let favorite = format!("/articles/{slug}/favorite");
        for response in [
            api.get("/user", &gone),
            api.put("/user", &gone, json!({"user": {"bio": "Hello!"}})),
            api.get("/articles", &gone),
            api.get("/articles/feed", &gone),
            api.get("/articles/none", &gone),
            api.post("/articles", &gone, article("Title", &[])),
            api.delete(&format!("/articles/{slug}"), &gone),
            api.post(&favorite, &gone, Value::Null),
            api.delete(&favorite, &gone),
            api.post(&format!("/articles/{slug}/comments"), &gone, comment),
            api.post("/profiles/ada/follow", &gone, Value::Null),
            api.delete("/profiles/ada/follow", &gone),
        ] {
            let message = "the request's credential is not valid";
            assert_error(&response, 401, "body", message);
            let challenge = response.header("www-authenticate").unwrap();
            assert!(challenge.starts_with("Token"), "{challenge}");
        }
        let list: Value = api.get("/articles", "").json();
        assert_eq!(list["articlesCount"], 1);
        assert_eq!(list["articles"][0]["favoritesCount"], 0);
    });
}

#[test]
fn a_new_password_ends_the_validity_of_earlier_tokens() {
    on_each_database(|api| {
        let first = api.register("ada");
        let token = |response: TestResponse| {
            assert_eq!(response.status(), 200, "{}", response.text());
            let body: Value = response.json();
            body["user"]["token"].as_str().unwrap().to_owned()
        };
        let change = |change: Value| json!({"user": change});
        let other_device = token(log_in(api, "ada@example.org", "correct horse"));
        token(api.put("/user", &first, change(json!({"bio": "Mathematician"}))));
        assert_eq!(api.get("/user", &other_device).status(), 200);

        let password = change(json!({"password": "analytical"}));
        let second = token(api.put("/user", &first, password));
        for old in [&first, &other_device] {
            assert_eq!(api.get("/user", old).status(), 401);
            assert_eq!(api.get("/articles", old).status(), 401);
        }
        assert_eq!(api.get("/user", &second).status(), 200);
        let third = token(log_in(api, "ada@example.org", "analytical"));
        assert_eq!(api.get("/user", &third).status(), 200);
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

#[test]
fn a_setting_bounds_how_many_logins_wait() {
    let cores = thread::available_parallelism().unwrap().get();
    for (max_waiting, expected) in [(0, cores), (1, cores + 1)] {
        let auth = Auth::new(&TokenSettings {
            max_waiting: Bounded::new(max_waiting).unwrap(),
            ..TokenSettings::default()
        });
        let auth = auth.unwrap();
        let hashed = System::new().block_on(async {
            let hash = || {
                let auth = auth.clone();
                rt::spawn(async move { auth.hash("correct horse").await.is_ok() })
            };
            let mut hashed = 0;
            for task in (0..cores + 2).map(|_| hash()).collect::<Vec<_>>() {
                hashed += usize::from(task.await.unwrap());
            }
            hashed
        });
        assert_eq!(hashed, expected, "{max_waiting} may wait");
    }
}
