//! The wrappers: one kind of declaration each, around any type.

use std::collections::BTreeMap;

use purlin_schemas::schema;

/// What is inside: an object with a limit and an optional member.
#[schema]
#[derive(PartialEq, Debug)]
pub(crate) struct Leaf {
    #[garde(range(max = 9))]
    pub(crate) x: u8,
    pub(crate) y: Option<String>,
}

/// A scalar.
pub(crate) type Number = u8;

/// A union of several kinds of values, some of them hard to distinguish.
#[schema]
#[serde(untagged)]
pub(crate) enum Any {
    Small(#[garde(range(max = 20))] u8),
    Large(i32),
    Leaf(Leaf),
    Numbers(Vec<u8>),
    Id(uuid::Uuid),
    Text(#[garde(length(chars, max = 5))] String),
    Map(BTreeMap<String, Option<i16>>),
}

#[schema]
pub(crate) struct Struct<T> {
    pub(crate) a: T,
    #[garde(range(max = 100))]
    pub(crate) n: u8,
}

#[schema]
pub(crate) struct Newtype<T>(pub(crate) T);

#[schema]
#[serde(transparent)]
pub(crate) struct Transparent<T> {
    pub(crate) inner: T,
}

#[schema]
pub(crate) struct Tuple<T>(pub(crate) T, pub(crate) u8);

#[schema]
pub(crate) enum External<T> {
    Nothing,
    New(T),
    Pair(T, bool),
    Named { a: T, b: Option<u8> },
}

#[schema]
#[serde(tag = "kind")]
pub(crate) enum Internal<T> {
    Nothing,
    Named { a: T, n: Option<u8> },
}

/// The content shares its object with the tag.
#[schema]
#[serde(tag = "kind")]
pub(crate) enum Around<T> {
    Nothing,
    New(T),
}

#[schema]
#[serde(tag = "t", content = "c")]
pub(crate) enum Adjacent<T> {
    Nothing,
    New(T),
    Pair(T, bool),
    Named { a: T },
}

#[schema]
#[serde(untagged)]
pub(crate) enum Untagged<T> {
    New(T),
    Numbers(Vec<u8>),
    Map(BTreeMap<String, bool>),
    Text(String),
}

#[schema]
#[serde(untagged)]
pub(crate) enum UntaggedNamed<T> {
    Named { a: T, b: Option<u8> },
    Other { a: Option<u8>, c: bool },
    Nothing,
}

/// Tagged variants beside one that is not.
#[schema]
#[serde(tag = "kind")]
pub(crate) enum Mixed<T> {
    Nothing,
    Named {
        n: u8,
    },
    #[serde(untagged)]
    New(T),
}

#[schema]
pub(crate) struct Flat<T> {
    pub(crate) id: u8,
    #[serde(flatten)]
    pub(crate) rest: T,
}

#[schema]
pub(crate) struct FlatOption<T> {
    pub(crate) own: u8,
    #[serde(flatten)]
    pub(crate) rest: Option<T>,
}

/// A variant that flattens.
#[schema]
#[serde(tag = "sort")]
pub(crate) enum FlatVariant<T> {
    Nothing,
    Flat {
        own_too: Option<u8>,
        #[serde(flatten)]
        rest: T,
    },
}

#[schema]
pub(crate) struct Optional<T> {
    pub(crate) a: Option<T>,
    #[serde(default)]
    pub(crate) list: Vec<T>,
}

pub(crate) type Boxed<T> = Box<T>;
pub(crate) type List<T> = Vec<T>;
pub(crate) type Map<T> = BTreeMap<String, T>;
pub(crate) type IntMap<T> = BTreeMap<u8, T>;
pub(crate) type Two<T> = [T; 2];
