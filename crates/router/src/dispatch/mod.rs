//! Finding the operation of a request: one actix service per registry, a trie
//! over path templates, then a method table. The cost does not grow with the
//! number of operations.
//!
//! What is checked about templates before any of this runs is in `build/`.

mod factory;
mod head;
mod hidden;
mod resources;
mod service;
mod trie;

pub(crate) use resources::Resources;
pub(crate) use trie::{MAX_PARAMETERS, Node, Target, Trie};
