//! JSON of another media type.

use std::{fmt, marker::PhantomData};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use purlin_schemas::Schema;
use serde::Serialize;

use crate::{
    context::Context,
    describe::OperationBuilder,
    json,
    media::{MediaType, is_json_name},
    replies::reply::{Reply, respond},
};

/// `200 OK` with JSON of a media type of its own, such as one of a vendor or of a version (RFC 6838 section 3.2).
///
/// ```
/// use purlin_router::{Registry, get, media::MediaType, reply::JsonAs, schema};
///
/// struct OrderV2;
///
/// impl MediaType for OrderV2 {
///     const NAME: &'static str = "application/vnd.example.order.v2+json";
/// }
///
/// #[schema(response)]
/// struct Order {
///     number: u32,
/// }
///
/// #[get("/orders/7")]
/// async fn get_order() -> JsonAs<Order, OrderV2> {
///     JsonAs::new(Order { number: 7 })
/// }
/// # Registry::new("Orders", "1").operation(get_order).build().unwrap();
/// ```
///
/// A media type that is not JSON does not compile where it is used:
///
/// ```compile_fail
/// # use purlin_router::{media::Csv, reply::JsonAs};
/// let reply = JsonAs::<u32, Csv>::new(7);
/// ```
pub struct JsonAs<T, M> {
    value: T,
    media: PhantomData<fn() -> M>,
}

impl<T, M: MediaType> JsonAs<T, M> {
    /// Returns a reply with a value as JSON of the media type.
    pub fn new(value: T) -> Self {
        const {
            assert!(
                is_json_name(M::NAME),
                "the media type of JSON is `application/json` or `application/…+json`"
            )
        }
        Self {
            value,
            media: PhantomData,
        }
    }
}

impl<T: fmt::Debug, M: MediaType> fmt::Debug for JsonAs<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JsonAs")
            .field(&M::NAME)
            .field(&self.value)
            .finish()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Schema, M: MediaType> Reply for JsonAs<T, M> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.json_response_as::<T>(200, M::NAME, "The response.");
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        let mut response = json::write(StatusCode::OK, &self.value, context);
        if response.status() == StatusCode::OK {
            let media_type = HeaderValue::from_static(M::NAME);
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, media_type);
        }
        response
    }
}

impl<T: Serialize + Schema, M: MediaType> Responder for JsonAs<T, M> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
