//! What an application adds to the actix `App` of each worker: state and services.

use std::sync::Arc;

use actix_web::web::ServiceConfig;

type Configure = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

/// Functions that configure the actix `App` of each worker, in order.
#[derive(Clone, Default)]
pub(crate) struct Extensions {
    all: Vec<Configure>,
    has_services: bool,
}

impl Extensions {
    /// Adds state.
    pub(crate) fn add(&mut self, configure: impl Fn(&mut ServiceConfig) + Send + Sync + 'static) {
        self.all.push(Arc::new(configure));
    }

    /// Adds what may be a service.
    pub(super) fn add_service(
        &mut self,
        configure: impl Fn(&mut ServiceConfig) + Send + Sync + 'static,
    ) {
        self.has_services = true;
        self.add(configure);
    }

    pub(super) fn has_services(&self) -> bool {
        self.has_services
    }

    pub(crate) fn apply(&self, config: &mut ServiceConfig) {
        for configure in &self.all {
            configure(config);
        }
    }
}
