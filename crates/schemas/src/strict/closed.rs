//! Closed objects that are read member by member, though serde buffers them: each member has to be declared, and there once. Where a
//! tag decides which are, it is looked for first, and what comes before it is buffered.

use std::{borrow::Cow, fmt};

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};

use super::access::Inside;
use super::key::{KeySeed, Watch};
use super::visitor::broken;
use crate::buffer::{Buffer, Rest};
use crate::instance::Name;
use crate::validator::{Closed, Guide};

/// The visitor of a type that is a closed object.
pub(super) struct ClosedVisitor<'v, V> {
    pub(super) visitor: V,
    pub(super) object: Closed<'v>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for ClosedVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(formatter)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<V::Value, A::Error> {
        let mut before = Buffer::of_members();
        let (tag, guide) = match self.object {
            Closed::Members(guide) => (None, guide),
            Closed::Tagged { tag, guide } => {
                let name = find(tag, &mut members, &mut before)?;
                let variant = guide.variant(&name).ok_or_else(broken)?;
                (Some((tag, name)), variant)
            }
        };
        self.visitor.visit_map(Declared {
            members: TagFirst {
                next: if tag.is_some() {
                    Next::Tag
                } else {
                    Next::After
                },
                tag,
                before: before.members(),
                after: members,
            },
            guide,
            current: Guide::NONE,
            read: 0,
        })
    }
}

/// Returns the tag, with the members before it in a buffer.
#[inline]
fn find<'de, A: MapAccess<'de>>(
    tag: &str,
    members: &mut A,
    before: &mut Buffer<'de>,
) -> Result<Cow<'de, str>, A::Error> {
    while let Some(name) = members.next_key_seed(Name)? {
        if name == tag {
            return members.next_value_seed(Name);
        }
        before.read_member(name, members)?;
    }
    Err(broken())
}

/// The members of a closed object.
struct Declared<'v, A> {
    members: A,
    guide: Guide<'v>,
    /// The guide of the member whose name was read last.
    current: Guide<'v>,
    /// Which of the declared members have been read, a bit each.
    read: u64,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Declared<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let mut found = None;
        let watch = FindDeclared {
            all: self.guide,
            found: &mut found,
        };
        let Some(key) = self.members.next_key_seed(KeySeed { seed, watch })? else {
            return Ok(None);
        };
        let (index, guide) = found.ok_or_else(broken)?;
        if self.read & 1 << index != 0 {
            return Err(A::Error::custom("duplicate key"));
        }
        self.read |= 1 << index;
        self.current = guide;
        Ok(Some(key))
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let guide = self.current;
        self.members.next_value_seed(Inside { seed, guide })
    }
}

/// Stores the index and the guide of a declared member.
struct FindDeclared<'w, 'v> {
    all: Guide<'v>,
    found: &'w mut Option<(usize, Guide<'v>)>,
}

impl Watch for FindDeclared<'_, '_> {
    #[inline]
    fn see(&mut self, key: &str) {
        *self.found = self.all.declared(key);
    }

    #[inline]
    fn see_other(&mut self, _: &[u8]) {}
}

/// Members of which the tag comes first, if there is one.
struct TagFirst<'b, 'de, A: MapAccess<'de>> {
    next: Next,
    tag: Option<(&'b str, Cow<'de, str>)>,
    before: Rest<'b, 'de, A::Error>,
    after: A,
}

/// Which member comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Tag,
    /// One that was read before the tag.
    Before,
    /// One that was not read yet.
    After,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for TagFirst<'_, 'de, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        if self.next == Next::Before && self.before.is_empty() {
            self.next = Next::After;
        }
        match (self.next, &self.tag) {
            (Next::Tag, Some((name, _))) => seed.deserialize(StrDeserializer::new(name)).map(Some),
            (Next::Before, _) => self.before.next_key_seed(seed),
            _ => self.after.next_key_seed(seed),
        }
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        match self.next {
            Next::Tag => {
                self.next = Next::Before;
                match self.tag.take() {
                    Some((_, Cow::Borrowed(tag))) => {
                        seed.deserialize(BorrowedStrDeserializer::new(tag))
                    }
                    Some((_, Cow::Owned(tag))) => seed.deserialize(StringDeserializer::new(tag)),
                    None => Err(broken()),
                }
            }
            Next::Before => self.before.next_value_seed(seed),
            Next::After => self.after.next_value_seed(seed),
        }
    }
}
