//! Where in a value something is: a list of steps on the stack, so that nothing
//! is allocated until a place has to be named.

use std::fmt::Write;

/// A place in a value, as steps from its root.
///
/// ```
/// use purlin_schemas::Place;
///
/// let friends = Place::ROOT.field("friends");
/// let second = friends.index(1);
/// assert_eq!(second.field("a/b").pointer(), "/friends/1/a~1b");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Member(&'a str),
    Index(usize),
}

impl Place<'_> {
    /// The whole value.
    pub const ROOT: Place<'static> = Place {
        parent: None,
        step: Step::Root,
    };

    /// A member of the object that is here.
    #[must_use]
    pub fn field<'a>(&'a self, name: &'a str) -> Place<'a> {
        Place {
            parent: Some(self),
            step: Step::Member(name),
        }
    }

    /// An entry of the map that is here.
    #[must_use]
    pub fn key<'a>(&'a self, key: &'a str) -> Place<'a> {
        self.field(key)
    }

    /// An item of the list that is here, counted from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> Place<'_> {
        Place {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    /// The place as a JSON Pointer (RFC 6901); empty for the whole value.
    #[must_use]
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        self.write(&mut pointer);
        pointer
    }

    fn write(&self, pointer: &mut String) {
        if let Some(parent) = self.parent {
            parent.write(pointer);
        }
        match self.step {
            Step::Root => {}
            Step::Member(name) => {
                pointer.push('/');
                for character in name.chars() {
                    match character {
                        '~' => pointer.push_str("~0"),
                        '/' => pointer.push_str("~1"),
                        other => pointer.push(other),
                    }
                }
            }
            Step::Index(index) => {
                // Writing to a string does not fail.
                let _ = write!(pointer, "/{index}");
            }
        }
    }
}
