//! Cookies, read as a declared type.

use actix_web::dev::Payload;
use purlin_schemas::{__router::OtherTexts, Location, Schema};
use serde::de::DeserializeOwned;

use super::{from_request, value_inside};
use crate::{
    context::Context, cookies, describe::OperationBuilder, error::Rejection, extractor::Extractor,
};

/// The cookies a type declares, by their names, which are case-sensitive; other cookies are ignored, unless the type has a
/// flattened map of `String`s, which collects them.
///
/// Each field is read from the text of a cookie (RFC 6265 section 5.4) by the rules of a query, except that nothing is
/// percent-decoded. Of several cookies of one name the first counts: user agents send the one of the most specific path
/// first. Lists and objects are errors of `build()`, as is a name that no cookie can have.
///
/// The document states `in: cookie`; Swagger 2.0 has no such parameters, and omits them. An API key in a cookie is a
/// [`CookieApiKey`](crate::auth::CookieApiKey).
///
/// ```
/// use purlin_router::{Json, schema, extract::Cookies};
///
/// #[schema(request)]
/// struct Settings {
///     #[garde(range(max = 100))]
///     per_page: Option<u8>,
///     theme: Option<String>,
/// }
///
/// async fn theme(settings: Cookies<Settings>) -> Json<String> {
///     let settings = settings.into_inner();
///     Json(settings.theme.unwrap_or_else(|| "light".to_owned()))
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cookies<T>(pub T);

value_inside!(Cookies);
from_request!(Cookies);

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Schema> Extractor for Cookies<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.cookies::<T>();
    }

    async fn read(context: &Context<'_>, _: &mut Payload) -> Result<Self, Rejection> {
        let request = context.request();
        let validator = context
            .validator::<T>(Location::Cookie)
            .map_err(|errors| Rejection::validator(&errors))?;
        let mut others = OtherTexts::new();
        if validator.collects_unknown() {
            let is_declared = |name: &str| validator.names().iter().any(|own| own == name);
            for (name, value) in cookies::all(request) {
                let Ok(name) = std::str::from_utf8(name) else {
                    continue;
                };
                if !is_declared(name) && !others.iter().any(|(known, _)| known == name) {
                    others.push((name.to_owned(), vec![value]));
                }
            }
        }
        let lookup = |_: usize, name: &str, values: &mut Vec<_>| {
            let of_name = cookies::all(request).filter(|(sent, _)| *sent == name.as_bytes());
            values.extend(of_name.map(|(_, value)| value));
        };
        validator
            .read_cookies(&lookup, others)
            .map(Self)
            .map_err(Rejection::invalid)
    }
}
