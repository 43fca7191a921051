//! The rules a value can break: the one home of their codes and their words.

use std::{borrow::Cow, fmt};

/// What a value has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum JsonType {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number without a fraction.
    Integer,
    /// Any number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An array of so many items, each of a schema of its own.
    Tuple,
    /// An array of objects that have fields.
    ObjectArray,
    /// An object.
    Object,
    /// An object whose members are entries, and no fields.
    Map,
}

impl JsonType {
    fn words(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array | Self::Tuple | Self::ObjectArray => "an array",
            Self::Object | Self::Map => "an object",
        }
    }

    /// marshmallow's words for a value that is not of this kind.
    fn rebar(self) -> &'static str {
        match self {
            Self::Null => "Invalid value.",
            Self::Boolean => "Not a valid boolean.",
            Self::Integer => "Not a valid integer.",
            Self::Number => "Not a valid number.",
            Self::String => "Not a valid string.",
            Self::Array => "Not a valid list.",
            Self::Tuple => "Not a valid tuple.",
            Self::ObjectArray => "Invalid type.",
            Self::Object => "Invalid input type.",
            Self::Map => "Not a valid mapping type.",
        }
    }
}

/// A rule of the contract, as a value breaks it.
///
/// Codes are stable: they are never renamed, and none changes its meaning.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Rule {
    /// `required`: it has to be there.
    Required,
    /// `unknown_field`: nothing of this name is known.
    UnknownField,
    /// `null`: it may not be null.
    Null,
    /// `type`: it has to be one of these kinds.
    Type {
        /// The kinds it may be; one nearly always.
        expected: Vec<JsonType>,
    },
    /// `minimum`: it has to be at least this.
    Minimum {
        /// The least it may be.
        limit: Limit,
        /// The most it may be, if the contract says so.
        maximum: Option<Limit>,
    },
    /// `maximum`: it has to be at most this.
    Maximum {
        /// The most it may be.
        limit: Limit,
        /// The least it may be, if the contract says so.
        minimum: Option<Limit>,
    },
    /// `exclusive_minimum`: it has to be more than this.
    ExclusiveMinimum {
        /// What it has to be more than.
        limit: Limit,
    },
    /// `exclusive_maximum`: it has to be less than this.
    ExclusiveMaximum {
        /// What it has to be less than.
        limit: Limit,
    },
    /// `multiple_of`: it has to be a multiple of this.
    MultipleOf {
        /// What it has to be a multiple of.
        of: Limit,
    },
    /// `min_length`: it has to have at least this many characters.
    MinLength {
        /// How many at least.
        limit: u64,
        /// How many at most, if the contract says so.
        maximum: Option<u64>,
    },
    /// `max_length`: it has to have at most this many characters.
    MaxLength {
        /// How many at most.
        limit: u64,
        /// How many at least, if the contract says so.
        minimum: Option<u64>,
    },
    /// `min_items`: it has to have at least this many items.
    MinItems {
        /// How many at least.
        limit: u64,
        /// How many at most, if the contract says so.
        maximum: Option<u64>,
    },
    /// `max_items`: it has to have at most this many items.
    MaxItems {
        /// How many at most.
        limit: u64,
        /// How many at least, if the contract says so.
        minimum: Option<u64>,
    },
    /// `min_properties`: it has to have at least this many entries.
    MinProperties {
        /// How many at least.
        limit: u64,
    },
    /// `max_properties`: it has to have at most this many entries.
    MaxProperties {
        /// How many at most.
        limit: u64,
    },
    /// `unique_items`: no two items may be equal.
    UniqueItems,
    /// `pattern`: it has to match a regular expression.
    Pattern {
        /// The expression, as the document states it.
        pattern: Cow<'static, str>,
    },
    /// `format`: it has to be of a format.
    Format {
        /// The format's name in JSON Schema: `email`, `date-time`.
        format: Cow<'static, str>,
    },
    /// `enum`: it has to be one of these.
    Enum {
        /// The values it may be, as JSON.
        allowed: Vec<String>,
    },
    /// `one_of`: it has to be one of several shapes, and is none of them.
    OneOf,
    /// `not`: it may be none of these.
    Not {
        /// The values it may not be, as JSON.
        forbidden: Vec<String>,
    },
    /// `ambiguous`: shapes that look alike are nested so deeply that telling them apart takes more work
    /// than the value is worth.
    Ambiguous,
    /// `invalid`: the type cannot be read from it, for a reason that no other rule states.
    Invalid,
    /// `duplicate_field`: the name comes twice in one object.
    DuplicateField,
    /// `duplicate_parameter`: the parameter comes twice.
    DuplicateParameter,
    /// `encoding`: the bytes are not text, or the percent-encoding is broken.
    Encoding,
    /// `media_type`: the file, or the part of a body, is of another media type.
    MediaType {
        /// The media types it may be of.
        allowed: Vec<String>,
    },
    /// `max_size`: the file is too large.
    MaxSize {
        /// How many bytes it may have.
        limit: u64,
    },
    /// `empty_body`: the body is empty.
    EmptyBody,
    /// `malformed_json`: the body is not JSON.
    MalformedJson {
        /// Counted from 1.
        line: usize,
        /// In bytes, counted from 1.
        column: usize,
        /// What is wrong there.
        message: Cow<'static, str>,
    },
    /// A rule of the program's own.
    Custom {
        /// Its code, in snake case.
        code: Cow<'static, str>,
        /// What is wrong.
        message: Cow<'static, str>,
    },
}

