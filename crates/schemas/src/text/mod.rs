//! Query strings, headers, paths and forms: text read as the declared type.
//!
//! Text has no types of its own, so the declared type says how it is read: integers and floats in JSON's grammar
//! (no leading `+`, no spaces, no leading zeros), booleans exactly `true` or `false`, strings as they are, lists
//! from repeated names or, as [`CommaSeparated`] and in headers and paths, from commas. As for bodies there are
//! two lanes: serde over the text, and only when that refuses a JSON value made of the text and walked by the
//! contract. Splitting a URL and finding headers is the caller's business.

mod coerce;
mod comma;
mod de;
mod fields;
mod form;
mod grammar;
mod parts;
mod urlencoded;

use std::borrow::Cow;

use serde::de::DeserializeOwned;

pub(crate) use comma::COMMA_SEPARATED;
pub use comma::CommaSeparated;

use crate::decode::{MAX_VIOLATIONS, passes};
use crate::{InstanceLocation, Location, Rule, Schema, Validator, Violation};
use coerce::Parts;
use fields::{Field, ListStyle, Texts, group};
pub use parts::Part;

/// How [`Validator::read_headers`] asks for the values of a header: by its index in [`Validator::names`], and its name.
pub type HeaderLookup<'l, 'h> = dyn Fn(usize, &str, &mut Vec<&'h [u8]>) + 'l;

impl Validator {
    /// Reads a query string (without its `?`) as `T`: `application/x-www-form-urlencoded`, `+` for a space.
    ///
    /// A name that comes twice is a list or a `duplicate_parameter`; a name the contract does not know is an
    /// `unknown_field`, unless the type ignores unknown fields.
    ///
    /// # Errors
    /// Every violation, each with the parameter's name as its pointer, at most
    /// [`MAX_VIOLATIONS`](crate::MAX_VIOLATIONS).
    ///
    /// ```
    /// # use purlin_schemas::{schema, Validator};
    /// #[schema(request)]
    /// struct Page {
    ///     number: u32,
    ///     #[serde(default)]
    ///     tag: Vec<String>,
    /// }
    ///
    /// let validator = Validator::of::<Page>().unwrap();
    /// let page: Page = validator.read_query("number=2&tag=a&tag=b").unwrap();
    /// assert_eq!((page.number, page.tag.len()), (2, 2));
    ///
    /// let violations = validator.read_query::<Page>("number=two&size=5").err().unwrap();
    /// let found: Vec<_> = violations.iter().map(|v| (v.pointer.as_str(), v.rule.code())).collect();
    /// assert_eq!(found, [("/number", "type"), ("/size", "unknown_field")]);
    /// ```
    pub fn read_query<T: DeserializeOwned + Schema>(&self, raw: &str) -> Result<T, Vec<Violation>> {
        self.read_pairs(Location::Query, raw)
    }

    /// Reads headers as `T`, a struct of one field a header.
    ///
    /// `lookup` pushes every value of the header it is given the name of, and its index in [`names`](Self::names); it
    /// is asked for the declared headers alone, so headers nobody declared are ignored, and names are compared as the caller compares them (case
    /// does not matter in HTTP). Lists are comma-separated, over one line or several (RFC 9110, section 5.3).
    ///
    /// # Errors
    /// Every violation, each with the header's declared name as its pointer; a value with bytes outside ASCII is
    /// an `encoding` violation.
    pub fn read_headers<'h, T: DeserializeOwned + Schema>(
        &self,
        lookup: &HeaderLookup<'_, 'h>,
    ) -> Result<T, Vec<Violation>> {
        let (fields, undecodable) = self.header_fields(lookup);
        self.read(
            Location::Header,
            &fields,
            ListStyle::HeaderLines,
            undecodable,
        )
    }

    /// What is wrong with headers, as [`read_headers`](Self::read_headers) finds it: for those of a response, which
    /// nobody reads as a type. Several lines are one value with commas (RFC 9110, section 5.3).
    #[must_use]
    pub fn check_headers<'h>(&self, lookup: &HeaderLookup<'_, 'h>) -> Vec<Violation> {
        let (mut fields, mut violations) = self.header_fields(lookup);
        for field in &mut fields {
            if let Texts::Many(lines) = &field.texts {
                field.texts = Texts::One(lines.join(", ").into());
            }
        }
        let style = ListStyle::HeaderLines;
        let (value, _) = coerce::value(self, Location::Header, &fields, style, &mut violations);
        self.validate(Location::Header, &value, &mut violations);
        violations
    }

    /// The headers there are, and what is wrong with those that are no text.
    fn header_fields<'s, 'h: 's>(
        &'s self,
        lookup: &HeaderLookup<'_, 'h>,
    ) -> (Vec<Field<'s>>, Vec<Violation>) {
        let mut fields = Vec::with_capacity(self.names().len());
        let mut undecodable = Vec::new();
        let mut lines = Vec::new();
        for (index, name) in self.names().iter().enumerate() {
            lines.clear();
            lookup(index, name, &mut lines);
            let texts = match lines.as_slice() {
                [] => continue,
                [line] => ascii(line).map(|text| Texts::One(text.into())),
                lines => {
                    let texts = lines.iter().map(|line| ascii(line).map(Cow::Borrowed));
                    texts.collect::<Option<_>>().map(Texts::Many)
                }
            };
            match texts {
                None => undecodable.push(violation(Location::Header, name, Rule::Encoding)),
                Some(texts) => fields.push(Field {
                    name: Cow::Borrowed(name),
                    texts,
                }),
            }
        }
        (fields, undecodable)
    }

    /// Reads the parameters of a path as `T`: a struct by name, a tuple by position, or the one value there is.
    /// `params` are names and percent-decoded texts in the order of the template.
    ///
    /// # Errors
    /// Every violation, each with the parameter's name as its pointer, for tuples and single values too.
    ///
    /// ```
    /// # use purlin_schemas::Validator;
    /// let validator = Validator::of::<(u32, String)>().unwrap();
    /// let (id, name): (u32, String) = validator.read_path(&[("id", "7".into()), ("name", "x".into())]).unwrap();
    /// assert_eq!((id, name.as_str()), (7, "x"));
    ///
    /// let params = [("id", "x".into()), ("name", "x".into())];
    /// let violations = validator.read_path::<(u32, String)>(&params).unwrap_err();
    /// assert_eq!(violations[0].pointer, "/id");
    /// ```
    pub fn read_path<T: DeserializeOwned + Schema>(
        &self,
        params: &[(&str, Cow<'_, str>)],
    ) -> Result<T, Vec<Violation>> {
        let fields = path_fields(params);
        self.read(Location::Path, &fields, ListStyle::Comma, Vec::new())
    }

    /// Whether the parameters of a path are of the kinds and within the limits of this contract, as
    /// [`read_path`](Self::read_path) takes them. What only the program knows (`custom` rules) is not looked at.
    ///
    /// ```
    /// # use purlin_schemas::Validator;
    /// let validator = Validator::of::<u32>().unwrap();
    /// assert!(validator.fits_path(&[("id", "7".into())]));
    /// assert!(!validator.fits_path(&[("id", "seven".into())]));
    /// ```
    #[must_use]
    pub fn fits_path(&self, params: &[(&str, Cow<'_, str>)]) -> bool {
        let mut violations = Vec::new();
        let fields = path_fields(params);
        let style = ListStyle::Comma;
        let (value, _) = coerce::value(self, Location::Path, &fields, style, &mut violations);
        self.validate(Location::Path, &value, &mut violations);
        violations.is_empty()
    }

    /// Reads `name=text` pairs between `&`.
    fn read_pairs<T: DeserializeOwned + Schema>(
        &self,
        location: Location,
        raw: &str,
    ) -> Result<T, Vec<Violation>> {
        let mut pairs = Vec::new();
        let mut undecodable: Vec<Violation> = Vec::new();
        for pair in form::pairs(raw) {
            match pair {
                Ok(pair) => pairs.push(pair),
                Err(error) => {
                    let violation = violation(location, &error.name, Rule::Encoding);
                    if undecodable.len() < MAX_VIOLATIONS && !undecodable.contains(&violation) {
                        undecodable.push(violation);
                    }
                }
            }
        }
        self.read(location, &group(pairs), ListStyle::Repeated, undecodable)
    }

    fn read<T: DeserializeOwned + Schema>(
        &self,
        location: Location,
        fields: &[Field<'_>],
        style: ListStyle,
        undecodable: Vec<Violation>,
    ) -> Result<T, Vec<Violation>> {
        if undecodable.is_empty()
            && !self.is_strict()
            && let Ok(value) = T::deserialize(de::Section { fields, style })
            && passes(&value)
        {
            return Ok(value);
        }
        self.read_slowly(location, fields, style, undecodable)
    }

    #[cold]
    fn read_slowly<T: DeserializeOwned + Schema>(
        &self,
        location: Location,
        fields: &[Field<'_>],
        style: ListStyle,
        mut violations: Vec<Violation>,
    ) -> Result<T, Vec<Violation>> {
        let undecodable: Vec<String> = violations
            .iter()
            .map(|violation| violation.pointer.clone())
            .collect();
        let (value, parts) = coerce::value(self, location, fields, style, &mut violations);
        self.validate(location, &value, &mut violations);
        self.conclude(location, value, violations)
            .map_err(|mut violations| {
                for violation in &mut violations {
                    name_part(violation, parts, fields);
                }
                // What came but could not be decoded is not missing.
                violations.retain(|violation| {
                    !matches!(violation.rule, Rule::Required)
                        || !undecodable.contains(&violation.pointer)
                });
                violations
            })
    }
}

fn path_fields<'a>(params: &'a [(&str, Cow<'_, str>)]) -> Vec<Field<'a>> {
    let one = |(name, text): &'a (&str, Cow<'_, str>)| Field {
        name: Cow::Borrowed(*name),
        texts: Texts::One(Cow::Borrowed(&**text)),
    };
    params.iter().map(one).collect()
}

/// Points at a path parameter by its name, where the type knows only its position, or not even that.
fn name_part(violation: &mut Violation, parts: Parts, fields: &[Field<'_>]) {
    if violation.rule == Rule::Encoding {
        return;
    }
    let (position, rest) = match parts {
        Parts::ByName => return,
        Parts::Whole => (0, violation.pointer.as_str()),
        Parts::ByPosition => {
            let pointer = violation.pointer.strip_prefix('/').unwrap_or_default();
            let end = pointer.find('/').unwrap_or(pointer.len());
            let (position, rest) = pointer.split_at(end);
            (position.parse().unwrap_or(usize::MAX), rest)
        }
    };
    if let Some(field) = fields.get(position) {
        violation.pointer = format!(
            "{}{rest}",
            InstanceLocation::ROOT.field(&field.name).pointer()
        );
    }
}

fn violation(location: Location, name: &str, rule: Rule) -> Violation {
    Violation {
        location,
        pointer: InstanceLocation::ROOT.field(name).pointer(),
        rule,
    }
}

/// A header line as text: ASCII alone, since nobody can know what other bytes were meant to be.
fn ascii(line: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(line)
        .ok()
        .filter(|text| text.is_ascii())?;
    Some(text.trim_matches([' ', '\t']))
}
