//! The query string, read as a declared type.

use actix_web::dev::Payload;
use purlin_schemas::{Location, Schema};
use serde::de::DeserializeOwned;

use super::{from_request, percent, value_inside};
use crate::{context::Context, describe::OperationBuilder, error::Rejection, extractor::Extractor};

/// The parameters of the query string, read as the declared types: numbers and
/// booleans (`true`, `false`) from their text, lists from repeated keys or from one
/// value, as [`CommaSeparated`](crate::schemas::CommaSeparated),
/// [`SpaceDelimited`](crate::schemas::SpaceDelimited) and
/// [`PipeDelimited`](crate::schemas::PipeDelimited), and structs and maps of scalars
/// from `field[member]=…`.
///
/// Repeated parameters are rejected, and so are unknown ones, unless the
/// [registry or the operation](crate::UnknownParameters) or the type ignores them;
/// a flattened map collects them. Every violation is reported in one 400. A blank
/// value is the empty text, and so no number: `?limit=` is rejected.
///
/// ```
/// use purlin_router::{Json, schema, extract::Query};
///
/// #[schema(request)]
/// struct Page {
///     /// How many items to return.
///     #[garde(range(min = 1, max = 100))]
///     limit: Option<u32>,
///     tag: Option<Vec<String>>,
/// }
///
/// async fn list(page: Query<Page>) -> Json<u32> {
///     Json(page.limit.unwrap_or(20))
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Query<T>(pub T);

value_inside!(Query);
from_request!(Query);

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Schema> Extractor for Query<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.query::<T>();
    }

    async fn read(context: &Context<'_>, _: &mut Payload) -> Result<Self, Rejection> {
        let raw = context.request().query_string();
        let raw = if context.compatibility().has_literal_percent() {
            percent::literal_where_broken(raw)
        } else {
            raw.into()
        };
        context
            .validator::<T>(Location::Query)
            .map_err(|errors| Rejection::validator(&errors))?
            .read_query_by_policy(&raw, context.ignores_unknown_parameters())
            .map(Self)
            .map_err(Rejection::invalid)
    }
}
