//! Generates strings of a format, a pattern, a length.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::Value;

use super::{Members, size};

/// Returns the shortest meaningful string the rules allow.
pub(super) fn text(schema: &Members, nth: usize) -> Option<String> {
    let least = size(schema, "minLength").unwrap_or(0);
    let most = size(schema, "maxLength").unwrap_or(usize::MAX);
    let fits = |text: &String| (least..=most).contains(&text.chars().count());
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        // Repetitions are extended until the string is long enough.
        let mut tries = (0..=least.min(256)).filter_map(|extra| matching(pattern, extra, nth));
        return tries.find(fits);
    }
    let format = schema.get("format").and_then(Value::as_str);
    if let Some(text) = format.and_then(|format| of_format(format, nth)) {
        return Some(text);
    }
    let mut text = match nth {
        0 => "text".to_owned(),
        nth => format!("text{}", nth + 1),
    };
    let missing = least.saturating_sub(text.chars().count());
    text.extend(std::iter::repeat_n('x', missing));
    Some(text.chars().take(most).collect())
}

/// Returns a string of one of the enforced formats.
fn of_format(format: &str, nth: usize) -> Option<String> {
    let day = nth % 28 + 1;
    let byte = nth % 254 + 1;
    Some(match format {
        "email" => format!("someone{}@example.com", nth + 1),
        "uri" => format!("https://example.com/{}", nth + 1),
        "uuid" => format!("00000000-0000-4000-8000-{:012x}", nth + 1),
        "date-time" => format!("2026-01-{day:02}T12:00:00Z"),
        "date" => format!("2026-01-{day:02}"),
        "time" => format!("12:00:{:02}Z", nth % 60),
        "duration" => format!("PT{}S", nth + 1),
        "ipv4" | "ip" => format!("192.0.2.{byte}"),
        "ipv6" => format!("2001:db8::{byte:x}"),
        _ => return None,
    })
}

/// Returns a string that matches a pattern: repetitions are as short as possible, and up to `extra` longer.
pub(super) fn matching(pattern: &str, extra: usize, nth: usize) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut text = String::new();
    let mut turn = nth;
    write(&hir, extra, &mut turn, &mut text)?;
    Some(text)
}

/// The first alternative varies with `nth`, so that neighbours in a list differ.
fn write(hir: &Hir, extra: usize, turn: &mut usize, text: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(character(class, turn)?),
        HirKind::Repetition(repetition) => {
            let least = usize::try_from(repetition.min).ok()?;
            let most = match repetition.max {
                Some(most) => usize::try_from(most).ok()?,
                None => usize::MAX,
            };
            for _ in 0..least.saturating_add(extra).min(most) {
                write(&repetition.sub, 0, turn, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, extra, turn, text)?,
        HirKind::Concat(parts) => {
            for part in parts {
                write(part, extra, turn, text)?;
            }
        }
        HirKind::Alternation(branches) => {
            let branch = branches.get(std::mem::take(turn) % branches.len().max(1))?;
            write(branch, extra, turn, text)?;
        }
    }
    Some(())
}

/// Returns a character of a class: a letter or digit where there is one.
fn character(class: &Class, turn: &mut usize) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|it| (it.start(), it.end())).collect(),
        Class::Bytes(class) => class
            .iter()
            .map(|it| (char::from(it.start()), char::from(it.end())))
            .collect(),
    };
    let holds = |wanted: &char| {
        ranges
            .iter()
            .any(|(from, to)| (from..=to).contains(&wanted))
    };
    let plain: Vec<char> = ('a'..='z')
        .chain('A'..='Z')
        .chain('0'..='9')
        .filter(holds)
        .collect();
    match plain.as_slice() {
        [] => ('!'..='~')
            .find(holds)
            .or_else(|| ranges.first().map(|(from, _)| *from)),
        plain => {
            let place = *turn % plain.len();
            *turn /= plain.len();
            plain.get(place).copied()
        }
    }
}
