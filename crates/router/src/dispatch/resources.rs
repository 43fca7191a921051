//! The templates in actix-web's terms, for `url_for`, `match_pattern` and `match_info`.
//!
//! Dispatch does not use it: actix looks patterns up one by one. The
//! definitions (each holds a compiled pattern) are made once per router, when
//! the first App takes it in, and shared by all workers.

use std::{rc::Rc, sync::OnceLock};

use actix_web::dev::{ResourceDef, ResourceMap};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::path_capture::actix_pattern;

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
#[derive(Debug)]
pub(crate) struct Resources {
    prefix: ResourceDef,
    templates: Vec<(String, Vec<String>)>,
    definitions: OnceLock<Vec<ResourceDef>>,
}

impl Resources {
    /// `templates`: path templates without the prefix, with the names
    /// `url_for` knows them by.
    pub(crate) fn new(prefix: &str, mut templates: Vec<(String, Vec<String>)>) -> Self {
        templates.sort_by_cached_key(|(template, _)| template.replace('{', "\u{10ffff}"));
        Self {
            prefix: if prefix.is_empty() {
                ResourceDef::prefix("")
            } else {
                ResourceDef::prefix(actix_patterns(prefix))
            },
            templates,
            definitions: OnceLock::new(),
        }
    }

    fn definitions(&self) -> &[ResourceDef] {
        self.definitions.get_or_init(|| {
            let definitions = self.templates.iter().flat_map(|(template, names)| {
                let patterns = actix_patterns(template);
                names.iter().map(move |name| {
                    let mut definition = ResourceDef::new(patterns.clone());
                    definition.set_name(name.as_str());
                    definition
                })
            });
            definitions.collect()
        })
    }

    pub(super) fn prefix(&self) -> ResourceDef {
        self.prefix.clone()
    }

    /// The map of one worker.
    pub(super) fn map(&self) -> Rc<ResourceMap> {
        let mut map = ResourceMap::new(self.prefix.clone());
        for definition in self.definitions() {
            map.add(&mut definition.clone(), None);
        }
        Rc::new(map)
    }
}

/// Returns a template in actix's syntax, once for every form in which its literals may arrive.
///
/// actix-web compares the templates of a map with the path as it was sent, percent-encoded, but the prefix of a service
/// with the decoded path. The encoded form comes first: it is the one `url_for` and `match_pattern` write.
fn actix_patterns(template: &str) -> Vec<String> {
    let decoded = actix_pattern(template);
    let encoded = utf8_percent_encode(&decoded, NOT_IN_A_PATH).to_string();
    let mut all = vec![with_lower_case_hex(&encoded), decoded];
    all.retain(|other| *other != encoded);
    all.insert(0, encoded);
    all.dedup();
    all
}

fn with_lower_case_hex(encoded: &str) -> String {
    let mut pieces = encoded.split('%');
    let mut lower = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (hex, rest) = piece.split_at_checked(2).unwrap_or((piece, ""));
        lower.push('%');
        lower.push_str(&hex.to_ascii_lowercase());
        lower.push_str(rest);
    }
    lower
}
