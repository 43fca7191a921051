//! The comparison of documents terminates and is symmetric.
//!
//! The first byte selects the documents: a golden one with two sets of changes (`A` to `F`), or two arbitrary JSON values,
//! one after the other (any other byte). A document does not differ from itself. Two documents that do not differ in one
//! direction do not differ in the other. Every finding of a report has a message and valid pointers.

use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use purlin_compat::{Options, Report, Severity};
use serde_json::{Value, json};

use crate::{
    draw,
    shapes::subvalues::{count, nth},
};

const GOLDEN: [&str; 6] = [
    include_str!("../../../crates/openapi/tests/golden/rich.v3_1.json"),
    include_str!("../../../crates/openapi/tests/golden/rich.v3_0.json"),
    include_str!("../../../crates/openapi/tests/golden/rich.v2_0.json"),
    include_str!("../../../crates/openapi/tests/golden/todos.v3_1.json"),
    include_str!("../../../crates/router/tests/golden/todos.openapi.json"),
    include_str!("../../../crates/router/tests/golden/todos.rebar.openapi.json"),
];

static PARSED: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let parse = |text: &&str| serde_json::from_str(text).unwrap_or(Value::Null);
    GOLDEN.iter().map(parse).collect()
});

/// The fuzz target.
pub fn compat(data: &[u8]) {
    let Some((&first, rest)) = data.split_first() else {
        return;
    };
    if let Some(golden) = PARSED.get(usize::from(first.wrapping_sub(b'A'))) {
        let mut bytes = Unstructured::new(rest);
        let mut changed = || -> Result<Value> {
            let mut document = golden.clone();
            let count = bytes.int_in_range(0..=4)?;
            for _ in 0..count {
                change(&mut document, golden, &mut bytes)?;
            }
            Ok(document)
        };
        if let (Ok(old), Ok(new)) = (changed(), changed()) {
            check(&old, &new);
        }
    } else {
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<Value>();
        if let (Some(Ok(old)), Some(Ok(new))) = (values.next(), values.next()) {
            check(&old, &new);
        }
    }
}

fn check(old: &Value, new: &Value) {
    let mut options = Options::new(match "2026-01-01".parse() {
        Ok(today) => today,
        Err(error) => panic!("{error}"),
    });
    // The version has to increase in one direction only.
    options.semver = false;
    for document in [old, new] {
        if let Ok(report) = purlin_compat::compare(document, document, &options) {
            let findings = &report.findings;
            assert!(findings.is_empty(), "equal documents, but {findings:#?}");
            assert!(!report.fails(Severity::Safe));
        }
    }
    let there = purlin_compat::compare(old, new, &options);
    let back = purlin_compat::compare(new, old, &options);
    for report in [&there, &back].into_iter().flatten() {
        check_report(report);
    }
    if let (Ok(there), Ok(back)) = (there, back)
        && !(has_life_cycle(old) || has_life_cycle(new))
    {
        assert_eq!(
            there.findings.is_empty(),
            back.findings.is_empty(),
            "forward: {:#?}\nbackward: {:#?}",
            there.findings,
            back.findings
        );
    }
}

/// Returns whether operations have a stability level or a sunset date, whose rules apply to one direction only.
fn has_life_cycle(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_life_cycle),
        Value::Object(members) => members.iter().any(|(name, member)| {
            matches!(name.as_str(), "x-sunset" | "x-stability-level") || has_life_cycle(member)
        }),
        _ => false,
    }
}

/// Checks that every finding has a message and valid pointers, in every format of the report.
fn check_report(report: &Report) {
    for finding in &report.findings {
        assert!(!finding.message.is_empty(), "{finding:?}");
        let pointers = [Some(&finding.old_pointer), finding.new_pointer.as_ref()];
        for pointer in pointers.into_iter().flatten() {
            assert!(
                pointer.is_empty() || pointer.starts_with('/'),
                "{finding:?}"
            );
        }
    }
    let rendered = [
        report.to_text(),
        report.to_markdown(),
        report.to_junit(Severity::Risky),
    ];
    assert!(rendered.iter().all(|it| !it.is_empty()));
    let json = report.to_json();
    if let Err(error) = serde_json::from_str::<Value>(&json) {
        panic!("the report is not JSON: {error}\n{json}");
    }
}

/// Changes one value of the document.
fn change(document: &mut Value, golden: &Value, bytes: &mut Unstructured<'_>) -> Result<()> {
    let mut at = bytes.int_in_range(0..=count(document) - 1)?;
    let mut other = bytes.int_in_range(0..=count(golden) - 1)?;
    let Some(target) = nth(document, &mut at) else {
        return Ok(());
    };
    let kind = bytes.int_in_range(0..=7)?;
    match (kind, &mut *target) {
        (0, Value::Object(members)) if !members.is_empty() => {
            let name = bytes.choose_iter(members.keys())?.clone();
            members.remove(&name);
        }
        (1, Value::Object(members)) if !members.is_empty() => {
            let name = bytes.choose_iter(members.keys())?.clone();
            if let Some(member) = members.remove(&name) {
                members.insert(format!("{name}2"), member);
            }
        }
        (0, Value::Array(items)) if !items.is_empty() => {
            let at = bytes.choose_index(items.len())?;
            items.remove(at);
        }
        (1, Value::Array(items)) if !items.is_empty() => {
            let item = bytes.choose(items)?.clone();
            items.push(item);
        }
        (0..=2, Value::Number(number)) => {
            let by = bytes.int_in_range(-2..=2_i64)?;
            *target = json!(number.as_i64().unwrap_or_default().saturating_add(by));
        }
        (0..=2, Value::Bool(value)) => *value = !*value,
        (0 | 1, Value::String(text)) => text.push('2'),
        (2, Value::Object(members)) => {
            let (keyword, value) = draw::keyword(bytes, draw::Names::NONE, 2)?;
            members.insert(keyword.to_owned(), value);
        }
        (3 | 4, target) => {
            if let Some(part) = nth(&mut golden.clone(), &mut other) {
                *target = part.take();
            }
        }
        (5, target) => *target = draw::schema(bytes, draw::Names::NONE, 3)?,
        (_, target) => *target = draw::json(bytes, 2)?,
    }
    Ok(())
}
