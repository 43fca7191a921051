//! Licenses in dialects without SPDX expressions.

use serde_json::Value;

/// Replaces the SPDX identifier of `info.license` by the URL of its text.
pub(super) fn lower(info: &mut Value) {
    let license = info.get_mut("license").and_then(Value::as_object_mut);
    let Some(license) = license else {
        return;
    };
    if let Some(page) = license.remove("identifier").as_ref().and_then(spdx_page) {
        license.entry("url").or_insert(page);
    }
}

/// Returns the URL of a license's text at SPDX; none for a compound expression.
fn spdx_page(identifier: &Value) -> Option<Value> {
    let identifier = identifier.as_str()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let listed = identifier.chars().all(plain) && !identifier.starts_with("LicenseRef-");
    listed.then(|| format!("https://spdx.org/licenses/{identifier}.html").into())
}
