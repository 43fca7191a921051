//! actix's own `web::Path<T>`, for handlers that come from plain actix.

use actix_web::{FromRequest, dev::Payload, web};
use purlin_schemas::{Location, Rule, Violation};
use serde::de::DeserializeOwned;

use crate::{context::Context, describe::OperationBuilder, error::Rejection, extractor::Extractor};

/// The parameters of the path, read by serde alone, those of outer scopes included.
///
/// Prefer [`Path<T>`](crate::Path): of this type the document knows no more than that its values are text, and whether
/// it fits the template (a tuple of as many items, a struct of the same names) is not seen before the first request.
/// Either way, a value that does not parse is answered as `Path<T>` answers it: 400, or 404 in Rebar's style.
#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + 'static> Extractor for web::Path<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.invalid(Location::Path);
    }

    async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
        Self::from_request(context.request(), payload)
            .await
            .map_err(|error| {
                Rejection::invalid(vec![Violation::new(
                    Location::Path,
                    String::new(),
                    Rule::Custom {
                        code: "type".into(),
                        message: error.to_string().into(),
                    },
                )])
            })
    }
}
