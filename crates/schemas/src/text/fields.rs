//! Named texts: what a query string, a header section and a path have in common.

use std::borrow::Cow;

use crate::delimiter::Delimiter;

/// How a list is written in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListStyle {
    /// One text per item, as in `?id=1&id=2`.
    Repeated,
    /// Items in one text, as in `?ids=1,2`.
    Delimited(Delimiter),
    /// Comma-separated items, on one or several header lines, with optional white space and empty items ignored
    /// (RFC 9110, section 5.6.1).
    HeaderLines,
}

/// The texts of one name, in their order.
#[derive(Debug)]
pub(crate) struct Field<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) texts: Texts<'a>,
}

/// Nearly always one text, so that the common case allocates no list.
#[derive(Debug)]
pub(crate) enum Texts<'a> {
    One(Cow<'a, str>),
    Many(Vec<Cow<'a, str>>),
}

impl Texts<'_> {
    /// Returns the text, if there is exactly one.
    pub(crate) fn single(&self) -> Option<&str> {
        match self.as_slice() {
            [text] => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_slice(&self) -> &[Cow<'_, str>] {
        match self {
            Texts::One(text) => std::slice::from_ref(text),
            Texts::Many(texts) => texts,
        }
    }

    /// Returns the items of the list these texts represent; a delimited list must be one text.
    pub(crate) fn items(&self, style: ListStyle) -> Option<Vec<&str>> {
        match style {
            ListStyle::Repeated => Some(self.as_slice().iter().map(|text| &**text).collect()),
            ListStyle::Delimited(delimiter) => match self.single()? {
                "" => Some(Vec::new()),
                text => Some(text.split(delimiter.character()).collect()),
            },
            ListStyle::HeaderLines => {
                let items = self.as_slice().iter().flat_map(|line| line.split(','));
                Some(
                    items
                        .map(|item| item.trim_matches([' ', '\t']))
                        .filter(|item| !item.is_empty())
                        .collect(),
                )
            }
        }
    }
}

/// Groups texts by name. Sorting keeps the cost of many parameters low; texts of one name keep their order.
pub(crate) fn group<'a>(mut pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Vec<Field<'a>> {
    pairs.sort_by(|left, right| left.0.cmp(&right.0));
    let mut fields: Vec<Field<'a>> = Vec::with_capacity(pairs.len());
    for (name, text) in pairs {
        match fields.last_mut() {
            Some(field) if field.name == name => field.texts.push(text),
            _ => fields.push(Field {
                name,
                texts: Texts::One(text),
            }),
        }
    }
    fields
}

impl<'a> Texts<'a> {
    pub(crate) fn push(&mut self, text: Cow<'a, str>) {
        match self {
            Texts::Many(texts) => texts.push(text),
            Texts::One(first) => *self = Texts::Many(vec![std::mem::take(first), text]),
        }
    }
}
