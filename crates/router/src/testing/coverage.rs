//! What tests have reached of a contract.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use purlin_schemas::{Location, Validator};

use super::fail::fail;
use crate::{
    built_operation::BuiltOperation,
    cookies,
    dispatch::trie::Target,
    error::BrokenRules,
    operation::data::{MatchedOperation, OperationData},
    router::Router,
    unknown_parameters::UnknownParameters,
};

/// What tests have reached of a router's contract: shared by the clients that
/// [record](super::TestClient::recording) into it.
///
/// Four things count: that an operation was called, that each declared status was
/// the status of a response, that each declared parameter was sent, and that each
/// rule of its extractors was broken (by code and section of the request; see
/// [`Validator::codes`](purlin_schemas::Validator::codes)). A 500 is not counted,
/// so no test has to provoke one.
///
/// ```
/// use purlin_router::{Json, Operation, Registry, extract::Path, testing::{Coverage, TestClient}};
///
/// async fn get_double(number: Path<u8>) -> Json<u16> {
///     Json(u16::from(*number) * 2)
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let api = Registry::new("Numbers", "1.0.0")
///     .operation(Operation::get("/double/{number}", get_double))
///     .build()?;
/// let coverage = Coverage::of(&api);
/// let client = TestClient::new(&api).recording(&coverage);
/// assert_eq!(client.get("/double/4").send().json::<u16>(), 8);
///
/// let left: Vec<_> = coverage.gaps().iter().map(ToString::to_string).collect();
/// assert_eq!(left, [
///     "GET /double/{number}: no response had the status 400",
///     "GET /double/{number}: no `type` violation of the path was ever provoked",
/// ]);
/// assert_eq!(client.get("/double/four").send().status(), 400);
/// coverage.assert_full();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Coverage(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    router: Router,
    /// `GET /todos/{id}`, in the order of their declaration.
    operations: Vec<String>,
    declared: BTreeSet<Item>,
    reached: Mutex<BTreeSet<Item>>,
}

/// An operation, by its position, and something it declares.
type Item = (usize, What);

/// Something a contract declares and no test has reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    operation: String,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Operation,
    Status(u16),
    Parameter(Location, String),
    Violation(Location, String),
}

impl Coverage {
    /// Returns the coverage of a router's operations; nothing is reached yet.
    #[must_use]
    pub fn of(router: &Router) -> Self {
        let operations = router.model.routes.iter().map(|route| &*route.operation);
        let names = operations.clone().map(|it| name(&it.data)).collect();
        let declared = operations.enumerate().flat_map(|(order, built)| {
            let declared = declared(built).into_iter();
            declared.map(move |what| (order, what))
        });
        let declared = declared.collect();
        Self(Arc::new(Inner {
            router: router.clone(),
            operations: names,
            declared,
            reached: Mutex::default(),
        }))
    }

    /// Returns how many things the contract declares.
    #[must_use]
    pub fn declared(&self) -> usize {
        self.0.declared.len()
    }

    /// Returns what no test has reached, operations in the order of their declaration.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap> {
        let reached = self.0.reached.lock();
        let reached = reached.unwrap_or_else(PoisonError::into_inner);
        let gaps = self.0.declared.difference(&reached);
        // Of an operation that was never called nothing else is listed.
        let gaps = gaps.filter(|(order, what)| {
            *what == What::Operation || reached.contains(&(*order, What::Operation))
        });
        gaps.map(|(order, what)| Gap {
            operation: self.0.operations.get(*order).cloned().unwrap_or_default(),
            what: what.clone(),
        })
        .collect()
    }

    /// Fails the test and lists what was not reached, if there is anything.
    #[track_caller]
    pub fn assert_full(&self) {
        self.assert_full_except(&[]);
    }

    /// As [`assert_full`](Self::assert_full), except for known gaps, each as it is listed. A known gap that is none
    /// fails the test too, so that the list stays true.
    #[track_caller]
    pub fn assert_full_except(&self, known: &[&str]) {
        let gaps: Vec<String> = self.gaps().iter().map(Gap::to_string).collect();
        let unknown = gaps.iter().filter(|gap| !known.contains(&gap.as_str()));
        let unknown: Vec<_> = unknown.map(String::as_str).collect();
        if !unknown.is_empty() {
            fail(&format!(
                "the tests do not reach everything that is declared:\n{}",
                unknown.join("\n")
            ));
        }
        let closed = known
            .iter()
            .find(|known| !gaps.iter().any(|gap| gap == *known));
        if let Some(closed) = closed {
            fail(&format!("this is no gap any more, remove it: {closed}"));
        }
    }

    pub(super) fn record(&self, request: &HttpRequest, response: &HttpResponse) {
        let status = What::Status(response.status().as_u16());
        let Some(MatchedOperation(data)) = request.app_data::<MatchedOperation>() else {
            // The operation whose types did not match has declared this as well.
            if let Some(order) = self.with_other_types(request) {
                self.reach(order, [status]);
            }
            return;
        };
        let operation = name(data);
        let Some(order) = self.0.operations.iter().position(|it| *it == operation) else {
            return;
        };
        let mut reached = vec![What::Operation, status];
        reached.extend(sent(data, request));
        if let Some(BrokenRules(broken)) = request.extensions_mut().remove::<BrokenRules>() {
            let broken = broken.into_iter();
            reached.extend(broken.map(|(location, code)| What::Violation(location, code)));
        }
        self.reach(order, reached);
    }

    /// Returns the operation whose template and method match the request, though its types do not.
    fn with_other_types(&self, request: &HttpRequest) -> Option<usize> {
        let model = &self.0.router.model;
        let hit = model.trie.find(request.uri().path())?;
        match model.nodes.get(hit.node)?.find(request.method())? {
            Target::Operation(index) => Some(index),
            _ => None,
        }
    }

    fn reach(&self, order: usize, reached: impl IntoIterator<Item = What>) {
        let mut all = self
            .0
            .reached
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.extend(reached.into_iter().map(|what| (order, what)));
    }
}

