//! The application data (`web::Data<T>`) that handlers of a registry can rely on: what the registry provides itself,
//! and what the surrounding `App` is declared to provide.

use std::{any::TypeId, collections::BTreeSet};

use actix_web::web;

/// The application data a registry's handlers are provided with.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProvidedData {
    /// The types given to `Registry::app_data`.
    own: BTreeSet<TypeId>,
    /// The types of data that the surrounding `App` provides, such as `web::Data<T>`.
    external: BTreeSet<TypeId>,
    allows_any: bool,
}

/// A `web::Data<T>` that a handler takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequiredData {
    data: TypeId,
    value: TypeId,
    /// The name of `T`.
    pub(crate) name: &'static str,
}

/// Why a handler would not find its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DataProblem {
    /// No value of the type is provided.
    Missing,
    /// The value is provided without `web::Data` around it.
    NotWrapped,
}

impl RequiredData {
    pub(crate) fn of<T: ?Sized + 'static>() -> Self {
        Self {
            data: TypeId::of::<web::Data<T>>(),
            value: TypeId::of::<T>(),
            name: std::any::type_name::<T>(),
        }
    }
}

impl ProvidedData {
    pub(crate) fn provide<D: 'static>(&mut self) {
        self.own.insert(TypeId::of::<D>());
    }

    /// Declares that the surrounding `App` has data of this type; only a `web::Data<T>` is of use to handlers.
    pub(crate) fn declare_external(&mut self, id: TypeId) {
        self.external.insert(id);
    }

    pub(crate) fn allow_any(&mut self) {
        self.allows_any = true;
    }

    /// Returns why the data is not there, if it is not.
    pub(crate) fn problem(&self, required: &RequiredData) -> Option<DataProblem> {
        let RequiredData { data, value, .. } = required;
        let is_there = self.allows_any || self.own.contains(data) || self.external.contains(data);
        if is_there {
            None
        } else if self.own.contains(value) || self.external.contains(value) {
            Some(DataProblem::NotWrapped)
        } else {
            Some(DataProblem::Missing)
        }
    }
}