/// A number in a rule.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(transparent)]
pub struct Limit(serde_json::Number);

impl Limit {
    pub(crate) fn new(number: serde_json::Number) -> Self {
        Self(number)
    }
}

macro_rules! limit_from {
    ($($type:ty),+) => {$(
        impl From<$type> for Limit {
            fn from(number: $type) -> Self {
                Self(number.into())
            }
        }
    )+};
}

limit_from!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

impl From<f64> for Limit {
    /// Limits are finite; anything else reads as 0.
    fn from(number: f64) -> Self {
        Self(serde_json::Number::from_f64(number).unwrap_or_else(|| 0.into()))
    }
}

impl From<f32> for Limit {
    /// As it is written: 0.1, and not the `f64` next to it.
    fn from(number: f32) -> Self {
        let written = number.to_string().parse();
        written.unwrap_or_else(|_| f64::from(number)).into()
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Rule {
    /// It has to be of one kind.
    #[must_use]
    pub fn kind(expected: JsonType) -> Self {
        Self::Type {
            expected: vec![expected],
        }
    }

    /// The stable code, in snake case.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Required => "required",
            Self::UnknownField => "unknown_field",
            Self::Null => "null",
            Self::Type { .. } => "type",
            Self::Minimum { .. } => "minimum",
            Self::Maximum { .. } => "maximum",
            Self::ExclusiveMinimum { .. } => "exclusive_minimum",
            Self::ExclusiveMaximum { .. } => "exclusive_maximum",
            Self::MultipleOf { .. } => "multiple_of",
            Self::MinLength { .. } => "min_length",
            Self::MaxLength { .. } => "max_length",
            Self::MinItems { .. } => "min_items",
            Self::MaxItems { .. } => "max_items",
            Self::MinProperties { .. } => "min_properties",
            Self::MaxProperties { .. } => "max_properties",
            Self::UniqueItems => "unique_items",
            Self::Pattern { .. } => "pattern",
            Self::Format { .. } => "format",
            Self::Enum { .. } => "enum",
            Self::OneOf => "one_of",
            Self::Not { .. } => "not",
            Self::Ambiguous => "ambiguous",
            Self::Invalid => "invalid",
            Self::DuplicateField => "duplicate_field",
            Self::DuplicateParameter => "duplicate_parameter",
            Self::Encoding => "encoding",
            Self::MediaType { .. } => "media_type",
            Self::MaxSize { .. } => "max_size",
            Self::EmptyBody => "empty_body",
            Self::MalformedJson { .. } => "malformed_json",
            Self::Custom { code, .. } => code,
        }
    }

