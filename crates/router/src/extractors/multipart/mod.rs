//! Multipart forms, `multipart/form-data`, read as a declared type. actix-multipart reads the wire format,
//! `purlin-schemas` the content of the parts.

mod file;
mod payload;
mod receive;
mod received;
mod store;

use actix_web::dev::Payload;
use purlin_schemas::{Location, Schema};
use serde::de::DeserializeOwned;

use super::{BodyExtractor, body, content_type::check_media_type, from_request, value_inside};
use crate::{
    context::Context, describe::OperationBuilder, error::Rejection, extractor::Extractor,
    media::MULTIPART,
};

pub use file::{File, InMemory};

/// A body in parts, `multipart/form-data` (RFC 7578): each field of the struct is a part.
///
/// | a field of the type | is read from |
/// |---|---|
/// | text, number, boolean, enum of names | a part with its text, as in the query |
/// | a struct, and whatever else is not text | a part with JSON |
/// | [`File`] | a file, stored on the disk until it is dropped |
/// | [`InMemory`] | a file, kept in memory |
/// | `Option` of these | the part, if it is there; an empty one without a file name is no file |
/// | `Vec` of these | every part of the name, in the order they came |
///
/// A part is a file if it has a `filename` or a `Content-Type` (RFC 7578 sections 4.2 and 4.4). Text is read as in a
/// [`Form`](crate::extract::Form).
///
/// It is rejected, in the registry's style: with 400 and every violation, or when the body is incomplete; 413 over a limit
/// (the operation's body limit for everything but files, [`Uploads`](crate::extract::Uploads) for files); 415 for another media type, and 507 when the
/// disk is full. Reading stops where a limit is exceeded.
///
/// ```
/// use purlin_router::{Json, schema, extract::{File, Multipart}, media::{Jpeg, Png}};
///
/// #[schema(request)]
/// struct Upload {
///     #[garde(length(min = 1, max = 80))]
///     title: String,
///     #[serde(default)]
///     tags: Vec<String>,
///     size: Option<Size>,
///     image: File<(Png, Jpeg)>,
/// }
///
/// #[schema]
/// struct Size {
///     width: u32,
///     height: u32,
/// }
///
/// async fn post_image(upload: Multipart<Upload>) -> Json<u64> {
///     let _ = (&upload.title, &upload.tags, upload.size.as_ref().map(|size| size.width * size.height));
///     Json(upload.image.size())
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Multipart<T>(pub T);

value_inside!(Multipart);
from_request!(Multipart reads the body);

impl<T: DeserializeOwned + Schema> BodyExtractor for Multipart<T> {
    fn media_types() -> Vec<&'static str> {
        vec![MULTIPART]
    }

    fn reads(media_type: &str) -> bool {
        media_type.eq_ignore_ascii_case(MULTIPART)
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Schema> Extractor for Multipart<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.multipart_body::<T>();
    }

    async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
        if let Err(rejection) = check_media_type(context, MULTIPART) {
            return Err(body::rejected(context, payload, rejection).await);
        }
        let validator = context
            .validator::<T>(Location::Body)
            .map_err(|errors| Rejection::validator(&errors))?;
        // In a box of its own: the future of the operation is small enough then to be allocated at once.
        let (parts, files) = Box::pin(receive::receive(context, payload, &validator)).await?;
        received::with(files, || validator.read_parts(parts))
            .map(Self)
            .map_err(Rejection::invalid)
    }
}
