//! How a router joins an actix `App` or scope.
//!
//! At the root of an `App` a guard looks the path up first, so that a path
//! this registry does not know goes on to the services registered after it.
//! In a scope guards see the whole path, so there the service itself looks up
//! and hands a miss to the App's default service.

use std::{
    rc::Rc,
    sync::{Arc, atomic::Ordering},
};

use actix_web::{
    dev::{AppService, HttpServiceFactory, ServiceFactory as _, Url, fn_factory},
    guard::{Guard, GuardContext},
};

use super::{
    containers::Containers,
    service::{Dispatch, HandOver},
    trie::Hit,
};
use crate::router::{Model, Router};

struct Lookup {
    model: Arc<Model>,
    hand_over: HandOver,
}

impl Lookup {
    /// Returns whether a request selects this version, if there are several. Documents are served to all.
    fn is_of_version(&self, hit: &Hit, context: &GuardContext<'_>) -> bool {
        let Some(version) = &self.model.version else {
            return true;
        };
        let node = self.model.nodes.get(hit.node);
        node.is_none_or(|node| !node.has_operation()) || version.admits(context.head().headers())
    }
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
        let hit = hit.filter(|hit| self.is_of_version(hit, context));
        self.hand_over.set(hit);
        hit.is_some()
    }
}

impl HttpServiceFactory for Router {
    fn register(self, config: &mut AppService) {
        let model = self.model;
        let hand_over = HandOver::default();
        let at_root = config.is_root();
        if !at_root {
            model.is_scoped.store(true, Ordering::Relaxed);
        }
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
