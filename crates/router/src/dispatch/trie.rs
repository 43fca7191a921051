//! The trie and what hangs on it. Knows paths and methods, nothing of requests.

use actix_web::http::{Method, header::HeaderValue};

use crate::slash::Detour;

/// actix keeps path positions in 16 bits and at most this many parameters.
pub(crate) const MAX_PARAMETERS: usize = 16;

/// What one path answers.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Parameter names in the template's order. They live as long as the
    /// process, as actix's own do: a router is built once.
    pub(crate) names: Vec<&'static str>,
    /// Every method the path answers, for `Allow`.
    pub(crate) allow: HeaderValue,
    pub(crate) table: Vec<(Method, Target)>,
    /// The path is not the one that is declared; this leads there.
    pub(crate) detour: Option<Detour>,
}

/// What answers a method.
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
    /// A docs page's address with a slash at its end.
    PageSlash(u8),
}

impl Node {
    pub(crate) fn new(names: Vec<&'static str>, table: Vec<(Method, Target)>) -> Self {
        let allow = Self::allow(&table);
        Self {
            names,
            allow,
            table,
            detour: None,
        }
    }

    /// Every method a path answers: what is declared, HEAD with GET, OPTIONS always.
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
}

impl Node {
    /// Whether a request of this method gets past the method table.
    pub(crate) fn answers(&self, method: &Method) -> bool {
        self.find(method).is_some()
            || (*method == Method::HEAD && self.find(&Method::GET).is_some())
    }
}

/// Where a path leads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub(crate) node: usize,
    count: usize,
    spans: [(u16, u16); MAX_PARAMETERS],
}

impl Hit {
    /// Start and length of each parameter in the path that was looked up.
    pub(crate) fn spans(&self) -> &[(u16, u16)] {
        &self.spans[..self.count]
    }
}

/// Path templates and the nodes they lead to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trie(matchit::Router<usize>);

impl Trie {
    /// Adds a template whose parameters are numbered (`/todos/{0}`), so that
    /// templates of one shape meet whatever their parameters are called.
    pub(crate) fn insert(&mut self, shape: &str, node: usize) -> Result<(), matchit::InsertError> {
        self.0.insert(shape, node)
    }

    pub(crate) fn find(&self, path: &str) -> Option<Hit> {
        let found = self.0.at(path).ok()?;
        let mut hit = Hit {
            node: *found.value,
            count: 0,
            spans: [(0, 0); MAX_PARAMETERS],
        };
        for (_, value) in found.params.iter() {
            let start = value.as_ptr() as usize - path.as_ptr() as usize;
            let span = hit.spans.get_mut(hit.count)?;
            *span = (u16::try_from(start).ok()?, u16::try_from(value.len()).ok()?);
            hit.count += 1;
        }
        Some(hit)
    }
}
