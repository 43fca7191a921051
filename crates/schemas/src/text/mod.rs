//! Queries, headers, paths and forms: text that is read as a declared type.
//!
//! The declared type determines how text is read: integers and floats in JSON's grammar (no leading `+`, no spaces, no
//! leading zeros), booleans exactly `true` or `false`, strings unchanged, lists from repeated names or, as
//! [`CommaSeparated`] and in headers and paths, comma-separated; objects within a query or a form from `name[member]`
//! (`deepObject`). Forms are read as browsers write them, see [`coerce`]. As for bodies there are two paths: serde over the
//! text, and if that fails, or always where a type has such objects, a JSON value that is validated against the schema.
//! Splitting URLs and finding headers and cookies is left to the caller.

mod charset;
mod coerce;
mod de;
mod delimited;
mod fields;
mod form;
mod grammar;
mod parts;
mod urlencoded;

use std::borrow::Cow;

use serde::de::DeserializeOwned;

pub use charset::is_utf8_charset;
pub use delimited::{CommaSeparated, PipeDelimited, SpaceDelimited};

use crate::{
    InstanceLocation, Location, MAX_VIOLATIONS, Rule, Schema, Validator, Violation, Violations,
    decode::{Attempt, is_valid},
    delimiter::Delimiter,
    instance::Instance,
};
use coerce::Parts;
use fields::{Field, ListStyle, Texts, group};
pub use parts::Part;

/// The lookup by which [`Validator::read_headers`] and [`Validator::read_cookies`] find the values of a name, with its index
/// in [`Validator::names`].
pub type HeaderLookup<'l, 'h> = dyn Fn(usize, &str, &mut Vec<&'h [u8]>) + 'l;

/// Names and values other than the declared ones, each name once, for a type that collects them.
pub type OtherTexts<'h> = Vec<(String, Vec<&'h [u8]>)>;

impl Validator {
    /// Reads a query string (without its `?`) as `T`: `application/x-www-form-urlencoded`, `+` for a space.
    ///
    /// A repeated name is a list or a `duplicate_parameter`; an undeclared name is an `unknown_field`, unless the type
    /// ignores unknown fields or has a flattened map, which collects them. A field that is a struct or a map is read from
    /// `field[member]`, one level deep (the style `deepObject`, OpenAPI 3.1.1 section 4.8.12.3).
    ///
    /// A text is read as it is: `n=` is the empty text, and so no number.
    ///
    /// # Errors
    /// All violations, each with the parameter's name as its pointer, at most [`MAX_VIOLATIONS`](crate::MAX_VIOLATIONS).
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
    pub fn read_query<T: DeserializeOwned + Schema>(&self, raw: &str) -> Result<T, Violations> {
        self.read_pairs(Location::Query, raw, false)
    }

    /// Reads a query string as [`read_query`](Self::read_query) does, without the parameters that the type does not declare
    /// if `ignores_unknown`.
    #[doc(hidden)]
    pub fn read_query_by_policy<T: DeserializeOwned + Schema>(
        &self,
        raw: &str,
        ignores_unknown: bool,
    ) -> Result<T, Violations> {
        self.read_pairs(Location::Query, raw, ignores_unknown)
    }

