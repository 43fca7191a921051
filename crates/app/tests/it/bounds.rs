//! The bounds in the JSON Schema of the settings are those that are enforced.

use std::collections::BTreeMap;

use purlin_app::{Bounded, Secret, Settings, Sources};
use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Every whole number of the settings: its key, its variable, its minimum and maximum.
fn whole_numbers() -> Vec<(String, String, i64, i64)> {
    let schema = Settings::new(&Sources::new("billing")).schema("billing");
    let mut found = Vec::new();
    for (section, schema) in schema["properties"].as_object().unwrap() {
        for (name, schema) in schema["properties"].as_object().unwrap() {
            let is_whole = match &schema["type"] {
                Value::String(name) => name == "integer",
                Value::Array(names) => names.iter().any(|name| name == "integer"),
                _ => false,
            };
            if !is_whole {
                continue;
            }
            let key = format!("{section}.{name}");
            let bound = |keyword: &str| {
                let bound = schema[keyword].as_i64();
                bound.unwrap_or_else(|| panic!("{key} has no {keyword}: {schema}"))
            };
            let variable = format!("BILLING_{}", key.to_uppercase().replace('.', "__"));
            found.push((key.clone(), variable, bound("minimum"), bound("maximum")));
        }
    }
    found
}

fn errors_with(variable: &str, value: i64) -> Vec<String> {
    let mut sources = Sources::new("billing");
    let value = value.to_string().into();
    sources.environment.push((variable.into(), value));
    let errors = Settings::new(&sources).errors().into_iter();
    errors.map(|error| error.to_string()).collect()
}

#[test]
fn the_reader_and_the_json_schema_agree_at_the_bounds_of_every_number() {
    let numbers = whole_numbers();
    assert!(numbers.len() > 20, "{numbers:?}");
    for (key, variable, minimum, maximum) in numbers {
        for value in [minimum, maximum] {
            // A setting may contradict another one; it is not out of bounds.
            let errors = errors_with(&variable, value);
            assert!(
                errors.iter().all(|error| !error.contains("expected")),
                "{key} = {value}: {errors:?}"
            );
        }
        for value in [minimum - 1, maximum + 1] {
            let errors = errors_with(&variable, value);
            let expected = format!(
                "environment variable {variable}: {key}: expected a whole number from {minimum} to {maximum}, \
                 found `{value}`"
            );
            assert_eq!(errors.len(), 1, "{key} = {value}: {errors:?}");
            assert_eq!(errors[0], expected);
        }
    }
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Mail {
    /// How often sending is tried.
    retries: Option<Bounded<1, 5>>,
    /// The password of the mail server.
    password: Secret<String>,
}

fn mail(variables: &[(&str, &str)]) -> (Settings, Mail) {
    let mut sources = Sources::new("billing");
    let variables = variables
        .iter()
        .map(|(name, value)| (name.into(), value.into()));
    sources.environment.extend(variables);
    let mut settings = Settings::new(&sources);
    let mail = settings.section("mail");
    (settings, mail)
}

#[test]
fn an_error_states_the_bounds_of_the_setting_whatever_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("billing.toml");
    for value in ["-1", "0", "1.5", "\"abc\"", "true", "6", "5000000000"] {
        std::fs::write(&file, format!("[mail]\nretries = {value}\n")).unwrap();
        let mut sources = Sources::new("billing");
        sources.file = Some(file.clone());
        let mut settings = Settings::new(&sources);
        let _: Mail = settings.section("mail");
        let found = value.trim_matches('"');
        let expected = format!("expected a whole number from 1 to 5, found `{found}`");
        assert_eq!(settings.errors()[0].message(), expected);
    }
    for value in ["-1", "2.7", "abc", "99999999999999999999"] {
        let (settings, _) = mail(&[("BILLING_MAIL__RETRIES", value)]);
        let expected = format!("expected a whole number from 1 to 5, found `{value}`");
        assert_eq!(settings.errors()[0].message(), expected);
    }
}

#[test]
fn sections_of_an_application_have_bounds_in_reader_schema_and_documentation() {
    let (settings, mail) = mail(&[("BILLING_MAIL__RETRIES", "6")]);
    assert_eq!(mail.retries, None);
    let errors = settings.errors();
    assert_eq!(
        errors[0].message(),
        "expected a whole number from 1 to 5, found `6`"
    );
    let schema = settings.schema("billing");
    let retries = &schema["properties"]["mail"]["properties"]["retries"];
    assert_eq!(
        (&retries["minimum"], &retries["maximum"]),
        (&1.into(), &5.into())
    );
    assert!(
        settings
            .example("billing")
            .contains("# BILLING_MAIL__RETRIES: 1 to 5\n")
    );
    assert!(
        settings
            .table()
            .contains("How often sending is tried. From 1 to 5.")
    );
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Account {
    password: Secret<String>,
    pin: Option<Secret<Bounded<1, 9999>>>,
    tokens: BTreeMap<String, Secret<u32>>,
    keys: Secret<Vec<u8>>,
    bind: Secret<Listen>,
    user: u8,
    #[serde(flatten)]
    more: More,
}

/// A text whose error is not one of the reader.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
struct Listen(String);

impl TryFrom<String> for Listen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Err(format!("expected nothing, found {text}"))
    }
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct More {
    code: Secret<String>,
}

#[test]
fn errors_of_a_secret_do_not_show_its_value() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("billing.toml");
    for (line, expected) in [
        ("password = 123456", "expected text, found a number"),
        ("password = true", "expected text, found a boolean"),
        ("password = [123456]", "expected text, found a list"),
        (
            "pin = 123456",
            "expected a whole number from 1 to 9999, found ",
        ),
        ("pin = '123456'", "expected a whole number from "),
        (
            "tokens = { ada = '123456' }",
            "expected a whole number from ",
        ),
        (
            "keys = [123456]",
            "expected a whole number from 0 to 255, found a number",
        ),
        (
            "bind = '123456'",
            "the value is invalid; it is a secret and not shown",
        ),
        ("code = 123456", "expected a string, found a number"),
        ("user = 300", "found `300`"),
    ] {
        std::fs::write(&file, format!("[account]\n{line}\n")).unwrap();
        let mut sources = Sources::new("billing");
        sources.file = Some(file.clone());
        let mut settings = Settings::new(&sources);
        let _: Account = settings.section("account");
        let errors = settings.errors();
        assert_eq!(errors.len(), 1, "{line}: {errors:?}");
        let message = errors[0].message();
        assert!(message.contains(expected), "{line}: {message}");
        assert!(!message.contains("123456"), "{line}: {message}");
    }
}

#[test]
fn a_secret_is_read_and_never_printed() {
    let (settings, mail) = mail(&[("BILLING_MAIL__PASSWORD", "correct horse")]);
    assert_eq!(mail.password.expose_secret(), "correct horse");
    let schema = settings.schema("billing");
    let password = &schema["properties"]["mail"]["properties"]["password"];
    assert_eq!(password["writeOnly"], true);
    for printed in [
        settings.effective(),
        settings.example("billing"),
        settings.table(),
        schema.to_string(),
        format!("{:?}", mail.password),
        serde_json::to_string(&mail).unwrap(),
    ] {
        assert!(!printed.contains("horse"), "{printed}");
    }
    assert!(
        settings
            .effective()
            .contains("password = \"***\"  # environment variable")
    );
}
