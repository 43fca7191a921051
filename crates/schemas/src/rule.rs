//! The rules a value can break, with their codes and messages.

use std::{borrow::Cow, fmt};

/// The type of a JSON value, as the keyword `type` of JSON Schema names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum JsonType {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number without a fractional part; `1.0` is one.
    Integer,
    /// Any number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl JsonType {
    /// Returns the name with its article, for messages.
    fn with_article(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// The composition of an array or object schema, which its type alone does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Composition {
    /// An array with a schema for each position (`prefixItems`).
    Tuple,
    /// An array whose items are objects with declared properties.
    ObjectArray,
    /// An object without declared properties, whose members share a schema (`additionalProperties`,
    /// `patternProperties`).
    Map,
}

/// A rule of a schema that a value breaks, with its parameters.
///
/// Codes are stable: they are never renamed, and none changes its meaning.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Rule {
    /// `required`: the value is missing.
    Required,
    /// `unknown_field`: the schema declares no field of this name and allows no others.
    UnknownField,
    /// `null`: the value must not be null.
    Null,
    /// `type`: the value has another JSON type.
    Type {
        /// The allowed types; nearly always one.
        expected: Vec<JsonType>,
        /// The composition of the first of them, where it is an array or object.
        composition: Option<Composition>,
    },
    /// `minimum`: the number is too small.
    Minimum {
        /// The smallest allowed number.
        limit: Limit,
        /// The largest allowed number, if the schema states one.
        maximum: Option<Limit>,
    },
    /// `maximum`: the number is too large.
    Maximum {
        /// The largest allowed number.
        limit: Limit,
        /// The smallest allowed number, if the schema states one.
        minimum: Option<Limit>,
    },
    /// `exclusive_minimum`: the number is not above the limit.
    ExclusiveMinimum {
        /// The limit, itself excluded.
        limit: Limit,
    },
    /// `exclusive_maximum`: the number is not below the limit.
    ExclusiveMaximum {
        /// The limit, itself excluded.
        limit: Limit,
    },
    /// `multiple_of`: the number is not a multiple.
    MultipleOf {
        /// The divisor.
        of: Limit,
    },
    /// `min_length`: the string has too few characters.
    MinLength {
        /// The smallest allowed length.
        limit: u64,
        /// The largest allowed length, if the schema states one.
        maximum: Option<u64>,
    },
    /// `max_length`: the string has too many characters.
    MaxLength {
        /// The largest allowed length.
        limit: u64,
        /// The smallest allowed length, if the schema states one.
        minimum: Option<u64>,
    },
    /// `min_items`: the array has too few items.
    MinItems {
        /// The smallest allowed number of items.
        limit: u64,
        /// The largest allowed number of items, if the schema states one.
        maximum: Option<u64>,
    },
    /// `max_items`: the array has too many items.
    MaxItems {
        /// The largest allowed number of items.
        limit: u64,
        /// The smallest allowed number of items, if the schema states one.
        minimum: Option<u64>,
    },
    /// `min_properties`: the object has too few members.
    MinProperties {
        /// The smallest allowed number of members.
        limit: u64,
    },
    /// `max_properties`: the object has too many members.
    MaxProperties {
        /// The largest allowed number of members.
        limit: u64,
    },
    /// `unique_items`: two items of the array are equal.
    UniqueItems,
    /// `pattern`: the string does not match a regular expression.
    Pattern {
        /// The expression, as the document states it.
        pattern: Cow<'static, str>,
    },
    /// `format`: the string does not match a format.
    Format {
        /// The format's name in JSON Schema: `email`, `date-time`.
        format: Cow<'static, str>,
    },
    /// `enum`: the value is none of those listed.
    Enum {
        /// The allowed values, as JSON.
        allowed: Vec<String>,
    },
    /// `one_of`: the value matches none of the allowed schemas, or several where exactly one is allowed.
    OneOf,
    /// `not`: the value is a forbidden one.
    Not {
        /// The forbidden values, as JSON.
        forbidden: Vec<String>,
    },
    /// `ambiguous`: so many alternatives match parts of the value that validating it would take more work than
    /// its size justifies.
    Ambiguous,
    /// `invalid`: the type cannot be read from the value, for a reason that no other rule states.
    Invalid,
    /// `duplicate_field`: an object has two members of this name.
    DuplicateField,
    /// `duplicate_parameter`: the parameter is given more than once.
    DuplicateParameter,
    /// `encoding`: the bytes are not UTF-8, or the percent-encoding is broken.
    Encoding,
    /// `charset`: the text is in a character encoding other than UTF-8.
    Charset {
        /// The name of the encoding.
        found: String,
    },
    /// `file`: the part of a form is text where a file is required.
    File,
    /// `media_type`: the file, or the part of a body, has another media type.
    MediaType {
        /// The allowed media types.
        allowed: Vec<String>,
    },
    /// `max_size`: the file is too large.
    MaxSize {
        /// The largest allowed size in bytes.
        limit: u64,
    },
    /// `empty_body`: the body is empty.
    EmptyBody,
    /// `malformed_json`: the body is not JSON.
    MalformedJson {
        /// The line of the error, counted from 1.
        line: usize,
        /// The column of the error in bytes, counted from 1.
        column: usize,
        /// The error.
        message: Cow<'static, str>,
    },
    /// A rule of the application.
    Custom {
        /// Its code, in snake case.
        code: Cow<'static, str>,
        /// The message, for people.
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
    /// Converts a finite limit; anything else becomes 0.
    fn from(number: f64) -> Self {
        Self(serde_json::Number::from_f64(number).unwrap_or_else(|| 0.into()))
    }
}

