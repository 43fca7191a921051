//! Validators of the types [`decode`](super::decode()) has met, one a type.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::{Schema, Validator, ValidatorErrors};

static CONTRACTS: RwLock<Option<HashMap<TypeId, Arc<Validator>>>> = RwLock::new(None);

/// The contract of `T`, built when it is asked for first.
pub(super) fn contract_of<T: Schema>() -> Result<Arc<Validator>, ValidatorErrors> {
    let id = TypeId::of::<T>();
    // A poisoned lock guards a map that is whole all the same: nothing is ever taken out of it.
    let known = CONTRACTS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(validator) = known.as_ref().and_then(|validators| validators.get(&id)) {
        return Ok(Arc::clone(validator));
    }
    drop(known);
    let validator = Arc::new(Validator::of::<T>()?);
    let mut known = CONTRACTS.write().unwrap_or_else(PoisonError::into_inner);
    Ok(Arc::clone(
        known.get_or_insert_default().entry(id).or_insert(validator),
    ))
}