    /// Reads headers as `T`, a struct with one field per header.
    ///
    /// `lookup` is called with the index in [`names`](Self::names) and the name of each declared header, and pushes its
    /// values; undeclared headers are ignored, unless the type has a flattened map: `others` are its entries, of which
    /// those that are not text are left out. Names are compared by the caller (case-insensitively in HTTP). Lists are
    /// comma-separated, on one line or several (RFC 9110, section 5.3).
    ///
    /// # Errors
    /// All violations, each with the header's declared name as its pointer; a value that is not UTF-8 is an `encoding`
    /// violation.
    #[doc(hidden)]
    pub fn read_headers<'h, T: DeserializeOwned + Schema>(
        &self,
        lookup: &HeaderLookup<'_, 'h>,
        others: OtherTexts<'h>,
    ) -> Result<T, Violations> {
        self.read_named(Location::Header, lookup, others)
    }

    /// Reads cookies as `T`, a struct with one field per cookie, from the values `lookup` finds as
    /// [`read_headers`](Self::read_headers) does. Of several cookies of one name the first is read, which user agents send
    /// for the most specific path (RFC 6265 section 5.4).
    ///
    /// # Errors
    /// All violations, each with the cookie's name as its pointer.
    #[doc(hidden)]
    pub fn read_cookies<'h, T: DeserializeOwned + Schema>(
        &self,
        lookup: &HeaderLookup<'_, 'h>,
        others: OtherTexts<'h>,
    ) -> Result<T, Violations> {
        let first = |index: usize, name: &str, values: &mut Vec<&'h [u8]>| {
            lookup(index, name, values);
            values.truncate(1);
        };
        self.read_named(Location::Cookie, &first, others)
    }

    fn read_named<'h, T: DeserializeOwned + Schema>(
        &self,
        location: Location,
        lookup: &HeaderLookup<'_, 'h>,
        others: OtherTexts<'h>,
    ) -> Result<T, Violations> {
        let (mut fields, undecodable) = self.named_fields(location, lookup);
        if !others.is_empty() {
            fields.extend(others.into_iter().filter_map(other));
        }
        self.read(location, &fields, ListStyle::HeaderLines, undecodable)
    }

    /// Returns the violations of headers, as [`read_headers`](Self::read_headers) does, without reading them as a type: for
    /// those of a response. Several lines are one comma-separated value (RFC 9110, section 5.3).
    #[doc(hidden)]
    #[must_use]
    pub fn check_headers<'h>(&self, lookup: &HeaderLookup<'_, 'h>) -> Violations {
        let (mut fields, mut violations) = self.named_fields(Location::Header, lookup);
        for field in &mut fields {
            if let Texts::Many(lines) = &field.texts {
                field.texts = Texts::One(lines.join(", ").into());
            }
        }
        let style = ListStyle::HeaderLines;
        let (value, _) = coerce::value(self, Location::Header, &fields, style, &mut violations);
        self.validate_into(Location::Header, &Instance::from(&value), &mut violations);
        violations.into()
    }

    /// Returns the declared headers or cookies that are present, and the violations of those that are not text.
    fn named_fields<'s, 'h: 's>(
        &'s self,
        location: Location,
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
                [line] => text(line).map(|text| Texts::One(text.into())),
                lines => {
                    let texts = lines.iter().map(|line| text(line).map(Cow::Borrowed));
                    texts.collect::<Option<_>>().map(Texts::Many)
                }
            };
            match texts {
                None => undecodable.push(violation(location, name, Rule::Encoding)),
                Some(texts) => fields.push(Field {
                    name: Cow::Borrowed(name),
                    texts,
                }),
            }
        }
        (fields, undecodable)
    }

    /// Reads the parameters of a path as `T`: a struct by name, a tuple by position, or the only value. `params` are names
    /// and percent-decoded texts in the order of the template.
    ///
    /// # Errors
    /// All violations, each with the parameter's name as its pointer, for tuples and single values too.
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
    ) -> Result<T, Violations> {
        let fields = path_fields(params);
        self.read(
            Location::Path,
            &fields,
            ListStyle::Delimited(Delimiter::Comma),
            Vec::new(),
        )
    }

    /// Returns whether the parameters of a path have the types and satisfy the limits of this schema, as
    /// [`read_path`](Self::read_path) requires. `custom` rules are not checked.
    ///
    /// ```
    /// # use purlin_schemas::Validator;
    /// let validator = Validator::of::<u32>().unwrap();
    /// assert!(validator.fits_path(&[("id", "7".into())]));
    /// assert!(!validator.fits_path(&[("id", "seven".into())]));
    /// ```
    #[doc(hidden)]
    #[must_use]
    pub fn fits_path(&self, params: &[(&str, Cow<'_, str>)]) -> bool {
        let mut violations = Vec::new();
        let fields = path_fields(params);
        let style = ListStyle::Delimited(Delimiter::Comma);
        let (value, _) = coerce::value(self, Location::Path, &fields, style, &mut violations);
        self.validate_into(Location::Path, &Instance::from(&value), &mut violations);
        violations.is_empty()
    }

    /// Reads `name=text` pairs separated by `&`.
    fn read_pairs<T: DeserializeOwned + Schema>(
        &self,
        location: Location,
        raw: &str,
        ignores_unknown: bool,
    ) -> Result<T, Violations> {
        let is_ignored =
            |name: &str| ignores_unknown && !self.declares(name) && !self.collects_unknown();
        let mut pairs = Vec::new();
        let mut undecodable: Vec<Violation> = Vec::new();
        for pair in form::pairs(raw) {
            match pair {
                Ok((name, _)) if is_ignored(&name) => {}
                Err(error) if is_ignored(&error.name) => {}
                Ok((name, text)) if self.is_charset(location, &name) => {
                    undecodable.extend(charset::check(text.as_bytes()));
                }
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

    /// Returns whether a field states the encoding of its form, and is not one of the type.
    fn is_charset(&self, location: Location, name: &str) -> bool {
        location == Location::Body
            && name == charset::FIELD
            && !self.names().iter().any(|declared| declared == name)
    }

    fn read<T: DeserializeOwned + Schema>(
        &self,
        location: Location,
        fields: &[Field<'_>],
        style: ListStyle,
        undecodable: Vec<Violation>,
    ) -> Result<T, Violations> {
        if undecodable.is_empty()
            && !self.is_strict()
            && !self.reads_objects()
            && let Ok(value) = T::deserialize(de::Section {
                fields,
                style,
                guide: self.guide(),
            })
            && is_valid(&value)
        {
            return Ok(value);
        }
        self.read_slow(location, fields, style, undecodable)
    }

    #[cold]
    fn read_slow<T: DeserializeOwned + Schema>(
        &self,
        location: Location,
        fields: &[Field<'_>],
        style: ListStyle,
        mut violations: Vec<Violation>,
    ) -> Result<T, Violations> {
        let undecodable: Vec<String> = violations
            .iter()
            .map(|violation| violation.pointer.clone())
            .collect();
        let (value, parts) = coerce::value(self, location, fields, style, &mut violations);
        let instance = Instance::from(&value);
        self.validate_into(location, &instance, &mut violations);
        self.finish(location, &instance, violations, Attempt::None)
            .map_err(|mut violations| {
                for violation in violations.iter_mut() {
                    name_part(violation, parts, fields);
                }
                // What was sent but could not be decoded is not missing.
                violations.retain(|violation| {
                    !matches!(violation.rule, Rule::Required)
                        || !undecodable.contains(&violation.pointer)
                });
                violations
            })
    }
}

/// Returns an undeclared name with its values as one text, if they are text.
fn other<'h>((name, lines): (String, Vec<&'h [u8]>)) -> Option<Field<'h>> {
    let lines: Option<Vec<&str>> = lines.into_iter().map(text).collect();
    Some(Field {
        name: name.into(),
        texts: Texts::One(lines?.join(", ").into()),
    })
}

fn path_fields<'a>(params: &'a [(&str, Cow<'_, str>)]) -> Vec<Field<'a>> {
    let one = |(name, text): &'a (&str, Cow<'_, str>)| Field {
        name: Cow::Borrowed(*name),
        texts: Texts::One(Cow::Borrowed(&**text)),
    };
    params.iter().map(one).collect()
}

/// Replaces the pointer to a path parameter by its name, where the type knows only its position or not even that.
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

/// Returns the value of a header or cookie as text in UTF-8, of which ASCII is a part, without surrounding white space. Bytes
/// beyond ASCII are opaque to HTTP (RFC 9110 section 5.5); other encodings of text are rejected, as nothing distinguishes them.
fn text(line: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(line).ok()?;
    Some(text.trim_matches([' ', '\t']))
}
