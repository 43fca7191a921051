//! Locations within a value: a linked list on the stack, so that nothing is allocated unless a location is reported.

use std::any::Any;
use std::fmt::{self, Write};

/// The location of a part of a value, as steps from its root.
///
/// ```
/// use purlin_schemas::InstanceLocation;
///
/// let friends = InstanceLocation::ROOT.field("friends");
/// let second = friends.index(1);
/// assert_eq!(second.field("a/b").pointer(), "/friends/1/a~1b");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct InstanceLocation<'a> {
    parent: Option<&'a InstanceLocation<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Member(&'a str),
    /// A key that is converted to text only when it is reported.
    Key(&'a dyn Any),
    Index(usize),
}

impl fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("Root"),
            Self::Member(name) => write!(f, "Member({name:?})"),
            Self::Key(key) => write!(f, "Key({:?})", key_text(*key)),
            Self::Index(index) => write!(f, "Index({index})"),
        }
    }
}

impl InstanceLocation<'_> {
    /// The root.
    pub const ROOT: InstanceLocation<'static> = InstanceLocation {
        parent: None,
        step: Step::Root,
    };

    /// Returns the location of a member of the object at this location.
    #[must_use]
    pub fn field<'a>(&'a self, name: &'a str) -> InstanceLocation<'a> {
        InstanceLocation {
            parent: Some(self),
            step: Step::Member(name),
        }
    }

    /// Returns the location of an entry of the map at this location.
    #[must_use]
    pub fn key<'a>(&'a self, key: &'a str) -> InstanceLocation<'a> {
        self.field(key)
    }

    /// Returns the location of an entry of the map at this location, by a key of any type. For types whose JSON form is
    /// unknown, the pointer leads to the map.
    pub(crate) fn typed_key<'a>(&'a self, key: &'a dyn Any) -> InstanceLocation<'a> {
        InstanceLocation {
            parent: Some(self),
            step: Step::Key(key),
        }
    }

    /// Returns the location of an item of the array at this location, counted from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> InstanceLocation<'_> {
        InstanceLocation {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    /// Returns the location as a JSON Pointer (RFC 6901); empty for the root.
    #[must_use]
    pub fn pointer(&self) -> String {
        if matches!(self.step, Step::Root) {
            return String::new();
        }
        // Most are shorter.
        let mut pointer = String::with_capacity(32);
        let _ = self.write(&mut pointer);
        pointer
    }

    /// Writes the steps; returns whether further steps may be written.
    fn write(&self, pointer: &mut String) -> bool {
        if let Some(parent) = self.parent
            && !parent.write(pointer)
        {
            return false;
        }
        match self.step {
            Step::Root => {}
            Step::Member(name) => push_name(pointer, name),
            Step::Key(key) => match key_text(key) {
                Some(key) => push_name(pointer, &key),
                None => return false,
            },
            Step::Index(index) => {
                // Writing to a string cannot fail.
                let _ = write!(pointer, "/{index}");
            }
        }
        true
    }
}

/// Returns the JSON form of a key, for types for which it is known.
fn key_text(key: &dyn Any) -> Option<String> {
    macro_rules! shown {
        ($($type:ty),+ $(,)?) => {
            None$(.or_else(|| key.downcast_ref::<$type>().map(ToString::to_string)))+
        };
    }
    let text = shown!(
        String,
        std::borrow::Cow<'static, str>,
        Box<str>,
        std::sync::Arc<str>,
        &'static str,
        char,
        bool,
        u8,
        u16,
        u32,
        u64,
        usize,
        i8,
        i16,
        i32,
        i64,
        isize,
        std::net::IpAddr,
        std::net::Ipv4Addr,
        std::net::Ipv6Addr,
    );
    #[cfg(feature = "uuid1")]
    let text = text.or_else(|| key.downcast_ref::<uuid::Uuid>().map(ToString::to_string));
    text
}

fn push_name(pointer: &mut String, name: &str) {
    pointer.push('/');
    if !name.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
        pointer.push_str(name);
        return;
    }
    for character in name.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}
