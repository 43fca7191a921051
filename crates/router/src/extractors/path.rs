//! The parameters of the path template, read as a declared type.

use actix_web::dev::Payload;
use purlin_schemas::{Location, Schema};
use serde::de::DeserializeOwned;

use super::{from_request, value_inside};
use crate::{context::Context, describe::OperationBuilder, error::Rejection, extractor::Extractor};

/// The parameters of the path template: one value, a tuple in the template's
/// order, or a struct whose fields have the template's names.
///
/// Values are percent-decoded. Whether the type matches the template is checked
/// when the registry is built.
///
/// ```
/// use purlin_router::{Json, Operation, extract::Path};
///
/// async fn get_todo(id: Path<u64>) -> Json<u64> {
///     Json(id.into_inner())
/// }
///
/// let operation = Operation::get("/todos/{id}", get_todo);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Path<T>(pub T);

value_inside!(Path);
from_request!(Path);

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Schema> Extractor for Path<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.path::<T>();
    }

    async fn read(context: &Context<'_>, _: &mut Payload) -> Result<Self, Rejection> {
        context
            .validator::<T>(Location::Path)
            .map_err(|errors| Rejection::validator(&errors))?
            .read_path(&context.path_parameters())
            .map(Self)
            .map_err(Rejection::invalid)
    }
}
