//! Regular expressions of the integers within a range, for the keys of maps.

/// The patterns of unsigned and signed integers of unknown width.
pub(super) const ANY_INTEGER: [&str; 2] = ["^(0|[1-9][0-9]*)$", "^(0|-?[1-9][0-9]*)$"];

/// The smallest and the largest integer of a range.
pub(super) type Range = (i128, i128);

/// Returns whether a pattern of keys matches exactly what an integer type of Rust reads, so that serde alone enforces
/// it.
pub(crate) fn is_integer_type(pattern_of_keys: &str) -> bool {
    let widths: [Range; 8] = [
        (0, u8::MAX.into()),
        (0, u16::MAX.into()),
        (0, u32::MAX.into()),
        (0, u64::MAX.into()),
        (i8::MIN.into(), i8::MAX.into()),
        (i16::MIN.into(), i16::MAX.into()),
        (i32::MIN.into(), i32::MAX.into()),
        (i64::MIN.into(), i64::MAX.into()),
    ];
    ANY_INTEGER.contains(&pattern_of_keys)
        || widths
            .iter()
            .any(|width| pattern(&[*width]) == pattern_of_keys)
}

/// Returns the regular expression of the integers in some ranges, written without leading zeros, and 0 without a
/// sign.
pub(super) fn pattern(ranges: &[Range]) -> String {
    let mut forms = Vec::new();
    for (least, most) in ranges {
        if *least < 0 {
            let (nearest, farthest) = (most.min(&-1).unsigned_abs(), least.unsigned_abs());
            let digits = digits(nearest, farthest);
            forms.extend(digits.into_iter().map(|digits| format!("-{digits}")));
        }
        if *most >= 0 {
            forms.extend(digits(least.max(&0).unsigned_abs(), most.unsigned_abs()));
        }
    }
    format!("^({})$", forms.join("|"))
}

/// Returns the patterns of all numbers from `least` to `most`.
fn digits(least: u128, most: u128) -> Vec<String> {
    let mut forms = Vec::new();
    let mut least = least;
    if least == 0 {
        forms.push("0".to_owned());
        least = 1;
    }
    while least <= most {
        let text = least.to_string();
        let longest: u128 = "9".repeat(text.len()).parse().unwrap_or(most);
        let last = longest.min(most);
        forms.extend(same_length(&text, &last.to_string()));
        least = last + 1;
    }
    forms
}

/// Returns the patterns of all numbers between two with equally many digits.
fn same_length(least: &str, most: &str) -> Vec<String> {
    let (Some(low), Some(high)) = (least.chars().next(), most.chars().next()) else {
        return vec![String::new()];
    };
    let (least_rest, most_rest) = (&least[1..], &most[1..]);
    let after = |digit: char, forms: Vec<String>| {
        forms.into_iter().map(move |form| format!("{digit}{form}"))
    };
    if low == high {
        return after(low, same_length(least_rest, most_rest)).collect();
    }
    let count = least_rest.len();
    let mut forms = Vec::new();
    let (mut first, mut last) = (low, high);
    if least_rest.contains(|c| c != '0') {
        forms.extend(after(low, same_length(least_rest, &"9".repeat(count))));
        first = next(low, 1);
    }
    let beyond = most_rest.contains(|c| c != '9');
    if beyond {
        last = next(high, -1);
    }
    if first <= last {
        let class = if first == last {
            first.to_string()
        } else {
            format!("[{first}-{last}]")
        };
        let rest = match count {
            0 => String::new(),
            1 => "[0-9]".to_owned(),
            _ => format!("[0-9]{{{count}}}"),
        };
        forms.push(class + &rest);
    }
    if beyond {
        forms.extend(after(high, same_length(&"0".repeat(count), most_rest)));
    }
    forms
}

/// Returns the digit at a distance from another one.
fn next(digit: char, step: i8) -> char {
    (digit as u8).saturating_add_signed(step) as char
}

#[cfg(test)]
mod tests {
    use super::{is_integer_type, pattern};

    #[test]
    fn patterns_match_the_integers_of_a_range_and_no_others() {
        for (least, most) in [
            (0, 255),
            (-128, 127),
            (1, 255),
            (-5, -1),
            (7, 7),
            (99, 100),
            (-100, 305),
            (0, 0),
        ] {
            let pattern = regex::Regex::new(&pattern(&[(least, most)])).unwrap();
            for number in -1200..1200 {
                let is_within = (least..=most).contains(&number);
                assert_eq!(
                    pattern.is_match(&number.to_string()),
                    is_within,
                    "{number} in {least}..={most}: {pattern}"
                );
            }
            for text in ["-0", "00", "01", "+1", "", "1.0", " 1", "1\n", "٣"] {
                assert!(!pattern.is_match(text), "{text:?}");
            }
        }
    }

    #[test]
    fn patterns_respect_the_bounds_of_the_widest_integers() {
        let unsigned = pattern(&[(0, u64::MAX.into())]);
        let signed = pattern(&[(i64::MIN.into(), i64::MAX.into())]);
        assert!(is_integer_type(&unsigned) && is_integer_type(&signed));
        assert!(!is_integer_type(&pattern(&[(1, 255)])));
        let unsigned = regex::Regex::new(&unsigned).unwrap();
        assert!(unsigned.is_match("18446744073709551615"));
        assert!(!unsigned.is_match("18446744073709551616"));
        let signed = regex::Regex::new(&signed).unwrap();
        assert!(signed.is_match("-9223372036854775808") && signed.is_match("9223372036854775807"));
        assert!(
            !signed.is_match("-9223372036854775809") && !signed.is_match("9223372036854775808")
        );
    }
}
