//! Under which names requests are counted, all of them known before the first request: a client cannot make more.

use actix_web::http::Method;
use purlin_router::{MatchedOperation, OperationInfo};

use super::metrics::label;
use crate::api::Api;

/// The name of what no operation answered: unknown paths, documents, methods nobody has.
const UNMATCHED: &str = "unmatched";

/// The methods that such requests are told apart by; the others are one.
const METHODS: [&str; 10] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "other",
];

/// The operations of all registries, and the series their answers are counted in.
pub(crate) struct Catalogue {
    /// The last one is for what none of them answered.
    operations: Vec<Named>,
    /// Those of an operation stand side by side, its own method first.
    series: Vec<Series>,
    /// Where an operation is in memory tells which one it is: for every request the same, and nothing to compare.
    by_address: Vec<(usize, Place)>,
}

/// The labels of an operation, as they are written.
pub(super) struct Named {
    pub(super) operation: String,
    pub(super) template: String,
}

/// The labels of a series.
pub(super) struct Series {
    /// Which of the catalogue's operations.
    pub(super) operation: usize,
    pub(super) method: String,
}

/// Where an answer is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) operation: usize,
    pub(super) series: usize,
}

impl Catalogue {
    pub(super) fn new(apis: &[Api]) -> Self {
        let mut catalogue = Self {
            operations: Vec::new(),
            series: Vec::new(),
            by_address: Vec::new(),
        };
        for info in apis.iter().flat_map(|api| api.router.operations()) {
            let place = catalogue.add(info.operation_id(), info.template());
            catalogue.count(place.operation, info.method().as_str());
            if info.method() == Method::GET {
                // It answers HEAD as well.
                catalogue.count(place.operation, "HEAD");
            }
            catalogue.by_address.push((address(info), place));
        }
        let place = catalogue.add(UNMATCHED, UNMATCHED);
        for method in METHODS {
            catalogue.count(place.operation, method);
        }
        catalogue.by_address.sort_by_key(|(address, _)| *address);
        catalogue
    }

    fn add(&mut self, operation: &str, template: &str) -> Place {
        self.operations.push(Named {
            operation: label(operation),
            template: label(template),
        });
        Place {
            operation: self.operations.len() - 1,
            series: self.series.len(),
        }
    }

    fn count(&mut self, operation: usize, method: &str) {
        self.series.push(Series {
            operation,
            method: label(method),
        });
    }

    /// Where the answer to a request of this operation and method belongs.
    pub(super) fn place(&self, operation: Option<&MatchedOperation>, method: &Method) -> Place {
        let known = operation.and_then(|operation| {
            let address = address(operation);
            let known = &self.by_address;
            let at = known.binary_search_by_key(&address, |(address, _)| *address);
            at.ok().and_then(|at| known.get(at))
        });
        match known {
            Some((_, place)) => {
                let is_head = *method == Method::HEAD && self.is_head(place.series + 1);
                Place {
                    series: place.series + usize::from(is_head),
                    ..*place
                }
            }
            None => {
                let last = METHODS.len() - 1;
                let method = method.as_str();
                let nth = METHODS.iter().position(|known| *known == method);
                Place {
                    operation: self.operations.len().saturating_sub(1),
                    series: self.series.len().saturating_sub(METHODS.len()) + nth.unwrap_or(last),
                }
            }
        }
    }

    /// Whether this series is that of an operation's HEAD, and not the next operation's own method.
    fn is_head(&self, series: usize) -> bool {
        let operation = |series: usize| self.series.get(series).map(|series| series.operation);
        operation(series) == operation(series - 1)
    }

    pub(super) fn operations(&self) -> &[Named] {
        &self.operations
    }

    pub(super) fn series(&self) -> &[Series] {
        &self.series
    }
}

/// Where the operation is in memory, for as long as its router lives.
fn address(info: &OperationInfo) -> usize {
    std::ptr::from_ref(info).addr()
}

#[cfg(test)]
mod tests {
    use purlin_router::{Json, Message, Operation, Registry};

    use super::*;
    use crate::api;

    async fn hello() -> Json<Message> {
        Json(Message::new("Hello"))
    }

    #[test]
    fn an_answer_is_counted_as_its_operation_and_what_is_none_as_unmatched() {
        let registry = Registry::new("One", "1.0.0")
            .operation(Operation::get("/a", hello).operation_id("get_a"))
            .operation(Operation::post("/a", hello).operation_id("post_a"))
            .operation(Operation::get("/b/{id}", hello).operation_id("get_b"));
        let apis = api::build([registry]).0;
        let catalogue = Catalogue::new(&apis);
        let labels = |place: Place| {
            let series = &catalogue.series()[place.series];
            assert_eq!(series.operation, place.operation);
            let named = &catalogue.operations()[place.operation];
            format!("{} {} {}", named.operation, series.method, named.template)
        };
        let found: Vec<_> = catalogue
            .by_address
            .iter()
            .map(|(_, place)| labels(*place))
            .collect();
        assert_eq!(found.len(), 3);
        for expected in ["get_a GET /a", "post_a POST /a", "get_b GET /b/{id}"] {
            assert!(found.iter().any(|it| it == expected), "{found:?}");
        }
        for (method, expected) in [
            ("GET", "unmatched GET unmatched"),
            ("CONNECT", "unmatched CONNECT unmatched"),
            ("BREW", "unmatched other unmatched"),
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            assert_eq!(labels(catalogue.place(None, &method)), expected);
        }
    }
}
