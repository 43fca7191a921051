//! Request headers, read as a declared type.

use actix_web::{
    dev::Payload,
    http::header::{HeaderMap, HeaderName, HeaderValue},
};
use purlin_schemas::{__router::OtherTexts, Location, Schema};
use serde::de::DeserializeOwned;

use super::{from_request, value_inside};
use crate::{context::Context, describe::OperationBuilder, error::Rejection, extractor::Extractor};

/// The headers a type declares, by their names in any case; other headers are
/// ignored, unless the type has a flattened map of `String`s, which collects them
/// under their names in lower case.
///
/// Values are text in UTF-8; one that is not is a violation of the code
/// `encoding`. Lists are comma-separated (RFC 9110 section 5.6.1).
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
    let others = if validator.collects_unknown() {
        others(headers, &names)
    } else {
        OtherTexts::new()
    };
    let lookup = |index, _: &str, values: &mut Vec<_>| {
        if let Some(name) = names.get(index) {
            for value in headers.get_all(name) {
                values.push(value.as_bytes());
            }
        }
    };
    validator
        .read_headers(&lookup, others)
        .map_err(Rejection::invalid)
}

/// Returns the headers that are not declared.
fn others<'r>(headers: &'r HeaderMap, declared: &[HeaderName]) -> OtherTexts<'r> {
    let others = headers.keys().filter(|name| !declared.contains(name));
    others
        .map(|name| {
            let values = headers.get_all(name).map(HeaderValue::as_bytes);
            (name.as_str().to_owned(), values.collect())
        })
        .collect()
}
