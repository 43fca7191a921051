//! The request data of operations.

use std::{rc::Rc, sync::Arc};

use actix_web::dev::Extensions;

use crate::{operation::data::MatchedOperation, router::Model};

/// The data of requests, one container per operation, so that no request
/// allocates one.
pub(super) struct Containers {
    pub(super) operations: Vec<Rc<Extensions>>,
    pub(super) registry: Option<Rc<Extensions>>,
}

impl Containers {
    pub(super) fn new(model: &Model) -> Self {
        let operations = model.routes.iter().map(|route| {
            let mut data = Extensions::new();
            data.insert(MatchedOperation(Arc::clone(&route.operation.data)));
            Rc::new(data)
        });
        let registry = (!model.app_data.is_empty()).then(|| {
            let mut data = Extensions::new();
            for install in &model.app_data {
                install(&mut data);
            }
            Rc::new(data)
        });
        Self {
            operations: operations.collect(),
            registry,
        }
    }
}
