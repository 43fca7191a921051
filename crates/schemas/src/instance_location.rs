//! Where in a value something is: a list of steps on the stack, so that nothing
//! is allocated until a place has to be named.

use std::any::Any;
use std::fmt::{self, Write};

/// A place in a value, as steps from its root.
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
    /// A key that is made into text only where there is something to report.
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
    /// The whole value.
    pub const ROOT: InstanceLocation<'static> = InstanceLocation {
        parent: None,
        step: Step::Root,
    };

    /// A member of the object that is here.
    #[must_use]
    pub fn field<'a>(&'a self, name: &'a str) -> InstanceLocation<'a> {
        InstanceLocation {
            parent: Some(self),
            step: Step::Member(name),
        }
    }

    /// An entry of the map that is here.
    #[must_use]
    pub fn key<'a>(&'a self, key: &'a str) -> InstanceLocation<'a> {
        self.field(key)
    }

    /// An entry of the map that is here, by a key of any type. Where it is not known how a key of that type is
    /// written, the pointer leads to the map.
    pub(crate) fn typed_key<'a>(&'a self, key: &'a dyn Any) -> InstanceLocation<'a> {
        InstanceLocation {
            parent: Some(self),
            step: Step::Key(key),
        }
    }

    /// An item of the list that is here, counted from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> InstanceLocation<'_> {
        InstanceLocation {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    /// The place as a JSON Pointer (RFC 6901); empty for the whole value.
    #[must_use]
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        let _ = self.write(&mut pointer);
        pointer
    }

    /// Writes the steps; answers whether those that follow may be written too.
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
                // Writing to a string does not fail.
                let _ = write!(pointer, "/{index}");
            }
        }
        true
    }
}

/// How a key is written in JSON, for the types of which that is known.
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
    for character in name.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}
