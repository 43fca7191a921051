//! The bounds of numbers that follow from the width of their Rust type.

use serde_json::{Map, Value};

use crate::{ValidatorError, floats::LARGEST_SINGLE};

/// States the bounds of integers of each width, and of `f32`.
pub(super) fn add_bounds(
    members: &mut Map<String, Value>,
    subject: &str,
    errors: &mut Vec<ValidatorError>,
) {
    let format = members.get("format").and_then(Value::as_str);
    if matches!(format, Some("int128" | "uint128")) {
        errors.push(ValidatorError::Schema {
            subject: subject.to_owned(),
            reason:
                "most JSON parsers cannot represent 128-bit integers exactly; use a string, or 64 bits"
                    .to_owned(),
        });
        return;
    }
    let Some((least, most)) = format.and_then(width) else {
        return;
    };
    if !members.contains_key("exclusiveMinimum") {
        members.entry("minimum").or_insert(least);
    }
    if !members.contains_key("exclusiveMaximum") {
        members.entry("maximum").or_insert(most);
    }
}

/// Returns the smallest and the largest number of a format.
pub(crate) fn width(format: &str) -> Option<(Value, Value)> {
    Some(match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" => (i64::MIN.into(), i64::MAX.into()),
        "int" => (isize::MIN.into(), isize::MAX.into()),
        "uint8" => (0.into(), u8::MAX.into()),
        "uint16" => (0.into(), u16::MAX.into()),
        "uint32" => (0.into(), u32::MAX.into()),
        "uint64" => (0.into(), u64::MAX.into()),
        "uint" => (0.into(), usize::MAX.into()),
        "float" => ((-LARGEST_SINGLE).into(), LARGEST_SINGLE.into()),
        _ => return None,
    })
}