fn name(data: &OperationData) -> String {
    format!("{} {}", data.info.method(), data.info.template())
}

const SECTIONS: [Location; 5] = [
    Location::Path,
    Location::Query,
    Location::Header,
    Location::Cookie,
    Location::Body,
];

fn declared(built: &BuiltOperation) -> Vec<What> {
    let data = &*built.data;
    let mut declared = vec![What::Operation];
    let statuses = built.replies.statuses().filter(|status| *status != 500);
    declared.extend(statuses.map(What::Status));
    // Where types take part in routing, a path that breaks them is another path.
    let by_type = data.errors.compatibility.routes_by_type();
    let sections = SECTIONS.into_iter();
    for location in sections.filter(|it| !(by_type && *it == Location::Path)) {
        for validator in data.validators.of(location) {
            let codes = validator.codes(location).into_iter();
            let codes = codes.filter(|code| *code != "unknown_field" || !ignores(data, validator));
            declared.extend(codes.map(|code| What::Violation(location, code.to_owned())));
        }
    }
    declared.extend(parameters(data));
    declared
}

/// Returns whether no parameter that a type of the query does not declare is rejected.
fn ignores(data: &OperationData, validator: &Validator) -> bool {
    data.unknown_parameters == UnknownParameters::Ignore && !validator.reads_objects()
}

/// Returns the parameters of the query, the headers and the cookies; those of the path are in every call.
fn parameters(data: &OperationData) -> impl Iterator<Item = What> {
    let sections = [Location::Query, Location::Header, Location::Cookie].into_iter();
    sections.flat_map(|location| {
        let names = data.validators.of(location).flat_map(|it| it.names());
        names.map(move |name| What::Parameter(location, name.clone()))
    })
}

/// Returns the parameters of a request.
fn sent(data: &OperationData, request: &HttpRequest) -> impl Iterator<Item = What> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let pairs = pairs.map(web::Query::into_inner).unwrap_or_default();
    parameters(data).filter(move |parameter| match parameter {
        What::Parameter(Location::Query, name) => {
            let inside = |sent: &str| {
                sent.strip_prefix(name.as_str())?
                    .strip_prefix('[')
                    .map(drop)
            };
            pairs
                .iter()
                .any(|(sent, _)| sent == name || inside(sent).is_some())
        }
        What::Parameter(Location::Cookie, name) => {
            cookies::all(request).any(|(sent, _)| sent == name.as_bytes())
        }
        What::Parameter(_, name) => request.headers().contains_key(name.as_str()),
        _ => false,
    })
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let section = |location| match location {
            Location::Path => "path",
            Location::Query => "query",
            Location::Header => "header",
            Location::Cookie => "cookie",
            Location::Body => "body",
            _ => "request",
        };
        write!(f, "{}: ", self.operation)?;
        match &self.what {
            What::Operation => f.write_str("was never called"),
            What::Status(status) => write!(f, "no response had the status {status}"),
            What::Parameter(location, name) => {
                write!(
                    f,
                    "the {} parameter `{name}` was never sent",
                    section(*location)
                )
            }
            What::Violation(location, code) => write!(
                f,
                "no `{code}` violation of the {} was ever provoked",
                section(*location)
            ),
        }
    }
}
