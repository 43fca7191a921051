//! URL-encoded forms, read as a declared type.

use actix_web::dev::Payload;
use purlin_schemas::{Location, Schema};
use serde::de::DeserializeOwned;

use super::{BodyExtractor, body, content_type::check_media_type, from_request, value_inside};
use crate::{
    context::Context, describe::OperationBuilder, error::Rejection, extractor::Extractor,
    media::FORM,
};

/// A body that is a form, `application/x-www-form-urlencoded`, read by the rules of [`Query`](crate::extract::Query): numbers
/// and booleans from their text, lists from repeated fields or, as [`CommaSeparated`](crate::schemas::CommaSeparated), from one.
///
/// Unlike a query it is read as browsers write it: `on` is true, the text of a checkbox; a blank field is absent where it may
/// be, unless its schema allows an empty text; and `_charset_` may state the encoding, which is UTF-8.
///
/// It is rejected, in the registry's style: with 400 and every violation, 413 over the body limit, and 415 for another
/// media type.
///
/// ```
/// use purlin_router::{schema, extract::Form, reply::NoContent};
///
/// #[schema(request)]
/// struct Login {
///     #[garde(length(min = 1))]
///     name: String,
///     #[serde(default)]
///     remember: bool,
/// }
///
/// async fn log_in(login: Form<Login>) -> NoContent {
///     let _ = (&login.name, login.remember);
///     NoContent
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form<T>(pub T);

value_inside!(Form);
from_request!(Form reads the body);

impl<T: DeserializeOwned + Schema> BodyExtractor for Form<T> {
    fn media_types() -> Vec<&'static str> {
        vec![FORM]
    }

    fn reads(media_type: &str) -> bool {
        media_type.eq_ignore_ascii_case(FORM)
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Schema> Extractor for Form<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.form_body::<T>();
    }

    async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
        let media_type = check_media_type(context, FORM);
        let media_type = body::check_before_reading(context, payload, media_type)?;
        let bytes = body::read(context, payload).await?;
        media_type?;
        context
            .validator::<T>(Location::Body)
            .map_err(|errors| Rejection::validator(&errors))?
            .read_form(&bytes)
            .map(Self)
            .map_err(Rejection::invalid)
    }
}
