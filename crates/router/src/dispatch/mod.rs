//! Finding the operation of a request: one actix service per registry, a trie
//! over path templates, then a method table. The cost does not grow with the
//! number of operations.
//!
//! Templates are checked before any of this runs, in `build/`.

mod containers;
mod factory;
pub(crate) mod resources;
mod service;
pub(crate) mod trie;
