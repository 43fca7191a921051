//! How a router joins an actix `App` or scope.
//!
//! At the root of an `App` a guard looks the path up first, so that a path
//! this registry does not know goes on to the services registered after it.
//! In a scope guards see the whole path, so there the service itself looks up
//! and hands a miss to the App's default service.

use std::{cell::Cell, rc::Rc, sync::Arc};

use actix_web::{
    dev::{AppService, Extensions, HttpServiceFactory, Url, fn_factory},
    guard::{Guard, GuardContext},
};

use actix_web::dev::ServiceFactory as _;

use super::{service::Dispatch, trie::Hit};
use crate::{
    operation::data::MatchedOperation,
    router::{Model, Router},
};

/// What the guard found, on its way to the service. Both run one after the
/// other in one synchronous call of actix's routing.
pub(super) type HandOver = Rc<Cell<Option<Hit>>>;

struct Lookup {
    model: Arc<Model>,
    hand_over: HandOver,
}

impl Guard for Lookup {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        let uri = &context.head().uri;
        let hit = if uri.path().contains('%') {
            // Decoded as actix-web decodes it for `match_info`.
            self.model.trie.find(Url::new(uri.clone()).path())
        } else {
            self.model.trie.find(uri.path())
        };
        self.hand_over.set(hit);
        hit.is_some()
    }
}

/// The data each operation's requests are given, one container per operation
/// so that no request allocates any.
pub(super) struct Containers {
    pub(super) operations: Vec<Rc<Extensions>>,
    pub(super) registry: Option<Rc<Extensions>>,
}

impl Containers {
    fn new(model: &Model) -> Self {
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

impl HttpServiceFactory for Router {
    fn register(self, config: &mut AppService) {
        let model = self.model;
        let hand_over = HandOver::default();
        let at_root = config.is_root();
        let guards = at_root.then(|| {
            let lookup: Box<dyn Guard> = Box::new(Lookup {
                model: Arc::clone(&model),
                hand_over: Rc::clone(&hand_over),
            });
            vec![lookup]
        });
        let definition = model.resources.prefix();
        let map = model.resources.map();
        let default = config.default_service();
        let factory = fn_factory(move || {
            let model = Arc::clone(&model);
            let hand_over = at_root.then(|| Rc::clone(&hand_over));
            let default = default.new_service(());
            async move {
                let containers = Containers::new(&model);
                let dispatch = Dispatch::new(model, containers, hand_over, default.await?);
                Ok::<_, ()>(dispatch)
            }
        });
        config.register_service(definition, guards, factory, Some(map));
    }
}
