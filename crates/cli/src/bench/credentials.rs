//! The credentials that operations need: which header fields, and those that a server prints when it starts.

use serde_json::Value;

/// The header field of a credential: its name, and what it looks like.
struct Field {
    name: String,
    value: String,
}

impl Field {
    /// Returns the field of a security scheme; none if its credential is not in one.
    fn of(scheme: &Value) -> Option<Self> {
        let text = |key: &str| scheme[key].as_str().unwrap_or_default();
        let field = |name: &str, value: &str| Self {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        match (text("type"), text("in"), text("scheme")) {
            ("apiKey", "header", _) => Some(field(text("name"), "KEY")),
            ("apiKey", "cookie", _) => Some(field("Cookie", &format!("{}=KEY", text("name")))),
            ("http", _, "basic") => Some(field(
                "Authorization",
                "Basic $(printf USER:PASSWORD | base64)",
            )),
            ("http", _, "bearer") | ("oauth2" | "openIdConnect", ..) => {
                Some(field("Authorization", "Bearer TOKEN"))
            }
            ("http", _, scheme) => Some(field("Authorization", &format!("{scheme} CREDENTIALS"))),
            _ => None,
        }
    }

    fn is_in(&self, headers: &[String]) -> bool {
        has_header(headers, &self.name)
    }
}

/// Whether header lines have a field of this name.
pub(super) fn has_header(headers: &[String], name: &str) -> bool {
    let mut names = headers.iter().filter_map(|it| it.split_once(':'));
    names.any(|(given, _)| given.trim().eq_ignore_ascii_case(name))
}

/// Returns what an operation needs beside these header lines; none if they have all credentials of an alternative.
pub(super) fn missing(document: &Value, operation: &Value, headers: &[String]) -> Option<String> {
    let own = operation
        .get("security")
        .or_else(|| document.get("security"));
    let alternatives = own.and_then(Value::as_array).filter(|it| !it.is_empty())?;
    let schemes = &document["components"]["securitySchemes"];
    let fields = |alternative: &Value| -> Option<Vec<Field>> {
        let names = alternative.as_object()?.keys();
        names.map(|name| Field::of(&schemes[name])).collect()
    };
    let usable: Vec<_> = alternatives.iter().filter_map(fields).collect();
    if usable
        .iter()
        .any(|fields| fields.iter().all(|field| field.is_in(headers)))
    {
        return None;
    }
    let Some(fields) = usable.first() else {
        return Some("needs credentials that are no header field".to_owned());
    };
    let options = fields
        .iter()
        .map(|Field { name, value }| format!("--header \"{name}: {value}\""));
    let options = options.collect::<Vec<_>>().join(" ");
    Some(format!("needs credentials: give them with {options}"))
}

/// Returns the header fields of credentials in what a server printed when it started, as in `curl -H 'X-Key: …' URL`: those that
/// the document names and that are not given.
pub(super) fn printed(document: &Value, greeting: &str, given: &[String]) -> Vec<String> {
    let schemes = document["components"]["securitySchemes"].as_object();
    let fields: Vec<_> = schemes
        .into_iter()
        .flat_map(|schemes| schemes.values().filter_map(Field::of))
        .filter(|field| !field.is_in(given))
        .collect();
    let texts = greeting.split("-H '").skip(1);
    let lines = texts.filter_map(|text| Some(text.split_once('\'')?.0.to_owned()));
    lines
        .filter(|line| {
            let line = std::slice::from_ref(line);
            fields.iter().any(|field| field.is_in(line))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({"components": {"securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "session": {"type": "apiKey", "in": "cookie", "name": "sid"},
            "query": {"type": "apiKey", "in": "query", "name": "key"}
        }}})
    }

    #[test]
    fn missing_credentials_are_named_as_the_option_that_gives_them() {
        let needs = |security: Value, headers: &[&str]| {
            let headers: Vec<_> = headers.iter().map(ToString::to_string).collect();
            missing(&document(), &json!({"security": security}), &headers)
        };
        for (security, expected) in [
            (
                json!([{"token": []}]),
                "--header \"Authorization: Bearer TOKEN\"",
            ),
            (json!([{"key": []}]), "--header \"X-Key: KEY\""),
            (json!([{"session": []}]), "--header \"Cookie: sid=KEY\""),
            (json!([{"query": []}]), "no header field"),
            (
                json!([{"key": [], "token": []}]),
                "--header \"X-Key: KEY\" --header \"Authorization: Bearer TOKEN\"",
            ),
        ] {
            let reason = needs(security, &["Accept: */*"]).unwrap();
            assert!(reason.ends_with(expected), "{reason}");
        }
        assert_eq!(needs(json!([]), &[]), None);
        assert_eq!(needs(json!([{"key": []}, {}]), &[]), None);
        assert_eq!(needs(json!([{"key": []}]), &["x-key: k"]), None);
        let both = json!([{"key": []}, {"token": []}]);
        assert_eq!(needs(both, &["authorization: Bearer t"]), None);
    }

    #[test]
    fn printed_credentials_are_used_unless_others_are_given() {
        let greeting = "valid until the server stops:\n  curl -H 'X-Key: abc' -H 'Accept: */*' http://127.0.0.1:1/notes\n";
        assert_eq!(printed(&document(), greeting, &[]), ["X-Key: abc"]);
        let given = ["x-key: mine".to_owned()];
        assert!(printed(&document(), greeting, &given).is_empty());
        assert!(printed(&json!({}), greeting, &[]).is_empty());
    }
}
