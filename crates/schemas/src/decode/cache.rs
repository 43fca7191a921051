//! The validators of the types that [`decode`](super::decode()) has decoded, and of the variants of untagged enums, one per type.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::{Schema, Validator, ValidatorErrors};

static VALIDATORS: RwLock<Option<HashMap<TypeId, Arc<Validator>>>> = RwLock::new(None);

/// Returns the validator of `T`, compiled on the first call.
pub(super) fn validator_of<T: Schema>() -> Result<Arc<Validator>, ValidatorErrors> {
    let id = TypeId::of::<T>();
    // A poisoned lock still guards a consistent map: nothing is ever removed from it.
    let known = VALIDATORS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(validator) = known.as_ref().and_then(|validators| validators.get(&id)) {
        return Ok(Arc::clone(validator));
    }
    drop(known);
    let validator = Arc::new(Validator::of::<T>()?);
    let mut known = VALIDATORS.write().unwrap_or_else(PoisonError::into_inner);
    Ok(Arc::clone(
        known.get_or_insert_default().entry(id).or_insert(validator),
    ))
}
