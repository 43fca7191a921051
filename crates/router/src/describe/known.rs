//! The types of a registry while it is built: a type is described once, however
//! many operations use it.

use std::{
    any::TypeId,
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::Arc,
};

use purlin_schemas::{
    self as schemas, __router::GeneratedSchema, Direction, Schema, SchemaWithDefinitions,
    Validator, ValidatorErrors,
};
use serde::de::DeserializeOwned;

use crate::error::ErrorStyle;

/// Everything that is derived from a type, each computed once.
#[derive(Debug, Default)]
pub(crate) struct Known {
    inputs: HashMap<TypeId, Arc<GeneratedSchema>>,
    described: HashMap<(TypeId, Direction), Arc<SchemaWithDefinitions>>,
    validators: HashMap<TypeId, Arc<Validator>>,
    /// The types of which it is known whether they have a value.
    satisfiable: HashSet<TypeId>,
    error: Option<Arc<SchemaWithDefinitions>>,
    errors: Vec<ValidatorErrors>,
}

impl Known {
    /// Returns the input schema of a type as it is generated, from which everything else is derived.
    pub(super) fn input<T: Schema>(&mut self) -> Result<Arc<GeneratedSchema>, ValidatorErrors> {
        Ok(match self.inputs.entry(TypeId::of::<T>()) {
            Entry::Occupied(known) => Arc::clone(known.get()),
            Entry::Vacant(entry) => {
                let generated = GeneratedSchema::of::<T>(Direction::Input)?;
                Arc::clone(entry.insert(Arc::new(generated)))
            }
        })
    }

    /// Returns the schema of a type, as the document states it.
    pub(super) fn described<T: Schema>(
        &mut self,
        direction: Direction,
    ) -> Result<Arc<SchemaWithDefinitions>, ValidatorErrors> {
        let key = (TypeId::of::<T>(), direction);
        if let Some(known) = self.described.get(&key) {
            return Ok(Arc::clone(known));
        }
        let described = match direction {
            Direction::Input => self.input::<T>()?.describe(),
            _ => schemas::describe::<T>(direction)?,
        };
        let described = Arc::new(described);
        self.described.insert(key, Arc::clone(&described));
        Ok(described)
    }

    /// Returns the schema of the registry's errors.
    pub(crate) fn error(
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
        let key = TypeId::of::<T>();
        if let Some(known) = self.validators.get(&key) {
            return Ok(Arc::clone(known));
        }
        let validator = Arc::new(Validator::compile(&*self.input::<T>()?)?);
        self.validators.insert(key, Arc::clone(&validator));
        Ok(validator)
    }

    /// Checks, once for each type, that there is a value that both document and server accept.
    pub(super) fn check_satisfiable<T: DeserializeOwned + Schema>(
        &mut self,
    ) -> Result<(), ValidatorErrors> {
        if !self.satisfiable.insert(TypeId::of::<T>()) {
            return Ok(());
        }
        // Other errors of the type are reported where it is described.
        match (self.validator::<T>(), self.described::<T>(Direction::Input)) {
            (Ok(validator), Ok(described)) => validator.check_satisfiable::<T>(&described),
            _ => Ok(()),
        }
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
