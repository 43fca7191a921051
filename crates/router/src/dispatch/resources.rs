//! actix's own picture of the templates, for `url_for` and `match_pattern`.
//!
//! Dispatch does not use it: actix looks patterns up one by one. The
//! definitions (each holds a compiled pattern) are made once per router and
//! shared by all workers.

use std::rc::Rc;

use actix_web::dev::{ResourceDef, ResourceMap};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Characters of a template that a request's path never holds as they are.
const NOT_IN_A_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'\\')
    .add(b'^')
    .add(b'|');

/// The definitions of a registry's templates, literals before parameters so
/// that actix finds the one the trie finds.
#[derive(Clone, Debug)]
pub(crate) struct Resources {
    prefix: ResourceDef,
    templates: Vec<ResourceDef>,
}

impl Resources {
    /// `templates`: path templates without the prefix, with the names
    /// `url_for` knows them by.
    pub(crate) fn new(prefix: &str, mut templates: Vec<(String, Vec<String>)>) -> Self {
        templates.sort_by_cached_key(|(template, _)| template.replace('{', "\u{10ffff}"));
        let definitions = templates.iter().flat_map(|(template, names)| {
            let pattern = actix_pattern(template);
            names.iter().map(move |name| {
                let mut definition = ResourceDef::new(pattern.as_str());
                definition.set_name(name.as_str());
                definition
            })
        });
        Self {
            prefix: if prefix.is_empty() {
                ResourceDef::prefix("")
            } else {
                ResourceDef::root_prefix(&actix_pattern(prefix))
            },
            templates: definitions.collect(),
        }
    }

    pub(super) fn prefix(&self) -> ResourceDef {
        self.prefix.clone()
    }

    /// The map of one worker.
    pub(super) fn map(&self) -> Rc<ResourceMap> {
        let mut map = ResourceMap::new(self.prefix.clone());
        for definition in &self.templates {
            map.add(&mut definition.clone(), None);
        }
        Rc::new(map)
    }
}

/// A template in actix's syntax: `{*rest}` is `{rest}*` there, and literals
/// are compared with the path as it was sent, percent-encoded.
fn actix_pattern(template: &str) -> String {
    let encoded = utf8_percent_encode(template, NOT_IN_A_PATH).to_string();
    match encoded.find("{*") {
        Some(at) => format!("{}{{{}*", &encoded[..at], &encoded[at + 2..]),
        None => encoded,
    }
}
