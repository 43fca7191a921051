//! The types of a registry while it is built: a type is described once, however
//! many operations use it.

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
    errors: Vec<ValidatorErrors>,
}

impl Known {
    /// Returns the schema of a type.
    pub(super) fn described<T: Schema>(
        &mut self,
        direction: Direction,
    ) -> Result<Arc<SchemaWithDefinitions>, ValidatorErrors> {
        let key = (TypeId::of::<T>(), direction == Direction::Input);
        Ok(match self.described.entry(key) {
            Entry::Occupied(known) => Arc::clone(known.get()),
            Entry::Vacant(vacant) => {
                let described = schemas::describe::<T>(direction)?;
                Arc::clone(vacant.insert(Arc::new(described)))
            }
        })
    }

    /// Returns the schema of the registry's errors.
    pub(super) fn error(
        &mut self,
        style: &ErrorStyle,
    ) -> Result<Arc<SchemaWithDefinitions>, ValidatorErrors> {
        if let Some(known) = &self.error {
            return Ok(Arc::clone(known));
        }
        let described = Arc::new(style.described()?);
        self.error = Some(Arc::clone(&described));
        Ok(described)
    }

    /// Returns the input validator of a type.
    pub(super) fn validator<T: Schema>(&mut self) -> Result<Arc<Validator>, ValidatorErrors> {
        Ok(match self.validators.entry(TypeId::of::<T>()) {
            Entry::Occupied(known) => Arc::clone(known.get()),
            Entry::Vacant(vacant) => Arc::clone(vacant.insert(Arc::new(Validator::of::<T>()?))),
        })
    }

    /// Returns whether these errors have not been reported yet.
    pub(super) fn is_new(&mut self, errors: &ValidatorErrors) -> bool {
        let is_new = !self.errors.contains(errors);
        if is_new {
            self.errors.push(errors.clone());
        }
        is_new
    }
}