impl From<f32> for Limit {
    /// Converts by the decimal form: 0.1, and not the nearest `f64`.
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
    /// Returns the rule that a value has a type other than `expected`.
    #[must_use]
    pub fn wrong_type(expected: JsonType) -> Self {
        Self::Type {
            expected: vec![expected],
            composition: None,
        }
    }

    /// Returns the stable code, in snake case.
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
            Self::Charset { .. } => "charset",
            Self::File => "file",
            Self::MediaType { .. } => "media_type",
            Self::MaxSize { .. } => "max_size",
            Self::EmptyBody => "empty_body",
            Self::MalformedJson { .. } => "malformed_json",
            Self::Custom { code, .. } => code,
        }
    }

    /// Returns what is wrong, for people.
    #[must_use]
    pub fn message(&self) -> String {
        self.written().to_string()
    }

    /// Returns the message to be written where it is read.
    pub(crate) fn written(&self) -> Message<'_> {
        Message(self)
    }
}

/// The message of a rule: what is wrong, for people.
pub(crate) struct Message<'r>(&'r Rule);

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Rule::Required => f.write_str("is required"),
            Rule::UnknownField => f.write_str("unknown field"),
            Rule::Null => f.write_str("must not be null"),
            Rule::Type { expected, .. } => {
                let types = expected.iter().map(|one| one.with_article());
                list(f, "must be ", types, " or ")
            }
            Rule::Minimum { limit, .. } => write!(f, "must be at least {limit}"),
            Rule::Maximum { limit, .. } => write!(f, "must be at most {limit}"),
            Rule::ExclusiveMinimum { limit } => write!(f, "must be greater than {limit}"),
            Rule::ExclusiveMaximum { limit } => write!(f, "must be less than {limit}"),
            Rule::MultipleOf { of } => write!(f, "must be a multiple of {of}"),
            Rule::MinLength { limit, .. } => counted(f, "at least", *limit, "character"),
            Rule::MaxLength { limit, .. } => counted(f, "at most", *limit, "character"),
            Rule::MinItems { limit, .. } => counted(f, "at least", *limit, "item"),
            Rule::MaxItems { limit, .. } => counted(f, "at most", *limit, "item"),
            Rule::MinProperties { limit } => counted(f, "at least", *limit, "member"),
            Rule::MaxProperties { limit } => counted(f, "at most", *limit, "member"),
            Rule::UniqueItems => f.write_str("must not contain duplicate items"),
            Rule::Pattern { pattern } => write!(f, "must match the pattern {pattern}"),
            Rule::Format { format } => write!(f, "must match the format {format}"),
            Rule::Enum { allowed } => list(f, "must be one of ", allowed, ", "),
            Rule::OneOf => f.write_str("matches none of the allowed schemas"),
            Rule::Not { forbidden } => list(f, "must not be ", forbidden, " or "),
            Rule::Ambiguous => f.write_str("matches too many alternatives to be validated"),
            Rule::Invalid => f.write_str("is not a valid value"),
            Rule::DuplicateField => f.write_str("duplicate key"),
            Rule::DuplicateParameter => f.write_str("duplicate parameter"),
            Rule::Encoding => f.write_str("must be correctly encoded UTF-8 text"),
            Rule::Charset { found } => {
                let found = found.escape_debug();
                write!(f, "must be in UTF-8, and is in `{found}`")
            }
            Rule::File => f.write_str("must be a file: a part with a `filename`"),
            Rule::MediaType { allowed } => list(f, "must have the media type ", allowed, " or "),
            Rule::MaxSize { limit } => write!(f, "must have at most {limit} bytes"),
            Rule::EmptyBody => f.write_str("is empty, but JSON is required"),
            Rule::MalformedJson {
                line,
                column,
                message,
            } => write!(
                f,
                "is not valid JSON: {message} at line {line} column {column}"
            ),
            Rule::Custom { message, .. } => f.write_str(message),
        }
    }
}

/// Writes texts with a separator between them.
fn list(
    f: &mut fmt::Formatter<'_>,
    start: &str,
    texts: impl IntoIterator<Item = impl AsRef<str>>,
    separator: &str,
) -> fmt::Result {
    f.write_str(start)?;
    for (index, text) in texts.into_iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        f.write_str(text.as_ref())?;
    }
    Ok(())
}

fn counted(f: &mut fmt::Formatter<'_>, bound: &str, limit: u64, what: &str) -> fmt::Result {
    let plural = if limit == 1 { "" } else { "s" };
    write!(f, "must have {bound} {limit} {what}{plural}")
}

/// A message in JSON is written without a text in between.
impl serde::Serialize for Message<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
