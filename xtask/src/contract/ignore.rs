//! The findings that are meant, from a file:
//!
//! ```toml
//! [[ignore]]
//! rule = "api-tag-removed"
//! api = "greetings"             # of this API alone
//! operation = "GET /"           # of this operation alone
//! pointer = "/paths/~1/get"     # at this place or within it alone
//! reason = "nobody generates clients by tags yet"
//! ```

use std::{fs, path::Path};

use purlin_compat::{Ignore, Rule};
use serde_json::Value;

use crate::run::{Failure, Outcome, root};

/// The file that is read when none is named.
pub(super) const USUAL: &str = "docs/contract/ignore.toml";

/// The entries about an API, or all of them.
pub(super) fn read(named: Option<&Path>, api: Option<&str>) -> Outcome<Vec<Ignore>> {
    let usual = root().join(USUAL);
    let path = match named {
        Some(path) => path,
        None if usual.exists() && api.is_some() => &usual,
        None => return Ok(Vec::new()),
    };
    let text = fs::read_to_string(path).map_err(Failure::file(path))?;
    parse(&text, api).map_err(|words| Failure::said(format!("{}: {words}", path.display())))
}

fn parse(text: &str, api: Option<&str>) -> Result<Vec<Ignore>, String> {
    let file: Value = toml::from_str(text).map_err(|error| error.to_string())?;
    if let Some(key) = file
        .as_object()
        .into_iter()
        .flat_map(|it| it.keys())
        .find(|key| *key != "ignore")
    {
        return Err(format!(
            "`{key}` is not known; the entries are called [[ignore]]"
        ));
    }
    let entries = file.get("ignore").and_then(Value::as_array);
    let mut all = Vec::new();
    for (number, entry) in entries.into_iter().flatten().enumerate() {
        let entry = Entry::read(entry).map_err(|words| format!("entry {}: {words}", number + 1))?;
        let is_meant = entry.api.is_none() || api.is_none() || entry.api.as_deref() == api;
        if is_meant {
            all.push(entry.ignore);
        }
    }
    Ok(all)
}

struct Entry {
    api: Option<String>,
    ignore: Ignore,
}

impl Entry {
    fn read(entry: &Value) -> Result<Self, String> {
        let known = ["api", "operation", "pointer", "reason", "rule"];
        let members = entry.as_object().ok_or("it is no table")?;
        if let Some(key) = members.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(format!("`{key}` is none of {}", known.join(", ")));
        }
        let text = |key: &str| match members.get(key) {
            None => Ok(None),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.clone())),
            Some(_) => Err(format!("`{key}` has to be a text")),
        };
        let rule: Rule = text("rule")?
            .ok_or("it names no `rule`")?
            .parse()
            .map_err(|error: purlin_compat::UnknownRule| error.to_string())?;
        let reason = text("reason")?.ok_or("it gives no `reason`")?;
        let mut ignore = Ignore::new(rule, reason);
        ignore.operation = text("operation")?;
        ignore.pointer = text("pointer")?;
        Ok(Self {
            api: text("api")?,
            ignore,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "[[ignore]]\nrule = \"api-tag-removed\"\nreason = \"meant\"\n";

    #[test]
    fn entries_are_read() {
        let text = format!("{ENTRY}api = \"todo\"\noperation = \"GET /\"\npointer = \"/paths\"\n");
        let all = parse(&text, Some("todo")).unwrap();
        let rule = "api-tag-removed".parse().unwrap();
        assert_eq!(
            all,
            [Ignore::new(rule, "meant")
                .operation("GET /")
                .pointer("/paths")]
        );
        assert_eq!(parse(&text, Some("greetings")).unwrap(), []);
        assert_eq!(parse(&text, None).unwrap().len(), 1);
        assert_eq!(parse("", None).unwrap(), []);
    }

    #[test]
    fn an_entry_without_a_reason_is_refused() {
        for (text, words) in [
            (
                "[[ignore]]\nrule = \"api-tag-removed\"\n",
                "entry 1: it gives no `reason`",
            ),
            (
                "[[ignore]]\nrule = \"api-tag-removed\"\nreason = \" \"\n",
                "entry 1: `reason` has to be a text",
            ),
            (
                "[[ignore]]\nreason = \"meant\"\n",
                "entry 1: it names no `rule`",
            ),
            (
                "[[ignore]]\nrule = \"none\"\nreason = \"meant\"\n",
                "entry 1: unknown rule `none`",
            ),
            (
                "[[ignored]]\nrule = \"none\"\n",
                "`ignored` is not known; the entries are called [[ignore]]",
            ),
        ] {
            assert_eq!(parse(text, None).unwrap_err(), words, "{text}");
        }
        let unknown = format!("{ENTRY}path = \"/\"\n");
        assert_eq!(
            parse(&unknown, None).unwrap_err(),
            "entry 1: `path` is none of api, operation, pointer, reason, rule"
        );
        assert!(parse("[[ignore", None).is_err());
    }
}
