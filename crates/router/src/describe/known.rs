//! What is known of types while one registry is built: a type is described once,
//! however many operations read or answer it.

use std::{
    any::TypeId,
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use purlin_schemas::{
    self as schemas, __router::GeneratedSchema, Direction, Schema, SchemaWithDefinitions,
    Validator, ValidatorErrors,
};

use crate::error::ErrorStyle;

/// Everything that is derived from a type, each computed once.
#[derive(Debug, Default)]
pub(crate) struct Known {
    inputs: HashMap<TypeId, Arc<GeneratedSchema>>,
    described: HashMap<(TypeId, Direction), Arc<SchemaWithDefinitions>>,
    validators: HashMap<TypeId, Arc<Validator>>,
    error: Option<Arc<SchemaWithDefinitions>>,
    mistakes: Vec<ValidatorErrors>,
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
        let key = TypeId::of::<T>();
        if let Some(known) = self.validators.get(&key) {
            return Ok(Arc::clone(known));
        }
        let validator = Arc::new(Validator::compile(&*self.input::<T>()?)?);
        self.validators.insert(key, Arc::clone(&validator));
        Ok(validator)
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
