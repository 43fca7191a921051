//! Keys: which are accepted, and that they are never shown.

use purlin_greetings::{ApiKey, ApiKeys, GreetingsSettings};

#[test]
fn keys_that_no_header_can_carry_are_rejected() {
    for key in ["", " key", "key ", "line\nbreak", "\0"] {
        assert!(ApiKey::try_from(key.to_owned()).is_err(), "{key:?}");
    }
    for key in ["k", "with space", "\u{e9}"] {
        assert!(ApiKey::try_from(key.to_owned()).is_ok(), "{key:?}");
    }
}

#[test]
fn keys_from_the_settings_are_never_shown() {
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
fn without_keys_in_the_settings_each_start_generates_a_new_one() {
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