    /// What is wrong, in our words.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Required => "is required".to_owned(),
            Self::UnknownField => "is not known here".to_owned(),
            Self::Null => "may not be null".to_owned(),
            Self::Type { expected } => {
                let kinds: Vec<_> = expected.iter().map(|kind| kind.words()).collect();
                format!("has to be {}", kinds.join(" or "))
            }
            Self::Minimum { limit, .. } => format!("has to be at least {limit}"),
            Self::Maximum { limit, .. } => format!("has to be at most {limit}"),
            Self::ExclusiveMinimum { limit } => format!("has to be more than {limit}"),
            Self::ExclusiveMaximum { limit } => format!("has to be less than {limit}"),
            Self::MultipleOf { of } => format!("has to be a multiple of {of}"),
            Self::MinLength { limit, .. } => counted("at least", *limit, "character"),
            Self::MaxLength { limit, .. } => counted("at most", *limit, "character"),
            Self::MinItems { limit, .. } => counted("at least", *limit, "item"),
            Self::MaxItems { limit, .. } => counted("at most", *limit, "item"),
            Self::MinProperties { limit } => counted("at least", *limit, "member"),
            Self::MaxProperties { limit } => counted("at most", *limit, "member"),
            Self::UniqueItems => "may not have two equal items".to_owned(),
            Self::Pattern { pattern } => format!("has to match the pattern {pattern}"),
            Self::Format { format } => format!("has to be of the format {format}"),
            Self::Enum { allowed } => format!("has to be one of {}", allowed.join(", ")),
            Self::OneOf => "has none of the shapes allowed here".to_owned(),
            Self::Not { forbidden } => format!("may not be {}", forbidden.join(" or ")),
            Self::Ambiguous => {
                "nests shapes that look alike too deeply to tell them apart".to_owned()
            }
            Self::Invalid => "has a value that cannot be read here".to_owned(),
            Self::DuplicateField => "comes twice in its object".to_owned(),
            Self::DuplicateParameter => "comes more than once".to_owned(),
            Self::Encoding => "is not text in UTF-8, properly encoded".to_owned(),
            Self::MediaType { allowed } => {
                format!("has to be of the media type {}", allowed.join(" or "))
            }
            Self::MaxSize { limit } => format!("has to have at most {limit} bytes"),
            Self::EmptyBody => "is empty where JSON is required".to_owned(),
            Self::MalformedJson {
                line,
                column,
                message,
            } => format!("is not JSON: {message} at line {line} column {column}"),
            Self::Custom { message, .. } => message.to_string(),
        }
    }

    /// What is wrong, in marshmallow's words, for Flask-Rebar's envelope.
    #[must_use]
    pub fn rebar_message(&self) -> String {
        match self {
            Self::Required => "Missing data for required field.".to_owned(),
            Self::UnknownField => "Unknown field.".to_owned(),
            Self::Null => "Field may not be null.".to_owned(),
            Self::Type { expected } => expected
                .first()
                .map_or("Invalid value.", |kind| kind.rebar())
                .to_owned(),
            Self::Minimum {
                limit,
                maximum: None,
            } => format!("Must be greater than or equal to {limit}."),
            Self::Maximum {
                limit,
                minimum: None,
            } => format!("Must be less than or equal to {limit}."),
            Self::Minimum {
                limit: minimum,
                maximum: Some(maximum),
            }
            | Self::Maximum {
                limit: maximum,
                minimum: Some(minimum),
            } => format!(
                "Must be greater than or equal to {minimum} and less than or equal to {maximum}."
            ),
            Self::ExclusiveMinimum { limit } => format!("Must be greater than {limit}."),
            Self::ExclusiveMaximum { limit } => format!("Must be less than {limit}."),
            Self::MinLength { limit, maximum } | Self::MinItems { limit, maximum } => {
                lengths(Some(*limit), *maximum)
            }
            Self::MaxLength { limit, minimum } | Self::MaxItems { limit, minimum } => {
                lengths(*minimum, Some(*limit))
            }
            Self::MinProperties { limit } => lengths(Some(*limit), None),
            Self::MaxProperties { limit } => lengths(None, Some(*limit)),
            Self::Pattern { .. } => "String does not match expected pattern.".to_owned(),
            Self::Format { format } => match format.as_ref() {
                "email" => "Not a valid email address.",
                "uri" => "Not a valid URL.",
                "uuid" => "Not a valid UUID.",
                "date-time" => "Not a valid datetime.",
                "date" => "Not a valid date.",
                "time" => "Not a valid time.",
                "duration" => "Not a valid period of time.",
                "ipv4" => "Not a valid IPv4 address.",
                "ipv6" => "Not a valid IPv6 address.",
                "ip" | "ipv4 or ipv6" => "Not a valid IP address.",
                _ => "Invalid value.",
            }
            .to_owned(),
            Self::Enum { allowed } => {
                let allowed: Vec<_> = allowed
                    .iter()
                    .map(|value| value.trim_matches('"'))
                    .collect();
                format!("Must be one of: {}.", allowed.join(", "))
            }
            Self::Not { .. } => "Invalid input.".to_owned(),
            Self::Encoding => "Not a valid utf-8 string.".to_owned(),
            // marshmallow has no words for these: it never sees that a name came twice.
            Self::DuplicateField | Self::DuplicateParameter => {
                "Field may only be given once.".to_owned()
            }
            Self::Custom { message, .. } => message.to_string(),
            Self::MultipleOf { .. }
            | Self::UniqueItems
            | Self::OneOf
            | Self::Ambiguous
            | Self::Invalid
            | Self::MediaType { .. }
            | Self::MaxSize { .. }
            | Self::EmptyBody
            | Self::MalformedJson { .. } => "Invalid value.".to_owned(),
        }
    }
}

fn counted(bound: &str, limit: u64, what: &str) -> String {
    let plural = if limit == 1 { "" } else { "s" };
    format!("has to have {bound} {limit} {what}{plural}")
}

fn lengths(minimum: Option<u64>, maximum: Option<u64>) -> String {
    match (minimum, maximum) {
        (Some(minimum), Some(maximum)) if minimum == maximum => {
            format!("Length must be {minimum}.")
        }
        (Some(minimum), Some(maximum)) => {
            format!("Length must be between {minimum} and {maximum}.")
        }
        (Some(minimum), None) => format!("Shorter than minimum length {minimum}."),
        (None, Some(maximum)) => format!("Longer than maximum length {maximum}."),
        (None, None) => "Invalid value.".to_owned(),
    }
}
