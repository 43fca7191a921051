//! What the manifest of a published crate has to say, beyond what cargo requires.

use serde_json::Value;

/// Returns what the manifest of a crate lacks; `manifest` is its entry in the output of `cargo metadata`.
pub(super) fn check(manifest: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    for key in [
        "description",
        "license",
        "repository",
        "homepage",
        "readme",
        "rust_version",
    ] {
        if manifest[key].as_str().is_none_or(str::is_empty) {
            let key = key.replace('_', "-");
            findings.push(format!("its Cargo.toml has no `{key}`"));
        }
    }
    keywords(&manifest["keywords"], &mut findings);
    let categories = manifest["categories"].as_array().map_or(0, Vec::len);
    if !(1..=5).contains(&categories) {
        findings.push(format!(
            "{categories} categories: crates.io has one to five"
        ));
    }
    let docs = &manifest["metadata"]["docs"]["rs"];
    if docs["all-features"].as_bool() != Some(true) && !docs["features"].is_array() {
        let message = "docs.rs would not show what features add: set `all-features` or `features` \
                       in package.metadata.docs.rs";
        findings.push(message.to_owned());
    }
    findings
}

/// Checks what crates.io requires of keywords: <https://doc.rust-lang.org/cargo/reference/manifest.html#the-keywords-field>.
fn keywords(keywords: &Value, findings: &mut Vec<String>) {
    let keywords = keywords.as_array().map(Vec::as_slice).unwrap_or_default();
    if !(1..=5).contains(&keywords.len()) {
        findings.push(format!(
            "{} keywords: crates.io has one to five",
            keywords.len()
        ));
    }
    for keyword in keywords.iter().filter_map(Value::as_str) {
        let is_legal = |c: char| c.is_ascii_alphanumeric() || "_-+".contains(c);
        let begins = keyword.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !begins || !keyword.chars().all(is_legal) || keyword.len() > 20 {
            findings.push(format!("crates.io rejects the keyword `{keyword}`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn complete() -> Value {
        json!({
            "description": "A crate.", "license": "MIT", "repository": "https://x.example", "homepage": "https://x.example",
            "readme": "README.md", "rust_version": "1.89", "keywords": ["openapi"], "categories": ["encoding"],
            "metadata": {"docs": {"rs": {"all-features": true}}}
        })
    }

    #[test]
    fn a_complete_manifest_has_no_findings() {
        assert_eq!(check(&complete()), [""; 0]);
    }

    #[test]
    fn each_missing_key_is_found() {
        for key in [
            "description",
            "license",
            "readme",
            "keywords",
            "categories",
            "metadata",
        ] {
            let mut manifest = complete();
            manifest[key] = Value::Null;
            assert_eq!(check(&manifest).len(), 1, "{key}");
        }
    }

    #[test]
    fn keywords_that_crates_io_rejects_are_found() {
        let mut manifest = complete();
        manifest["keywords"] = json!(["breaking change", "-x", "a-keyword-of-more-than-twenty"]);
        assert_eq!(check(&manifest).len(), 3);
    }
}
