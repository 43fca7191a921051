//! What is known of types while one registry is built: a type is described once,
//! however many operations read or answer it.

use std::{
    any::TypeId,
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use purlin_schemas::{
    self as schemas, Direction, Schema, SchemaWithDefinitions, Validator, ValidatorErrors,
};

use crate::error::ErrorStyle;

/// Types that were met already.
#[derive(Debug, Default)]
pub(crate) struct Known {
    described: HashMap<(TypeId, bool), Arc<SchemaWithDefinitions>>,
    validators: HashMap<TypeId, Arc<Validator>>,
    error: Option<Arc<SchemaWithDefinitions>>,
    mistakes: Vec<ValidatorErrors>,
}

impl Known {
    /// The schema of a type.
    pub(super) fn described<T: Schema>(
        &mut self,
        direction: Direction,
    ) -> Result<Arc<SchemaWithDefinitions>, ValidatorErrors> {
        let key = (TypeId::of::<T>(), direction == Direction::Input);
        Ok(match self.described.entry(key) {
            Entry::Occupied(known) => Arc::clone(known.get()),
            Entry::Vacant(place) => {
                let described = schemas::describe::<T>(direction)?;
                Arc::clone(place.insert(Arc::new(described)))
            }
        })
    }

    /// The schema of the registry's errors.
    pub(super) fn error(
        &mut self,
        style: ErrorStyle,
    ) -> Result<Arc<SchemaWithDefinitions>, ValidatorErrors> {
        if let Some(known) = &self.error {
            return Ok(Arc::clone(known));
        }
        let described = Arc::new(style.described()?);
        self.error = Some(Arc::clone(&described));
        Ok(described)
    }

    /// The input contract of a type.
    pub(super) fn validator<T: Schema>(&mut self) -> Result<Arc<Validator>, ValidatorErrors> {
        Ok(match self.validators.entry(TypeId::of::<T>()) {
            Entry::Occupied(known) => Arc::clone(known.get()),
            Entry::Vacant(place) => Arc::clone(place.insert(Arc::new(Validator::of::<T>()?))),
        })
    }

    /// Whether these mistakes have not been told yet.
    pub(super) fn is_news(&mut self, errors: &ValidatorErrors) -> bool {
        let is_news = !self.mistakes.contains(errors);
        if is_news {
            self.mistakes.push(errors.clone());
        }
        is_news
    }
}
