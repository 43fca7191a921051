//! Which keys there are, and what is said about them.

use purlin_greetings::{ApiKey, ApiKeys, GreetingsSettings};

#[test]
fn a_key_no_request_could_carry_is_refused() {
    for key in ["", " key", "key ", "line\nbreak", "\0"] {
        assert!(ApiKey::try_from(key.to_owned()).is_err(), "{key:?}");
    }
    for key in ["k", "two words", "\u{e9}"] {
        assert!(ApiKey::try_from(key.to_owned()).is_ok(), "{key:?}");
    }
}

#[test]
fn keys_of_the_settings_are_never_shown() {
    let mut settings = GreetingsSettings::default();
    settings.api_keys.insert(
        "ada".to_owned(),
        ApiKey::try_from("s3cret".to_owned()).unwrap(),
    );
    assert!(!format!("{settings:?}").contains("s3cret"));
    let keys = ApiKeys::new(settings);
    assert!(!format!("{keys:?}").contains("s3cret"));
    assert_eq!(keys.notice("http://localhost"), None);
}

#[test]
fn each_start_without_keys_makes_another_one() {
    let notice = || {
        ApiKeys::new(GreetingsSettings::default())
            .notice("http://localhost:8000")
            .unwrap()
    };
    let (first, second) = (notice(), notice());
    assert!(
        first.contains("http://localhost:8000/generic_greeting"),
        "{first}"
    );
    assert_ne!(first, second);
}
