//! The validators of what an operation reads, by section of the request and type.

use std::{any::TypeId, ops::Deref, sync::Arc};

use actix_web::http::header::HeaderName;
use purlin_schemas::{Location, Validator};

/// The input validators of an operation's extractors.
#[derive(Debug, Default)]
pub(crate) struct Validators(Vec<Entry>);

/// The validator of one type in one section.
#[derive(Debug)]
pub(crate) struct Entry {
    id: TypeId,
    section: Location,
    pub(crate) validator: Arc<Validator>,
    /// The header fields of the type, in the validator's order; empty in other sections.
    pub(crate) headers: Vec<HeaderName>,
}

impl Validators {
    pub(crate) fn insert<T: 'static>(&mut self, section: Location, validator: Arc<Validator>) {
        let headers = match section {
            Location::Header => header_names(&validator),
            _ => Vec::new(),
        };
        self.0.push(Entry {
            id: TypeId::of::<T>(),
            section,
            validator,
            headers,
        });
    }

    /// Returns the validators of a section, whatever their types.
    pub(crate) fn of(&self, section: Location) -> impl Iterator<Item = &Validator> {
        let found = self.0.iter().filter(move |entry| entry.section == section);
        found.map(|entry| &*entry.validator)
    }

    /// Returns the validator of a type in a section.
    pub(crate) fn get<T: 'static>(&self, section: Location) -> Option<&Entry> {
        let wanted = TypeId::of::<T>();
        let mut entries = self.0.iter();
        entries.find(|entry| entry.id == wanted && entry.section == section)
    }
}

/// Returns the header fields a type declares. An invalid name is an error of the registry; outside of one it
/// matches no header.
pub(crate) fn header_names(validator: &Validator) -> Vec<HeaderName> {
    let invalid = HeaderName::from_static("x-no-name");
    let names = validator.names().iter();
    names
        .map(|name| HeaderName::try_from(name.as_str()).unwrap_or_else(|_| invalid.clone()))
        .collect()
}

/// A validator compiled when the registry was built, or for one request outside of a registry.
pub(crate) enum ValidatorRef<'r> {
    Built(&'r Validator),
    Fresh(Box<Validator>),
}

impl Deref for ValidatorRef<'_> {
    type Target = Validator;

    fn deref(&self) -> &Validator {
        match self {
            Self::Built(validator) => validator,
            Self::Fresh(validator) => validator,
        }
    }
}
