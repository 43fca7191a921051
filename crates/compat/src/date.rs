//! Dates, as `x-sunset` has them: RFC 3339 `full-date`. What day it is today is
//! told by whoever asks.

use std::{fmt, str::FromStr};

/// A day of the Gregorian calendar.
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
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A text that is no date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no date of the form YYYY-MM-DD")]
pub struct DateError(String);

impl Date {
    /// The day that is so many days after 1970-01-01: what a clock's seconds
    /// divided by 86 400 give.
    #[must_use]
    pub fn from_unix_days(days: u32) -> Self {
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
        let days = u64::from(days) + 719_468;
        let era = days / 146_097;
        let of_era = days % 146_097;
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        Self {
            year: u16::try_from(year).unwrap_or(u16::MAX),
            month: u8::try_from(month).unwrap_or(12),
            day: u8::try_from(day).unwrap_or(31),
        }
    }

    /// Days since the first of March of the year 0.
    pub(super) fn number(self) -> i64 {
        let (year, month) = (i64::from(self.year), i64::from(self.month));
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year
    }

    fn days_in(year: u16, month: u8) -> u8 {
        match month {
            4 | 6 | 9 | 11 => 30,
            2 if year.is_multiple_of(400)
                || (year.is_multiple_of(4) && !year.is_multiple_of(100)) =>
            {
                29
            }
            2 => 28,
            _ => 31,
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let parsed = || {
            let mut parts = text.split('-');
            let mut part = |digits: usize| {
                let part = parts.next()?;
                let plain = part.len() == digits && part.bytes().all(|it| it.is_ascii_digit());
                plain.then(|| part.parse::<u16>().ok()).flatten()
            };
            let (year, month, day) = (part(4)?, part(2)?, part(2)?);
            let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
            let exists =
                (1..=12).contains(&month) && (1..=Self::days_in(year, month)).contains(&day);
            (exists && parts.next().is_none()).then_some(Self { year, month, day })
        };
        parsed().ok_or_else(|| DateError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_leap_years() {
        let number = |text: &str| text.parse::<Date>().unwrap().number();
        assert_eq!(number("2024-03-01") - number("2024-02-28"), 2);
        assert_eq!(number("2025-03-01") - number("2025-02-28"), 1);
        assert_eq!(number("2100-03-01") - number("2100-02-28"), 1);
        assert_eq!(number("2000-12-31") - number("2000-01-01"), 365);
    }

    #[test]
    fn a_clock_and_a_text_name_the_same_day() {
        for (days, text) in [
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (20_454, "2026-01-01"),
        ] {
            assert_eq!(Date::from_unix_days(days).to_string(), text);
            assert_eq!(text.parse(), Ok(Date::from_unix_days(days)));
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2026-1-01",
            "2026-13-01",
            "2026-00-01",
            "2026-04-31",
            "2026-01-01-01",
            "+026-01-01",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
