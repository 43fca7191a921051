//! actix's own `web::Path<T>`, for handlers that come from plain actix.

use actix_web::{FromRequest, dev::Payload, web};
use purlin_schemas::{Location, Rule, Violation};
use serde::de::DeserializeOwned;

use crate::{context::Context, describe::OperationBuilder, error::Rejection, extractor::Extractor};

/// The parameters of the path, read by serde alone, those of outer scopes included.
///
/// Prefer [`Path<T>`](crate::extract::Path): for this type the document has text alone, and whether
/// it matches the template (a tuple of as many items, a struct of the same names) is not known before the first request.
/// A value that does not parse is rejected as `Path<T>` rejects it: with 400, or 404 where path types route.
/// The parameters are captured by a regular expression for each request.
#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + 'static> Extractor for web::Path<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.match_info();
        describe.invalid(Location::Path);
    }

    async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
        Self::from_request(context.request(), payload)
            .await
            .map_err(|error| {
                // serde does not name the parameter.
                Rejection::invalid(vec![Violation::new(
                    Location::Path,
                    "",
                    Rule::Custom {
                        code: "type".into(),
                        message: error.to_string().into(),
                    },
                )])
            })
    }
}
