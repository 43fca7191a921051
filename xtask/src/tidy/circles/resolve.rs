//! Resolves the paths that modules mention to the modules they lead to, through imports and re-exports.

use std::collections::BTreeSet;

use super::source::{Module, ModulePath, Modules};

/// Names are looked up through this many imports of one module.
const MAX_DEPTH: usize = 16;

/// The state of one search.
#[derive(Default)]
struct Search {
    found: BTreeSet<ModulePath>,
    tried: BTreeSet<Vec<String>>,
}

impl Modules {
    /// Returns the modules that a path written in module `from` leads through: the one that defines the item, and
    /// those that re-export it on the way. Nothing for a path that leads out of the crate.
    pub(super) fn resolve(&self, from: &ModulePath, segments: &[String]) -> BTreeSet<ModulePath> {
        let mut search = Search::default();
        if let Some(path) = self.absolute(from, segments, 0) {
            self.follow(path, &mut search);
        }
        search.found
    }

    /// The path from the crate's root on.
    fn absolute(&self, from: &ModulePath, segments: &[String], depth: usize) -> Option<ModulePath> {
        let (first, rest) = segments.split_first()?;
        let mut path = match first.as_str() {
            "crate" => Vec::new(),
            "self" => from.clone(),
            "super" => {
                let (_, parent) = from.split_last()?;
                let parent = parent.to_vec();
                return match rest {
                    [next, ..] if next == "super" => self.absolute(&parent, rest, depth),
                    _ => Some([&parent, rest].concat()),
                };
            }
            name => {
                let child = [from.as_slice(), &[name.to_owned()]].concat();
                if self.0.contains_key(&child) {
                    child
                } else if depth < MAX_DEPTH {
                    let import = self.0.get(from)?.imports.get(name)?;
                    // `use log::log` imports a name from a crate of that name.
                    let is_itself = import.first() == Some(first);
                    (!is_itself).then(|| self.absolute(from, import, depth + 1))??
                } else {
                    return None;
                }
            }
        };
        path.extend_from_slice(rest);
        Some(path)
    }

    /// Walks an absolute path and adds the modules it leads through. Returns whether its item was found.
    fn follow(&self, path: Vec<String>, search: &mut Search) -> bool {
        if !search.tried.insert(path.clone()) {
            return false;
        }
        let is_module = |length: &usize| self.0.contains_key(&path[..*length]);
        let length = (0..=path.len()).rev().find(is_module).unwrap_or_default();
        let (at, rest) = path.split_at(length);
        let at = at.to_vec();
        let Some(module) = self.0.get(&at) else {
            return false;
        };
        let is_found = match rest.split_first() {
            None => true,
            Some((name, _)) if module.items.contains(name) => true,
            Some((name, rest)) => self.follow_import(module, &at, name, rest, search),
        };
        search.found.insert(at);
        is_found
    }

    fn follow_import(
        &self,
        module: &Module,
        at: &ModulePath,
        name: &str,
        rest: &[String],
        search: &mut Search,
    ) -> bool {
        if let Some(import) = module.imports.get(name) {
            let path = self.absolute(at, import, 0);
            return path.is_some_and(|path| self.follow([&path, rest].concat(), search));
        }
        let name = [name.to_owned()];
        module.globs.iter().any(|glob| {
            let Some(path) = self.absolute(at, glob, 0) else {
                return false;
            };
            // What a glob does not have says nothing of the module that it is of.
            let mut inner = Search {
                found: BTreeSet::new(),
                tried: std::mem::take(&mut search.tried),
            };
            let is_found = self.follow([path.as_slice(), &name, rest].concat(), &mut inner);
            search.tried = inner.tried;
            if is_found {
                search.found.append(&mut inner.found);
            }
            is_found
        })
    }
}
