//! Extractors of bodies of declared media types, and bodies that may be absent.

use actix_web::dev::Payload;

use super::body;
use crate::{context::Context, describe::OperationBuilder, error::Rejection, extractor::Extractor};

/// An extractor of a body of declared media types: [`Json`](crate::Json), [`Form`](crate::extract::Form),
/// [`Multipart`](crate::extract::Multipart), or [`OneOf`](crate::extract::OneOf) of several.
///
/// `Option` of one is a body that may be absent: `None` for a request whose body has no bytes, whatever its `Content-Type`.
/// The document states `required: false`. Any other body is read as without the `Option`, and rejected where it is
/// wrong; `null` is JSON, and a `Json<Option<T>>`. (In a plain actix handler `Option` is actix's own, which is `None`
/// for wrong bodies too.)
///
/// ```
/// use purlin_router::{Json, Operation, Registry, reply::Text, schema, testing::TestClient};
///
/// #[schema(request)]
/// struct Cancellation {
///     reason: Option<String>,
/// }
///
/// async fn cancel(cancellation: Option<Json<Cancellation>>) -> Text {
///     let reason = cancellation.and_then(|body| body.into_inner().reason);
///     Text::new(reason.unwrap_or_else(|| "no reason".to_owned()))
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let api = Registry::new("Orders", "1.0.0").operation(Operation::post("/cancel", cancel));
/// let client = TestClient::new(&api.build()?);
/// assert_eq!(client.post("/cancel").send().text(), "no reason");
/// # Ok(())
/// # }
/// ```
pub trait BodyExtractor: Extractor {
    /// Returns the media types of the bodies it reads, as a 415 lists them.
    fn media_types() -> Vec<&'static str>;

    /// Returns whether it reads bodies of a media type, which is given without parameters.
    fn reads(media_type: &str) -> bool {
        let known = Self::media_types();
        known.iter().any(|it| it.eq_ignore_ascii_case(media_type))
    }
}

#[diagnostic::do_not_recommend]
impl<B: BodyExtractor> Extractor for Option<B> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        B::describe(describe);
        describe.optional_body();
    }

    async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
        if body::is_absent(context, payload).await? {
            return Ok(None);
        }
        B::read(context, payload).await.map(Some)
    }
}
