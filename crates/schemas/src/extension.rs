//! The extension keywords by which `#[schema]` and the types of this crate state what JSON Schema cannot; none of
//! them reaches a document.

/// The schemas of a map's keys, in both directions.
pub(crate) const KEYS: &str = "x-purlin-keys";
/// The name the type asked for; schemars renames the second type of a name.
pub(crate) const NAME: &str = "x-purlin-name";
/// The Rust path of the type, with its arguments.
pub(crate) const TYPE: &str = "x-purlin-type";
/// serde buffers what it reads here, or reads more than the schema allows, so values must be validated first.
pub(crate) const STRICT: &str = "x-purlin-strict";
/// Though it is strict, its members may be read one by one, each as its own schema states, where the object is closed: what has
/// flattened fields, and an internally tagged enum after its tag.
pub(crate) const MEMBERWISE: &str = "x-purlin-memberwise";
/// How the list is written in text: `comma`.
pub(crate) const LIST: &str = "x-purlin-list";
/// The value is a file; the extension holds its rules.
pub(crate) const FILE: &str = "x-purlin-file";
/// The schema is that of a part: the extension holds the path of its type, and its kind: `part`, `optional` or `content` (of a variant).
pub(crate) const PART: &str = "x-purlin-part";
/// The schemas within a variant that have to be closed: the variant (`""`), the schema of a member, or that of its only member
/// (`"*"`).
pub(crate) const CLOSED: &str = "x-purlin-closed";
/// The prefix of all of them.
pub(crate) const PREFIX: &str = "x-purlin-";
