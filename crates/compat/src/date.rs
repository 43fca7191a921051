//! Calendar dates, the values of `x-sunset`.

use std::{fmt, str::FromStr};

use jiff::{Span, civil};

/// A date of the Gregorian calendar (RFC 3339 `full-date`).
///
/// ```
/// use purlin_compat::Date;
///
/// let sunset: Date = "2026-03-01".parse()?;
/// assert!("2026-02-28".parse::<Date>()? < sunset);
/// assert!("2026-02-29".parse::<Date>().is_err());
/// # Ok::<(), purlin_compat::DateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

/// A string that is not a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date of the form YYYY-MM-DD")]
pub struct DateError(String);

impl Date {
    /// Returns the date that is `days` days after 1970-01-01: the seconds of a
    /// Unix timestamp divided by 86 400. Dates after 9999-12-31 become that date.
    #[must_use]
    pub fn from_unix_days(days: u32) -> Self {
        let days = Span::new().try_days(days);
        Self(days.map_or(civil::Date::MAX, |days| {
            civil::date(1970, 1, 1).saturating_add(days)
        }))
    }

    /// Returns the number of days from `earlier` to this date.
    pub(crate) fn days_since(self, earlier: Self) -> i64 {
        i64::from((self.0 - earlier.0).get_days())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        // jiff also reads other forms of ISO 8601.
        let is_full_date = text.len() == 10
            && text.bytes().enumerate().all(|(index, byte)| match index {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        match text.parse() {
            Ok(date) if is_full_date => Ok(Self(date)),
            _ => Err(DateError(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_counted_across_leap_years() {
        let days = |later: &str, earlier: &str| date(later).days_since(date(earlier));
        assert_eq!(days("2024-03-01", "2024-02-28"), 2);
        assert_eq!(days("2025-03-01", "2025-02-28"), 1);
        assert_eq!(days("2100-03-01", "2100-02-28"), 1);
        assert_eq!(days("2000-12-31", "2000-01-01"), 365);
        assert_eq!(days("2000-01-01", "2000-12-31"), -365);
    }

    #[test]
    fn days_since_the_unix_epoch_are_dates() {
        for (days, text) in [
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (20_454, "2026-01-01"),
            (u32::MAX, "9999-12-31"),
        ] {
            assert_eq!(Date::from_unix_days(days), date(text));
            assert_eq!(Date::from_unix_days(days).to_string(), text);
        }
    }

    #[test]
    fn other_forms_are_rejected() {
        for text in [
            "",
            "2026-1-01",
            "2026-13-01",
            "2026-00-01",
            "2026-04-31",
            "2026-01-01-01",
            "+026-01-01",
            "20260101",
            "2026-01-01T00:00:00",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
