//! What separates the items of a list that is written as one text.

/// What separates the items of a list that is written as one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delimiter {
    /// A comma: the style `form` without `explode` (OpenAPI 3.1.1 section 4.8.12.3).
    Comma,
    /// A space: the style `spaceDelimited`.
    Space,
    /// A vertical bar: the style `pipeDelimited`.
    Pipe,
}

impl Delimiter {
    const ALL: [Self; 3] = [Self::Comma, Self::Space, Self::Pipe];

    pub(crate) fn character(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Space => ' ',
            Self::Pipe => '|',
        }
    }

    /// Returns the value of the extension keyword in schemas.
    pub(crate) const fn keyword(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Space => "space",
            Self::Pipe => "pipe",
        }
    }

    /// Returns the name by which the deserializer of text recognises the type of such lists.
    pub(crate) const fn newtype(self) -> &'static str {
        match self {
            Self::Comma => "$purlin::CommaSeparated",
            Self::Space => "$purlin::SpaceDelimited",
            Self::Pipe => "$purlin::PipeDelimited",
        }
    }

    pub(crate) fn of_keyword(keyword: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.keyword() == keyword)
    }

    #[inline]
    pub(crate) fn of_newtype(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.newtype() == name)
    }
}
