//! Request headers, read as a declared type.

use actix_web::{dev::Payload, http::header::HeaderValue};
use purlin_schemas::{Location, Schema};
use serde::de::DeserializeOwned;

use super::{from_request, value_inside};
use crate::{context::Context, describe::OperationBuilder, error::Rejection, extractor::Extractor};

/// The headers a type declares, by their names in any case; other headers are
/// left alone.
///
/// ```
/// use purlin_router::{Json, schema, extract::Headers};
///
/// #[schema(request)]
/// struct Client {
///     #[serde(rename = "X-Client-Version")]
///     version: u32,
/// }
///
/// async fn version(client: Headers<Client>) -> Json<u32> {
///     Json(client.version)
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Headers<T>(pub T);

value_inside!(Headers);
from_request!(Headers);

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Schema> Extractor for Headers<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.headers::<T>();
    }

    async fn read(context: &Context<'_>, _: &mut Payload) -> Result<Self, Rejection> {
        read(context).map(Self)
    }
}

/// The headers a type declares.
pub(crate) fn read<T: DeserializeOwned + Schema>(context: &Context<'_>) -> Result<T, Rejection> {
    let headers = context.request().headers();
    let validator = context
        .validator::<T>(Location::Header)
        .map_err(|errors| Rejection::validator(&errors))?;
    let names = context.header_names::<T>(&validator);
    validator
        .read_headers(&|index, _, values| {
            if let Some(name) = names.get(index) {
                values.extend(headers.get_all(name).map(HeaderValue::as_bytes));
            }
        })
        .map_err(Rejection::invalid)
}
