//! The trie of path templates and the nodes it leads to. It knows paths and
//! methods, nothing of requests.

use std::sync::Arc;

use actix_web::http::{Method, header::HeaderValue};

use crate::{path_spans::PathSpans, slash::SlashRedirect};

/// What is served at one path.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Parameter names in the template's order.
    pub(crate) names: Arc<[String]>,
    /// Every method the path allows, for `Allow`.
    pub(crate) allow: HeaderValue,
    pub(crate) table: Vec<(Method, Target)>,
    /// The path differs from the declared one by its trailing slash; this leads there.
    pub(crate) redirect: Option<SlashRedirect>,
}

/// What serves a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The operation at this index.
    Operation(usize),
    /// The OpenAPI document in one of its dialects.
    Document(u8),
    /// A docs page.
    Page(u8),
    /// A file of a docs page; its name is the last parameter.
    PageFile(u8),
    /// A docs page at its path with a trailing slash.
    PageSlash(u8),
}

impl Node {
    pub(crate) fn new(names: Arc<[String]>, table: Vec<(Method, Target)>) -> Self {
        let allow = Self::allow(&table);
        Self {
            names,
            allow,
            table,
            redirect: None,
        }
    }

    /// Returns every method a path allows: what is declared, HEAD with GET, OPTIONS always.
    pub(crate) fn allow(table: &[(Method, Target)]) -> HeaderValue {
        let mut methods: Vec<&str> = table.iter().map(|(method, _)| method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        // Methods are tokens (RFC 9110 section 9.1), which header values can hold.
        HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"))
    }

    pub(crate) fn find(&self, method: &Method) -> Option<Target> {
        self.table
            .iter()
            .find(|(candidate, _)| candidate == method)
            .map(|(_, target)| *target)
    }

    /// Returns whether it has an operation, not only a document or page.
    pub(crate) fn has_operation(&self) -> bool {
        let mut targets = self.table.iter();
        targets.any(|(_, target)| matches!(target, Target::Operation(_)))
    }

    /// Returns whether the method table has a request's method.
    pub(crate) fn allows(&self, method: &Method) -> bool {
        self.find(method).is_some()
            || (*method == Method::HEAD && self.find(&Method::GET).is_some())
    }
}

/// Where a path leads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    /// The index of the node.
    pub(crate) node: usize,
    pub(crate) spans: PathSpans,
}

/// Path templates and the nodes they lead to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trie(matchit::Router<Leaf>);

#[derive(Clone, Debug)]
struct Leaf {
    node: usize,
    /// The length of the literal text before each parameter.
    literals: Box<[usize]>,
}

impl Trie {
    /// Adds a template whose parameters are numbered (`/todos/{p0}`), so that
    /// templates of one shape meet whatever the names of their parameters.
    pub(crate) fn insert(&mut self, shape: &str, node: usize) -> Result<(), matchit::InsertError> {
        let literals = literal_lengths(shape);
        self.0.insert(shape, Leaf { node, literals })
    }

    /// Returns the node of a path and where the values of its parameters are.
    pub(crate) fn find(&self, path: &str) -> Option<Hit> {
        let found = self.0.at(path).ok()?;
        let mut spans = PathSpans::default();
        let mut at = 0;
        for (literal, (_, value)) in found.value.literals.iter().zip(found.params.iter()) {
            at += literal;
            spans.push(at, value.len())?;
            at += value.len();
        }
        Some(Hit {
            node: found.value.node,
            spans,
        })
    }
}

fn literal_lengths(shape: &str) -> Box<[usize]> {
    let mut pieces = shape.split('{');
    let mut lengths = Vec::new();
    let mut literal = pieces.next().unwrap_or_default();
    for piece in pieces {
        lengths.push(literal.len());
        literal = piece.split_once('}').map_or("", |(_, literal)| literal);
    }
    lengths.into()
}

#[cfg(test)]
mod tests {
    use super::Trie;

    #[test]
    fn spans_are_those_of_the_values_in_the_path() {
        let mut trie = Trie::default();
        for (node, shape) in ["/a/{p0}/b-{p1}.json", "/café/{*p0}", "/a"]
            .iter()
            .enumerate()
        {
            trie.insert(shape, node).unwrap();
        }
        for (path, node, values) in [
            ("/a/1/b-22.json", 0, &["1", "22"][..]),
            ("/a/é%2F/b-x.json", 0, &["é%2F", "x"]),
            ("/café/x/y", 1, &["x/y"]),
            ("/a", 2, &[]),
        ] {
            let hit = trie.find(path).unwrap();
            assert_eq!(hit.node, node, "{path}");
            assert_eq!(hit.spans.values(path).collect::<Vec<_>>(), values, "{path}");
            let whole = format!("/scope{path}");
            let mut spans = hit.spans;
            spans.set_base("/scope".len());
            assert_eq!(spans.values(&whole).collect::<Vec<_>>(), values, "{path}");
        }
        assert!(trie.find("/b").is_none());
    }
}
