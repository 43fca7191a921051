//! The labels under which requests are counted. All are known before the first request, so a client cannot add any.

use actix_web::http::Method;
use purlin_router::{MatchedOperation, OperationInfo};

/// The label of requests that match no operation: unknown paths, documents, other methods.
const UNMATCHED: &str = "unmatched";

/// The methods that have a label of their own for such requests; the last one stands for all others.
const METHODS: [&str; 10] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "other",
];

/// The operations of all registries, and the series in which their responses are counted.
pub(crate) struct OperationIndex {
    /// The last one is for requests that match none of them.
    operations: Vec<OperationLabels>,
    /// Those of an operation are adjacent, its own method first.
    series: Vec<Series>,
    /// By the index of the operation, which is unique among all registries.
    by_index: Vec<Option<Position>>,
}

/// The labels of an operation.
pub(super) struct OperationLabels {
    pub(super) operation: String,
    pub(super) template: String,
}

/// The labels of a series.
pub(super) struct Series {
    /// The position of its operation.
    pub(super) operation: usize,
    pub(super) method: String,
}

/// Where a response is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) operation: usize,
    pub(super) series: usize,
}

impl OperationIndex {
    pub(super) fn new<'o>(operations: impl Iterator<Item = &'o OperationInfo>) -> Self {
        let mut index = Self {
            operations: Vec::new(),
            series: Vec::new(),
            by_index: Vec::new(),
        };
        for info in operations {
            let position = index.add(info.operation_id(), info.template());
            index.add_series(position.operation, info.method().as_str());
            if info.method() == Method::GET {
                // HEAD is handled by the same operation.
                index.add_series(position.operation, "HEAD");
            }
            let at = usize::try_from(info.index()).unwrap_or_default();
            if at >= index.by_index.len() {
                index.by_index.resize(at + 1, None);
            }
            if let Some(entry) = index.by_index.get_mut(at) {
                *entry = Some(position);
            }
        }
        let position = index.add(UNMATCHED, UNMATCHED);
        for method in METHODS {
            index.add_series(position.operation, method);
        }
        index
    }

    fn add(&mut self, operation: &str, template: &str) -> Position {
        self.operations.push(OperationLabels {
            operation: operation.to_owned(),
            template: template.to_owned(),
        });
        Position {
            operation: self.operations.len() - 1,
            series: self.series.len(),
        }
    }

    fn add_series(&mut self, operation: usize, method: &str) {
        self.series.push(Series {
            operation,
            method: method.to_owned(),
        });
    }

    /// Returns where the response to a request of this operation and method is counted.
    pub(super) fn position(
        &self,
        operation: Option<&MatchedOperation>,
        method: &Method,
    ) -> Position {
        let known = operation.and_then(|operation| {
            let index = usize::try_from(operation.index()).ok()?;
            *self.by_index.get(index)?
        });
        match known {
            Some(position) => {
                let is_head = *method == Method::HEAD && self.is_head(position.series + 1);
                Position {
                    series: position.series + usize::from(is_head),
                    ..position
                }
            }
            None => {
                let last = METHODS.len() - 1;
                let method = method.as_str();
                let nth = METHODS.iter().position(|known| *known == method);
                Position {
                    operation: self.operations.len().saturating_sub(1),
                    series: self.series.len().saturating_sub(METHODS.len()) + nth.unwrap_or(last),
                }
            }
        }
    }

    /// Returns whether a series is the HEAD of an operation, and not the next operation's own method.
    fn is_head(&self, series: usize) -> bool {
        let operation = |series: usize| self.series.get(series).map(|series| series.operation);
        operation(series) == operation(series - 1)
    }

    pub(super) fn operations(&self) -> &[OperationLabels] {
        &self.operations
    }

    pub(super) fn series(&self) -> &[Series] {
        &self.series
    }
}

#[cfg(test)]
mod tests {
    use purlin_router::{Json, Operation, Registry, schemas::Message};

    use super::*;

    async fn hello() -> Json<Message> {
        Json(Message::new("Hello"))
    }

    #[test]
    fn requests_without_an_operation_are_counted_as_unmatched() {
        let registry = Registry::new("One", "1.0.0")
            .operation(Operation::get("/a", hello).operation_id("get_a"))
            .operation(Operation::post("/a", hello).operation_id("post_a"))
            .operation(Operation::get("/b/{id}", hello).operation_id("get_b"));
        let router = registry.build().unwrap();
        let index = OperationIndex::new(router.operations());
        let labels = |position: Position| {
            let series = &index.series()[position.series];
            assert_eq!(series.operation, position.operation);
            let labels = &index.operations()[position.operation];
            format!("{} {} {}", labels.operation, series.method, labels.template)
        };
        let found: Vec<_> = index
            .by_index
            .iter()
            .map(|position| labels(position.unwrap()))
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
            assert_eq!(labels(index.position(None, &method)), expected);
        }
    }
}
