//! What tests have reached of a contract, and what they have not.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use purlin_schemas::Location;

use super::refuse;
use crate::{
    context::{MatchedOperation, OperationData},
    dispatch::Target,
    error::Broken,
    router::Router,
};

/// What tests have reached of a router's contract: shared by the clients that
/// [record](super::TestClient::recording) into it.
///
/// Four things count: that an operation was called, that each status it declares
/// was answered, that each parameter it declares was sent, and that each kind of
/// rule its arguments state was broken (by code and section of the request; see
/// [`Validator::codes`](purlin_schemas::Validator::codes)). A 500 is no promise,
/// so nobody has to provoke one.
///
/// ```
/// use purlin_router::{Json, Operation, Path, Registry, testing::{Coverage, TestClient}};
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
///     "GET /double/{number}: 400 was never answered",
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
    promised: BTreeSet<Promise>,
    reached: Mutex<BTreeSet<Promise>>,
}

/// An operation, by its place, and what it promises.
type Promise = (usize, What);

/// Something a contract promises and no test has reached.
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
    /// Of a router's operations; nothing is reached yet.
    #[must_use]
    pub fn of(router: &Router) -> Self {
        let operations = router.model.operations.iter().map(|built| &*built.data);
        let names = operations.clone().map(name).collect();
        let promised = operations.enumerate().flat_map(|(order, data)| {
            let promises = promises(data).into_iter();
            promises.map(move |what| (order, what))
        });
        let promised = promised.collect();
        Self(Arc::new(Inner {
            router: router.clone(),
            operations: names,
            promised,
            reached: Mutex::default(),
        }))
    }

    /// How many promises there are.
    #[must_use]
    pub fn promises(&self) -> usize {
        self.0.promised.len()
    }

    /// What no test has reached, operations in the order of their declaration.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap> {
        let reached = self.0.reached.lock();
        let reached = reached.unwrap_or_else(PoisonError::into_inner);
        let gaps = self.0.promised.difference(&reached);
        // Of an operation that was never called this is all there is to say.
        let gaps = gaps.filter(|(order, what)| {
            *what == What::Operation || reached.contains(&(*order, What::Operation))
        });
        gaps.map(|(order, what)| Gap {
            operation: self.0.operations.get(*order).cloned().unwrap_or_default(),
            what: what.clone(),
        })
        .collect()
    }

    /// Fails the test if anything was not reached, and lists it.
    #[track_caller]
    pub fn assert_full(&self) {
        self.assert_full_except(&[]);
    }

    /// As [`assert_full`](Self::assert_full), but for gaps that are known, each as it is listed. One that is no gap
    /// fails the test too, so that the list stays true.
    #[track_caller]
    pub fn assert_full_except(&self, known: &[&str]) {
        let gaps: Vec<String> = self.gaps().iter().map(Gap::to_string).collect();
        let unknown = gaps.iter().filter(|gap| !known.contains(&gap.as_str()));
        let unknown: Vec<_> = unknown.map(String::as_str).collect();
        if !unknown.is_empty() {
            refuse(&format!(
                "the tests do not reach all that is promised:\n{}",
                unknown.join("\n")
            ));
        }
        let closed = known
            .iter()
            .find(|known| !gaps.iter().any(|gap| gap == *known));
        if let Some(closed) = closed {
            refuse(&format!("this is no gap, take it out: {closed}"));
        }
    }

    pub(super) fn record(&self, request: &HttpRequest, response: &HttpResponse) {
        let status = What::Status(response.status().as_u16());
        let Some(MatchedOperation(data)) = request.app_data::<MatchedOperation>() else {
            // The operation whose address it nearly was has promised this as well.
            if let Some(order) = self.nearly(request) {
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
        if let Some(Broken(broken)) = request.extensions_mut().remove::<Broken>() {
            let broken = broken.into_iter();
            reached.extend(broken.map(|(location, code)| What::Violation(location, code)));
        }
        self.reach(order, reached);
    }

    /// The operation whose template and method fit the request, though its types do not.
    fn nearly(&self, request: &HttpRequest) -> Option<usize> {
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

fn promises(data: &OperationData) -> Vec<What> {
    let mut promises = vec![What::Operation];
    let statuses = data.replies.statuses().filter(|status| *status != 500);
    promises.extend(statuses.map(What::Status));
    // Where types are a part of the address, a path that breaks them is another address.
    let by_type = data.style.routes_by_type();
    let sections = SECTIONS.into_iter();
    for location in sections.filter(|it| !(by_type && *it == Location::Path)) {
        for validator in data.validators.of(location) {
            let codes = validator.codes(location).into_iter();
            promises.extend(codes.map(|code| What::Violation(location, code.to_owned())));
        }
    }
    promises.extend(parameters(data));
    promises
}

/// The parameters of the query and the headers; those of the path are in every call.
fn parameters(data: &OperationData) -> impl Iterator<Item = What> {
    let sections = [Location::Query, Location::Header].into_iter();
    sections.flat_map(|location| {
        let names = data.validators.of(location).flat_map(|it| it.names());
        names.map(move |name| What::Parameter(location, name.clone()))
    })
}

/// The parameters a request has.
fn sent(data: &OperationData, request: &HttpRequest) -> impl Iterator<Item = What> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let pairs = pairs.map(web::Query::into_inner).unwrap_or_default();
    parameters(data).filter(move |parameter| match parameter {
        What::Parameter(Location::Query, name) => pairs.iter().any(|(sent, _)| sent == name),
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
            What::Status(status) => write!(f, "{status} was never answered"),
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
