//! A reply with another status.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::StatusCode};

use crate::{
    context::Context,
    describe::OperationBuilder,
    error::Rejection,
    replies::{
        NoContent,
        reply::{Reply, respond},
    },
};

/// A reply with the status `CODE` in place of its 200 or 204: `Status<203, Json<Todo>>`, or `Status<418>` without a body.
///
/// ```
/// use purlin_router::{Json, Registry, get, reply::Status, schema};
///
/// #[schema(response)]
/// struct Teapot {
///     short: bool,
///     stout: bool,
/// }
///
/// #[get("/coffee")]
/// async fn get_coffee() -> Status<418, Json<Teapot>> {
///     Status(Json(Teapot { short: true, stout: true }))
/// }
/// # Registry::new("Pots", "1").operation(get_coffee).build().unwrap();
/// ```
///
/// A status from 400 up is a response like any other, with a body of its own. To respond in the registry's error style
/// declare an [`ApiError`](crate::ApiError).
///
/// Statuses of which HTTP defines the content or headers have replies of their own: [`NoContent`] (204),
/// [`Download`](crate::reply::Download) (206, 304, 416), [`Redirect`](crate::reply::Redirect). They do not compile here:
///
/// ```compile_fail
/// # use purlin_router::{Operation, Json, reply::Status};
/// let operation = Operation::get("/", || async { Status::<204, _>(Json(7)) });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status<const CODE: u16, R = NoContent>(pub R);

impl<const CODE: u16, R> Status<CODE, R> {
    const IS_ALLOWED: () = assert!(
        matches!(CODE, 200..=203 | 207..=299 | 400..=415 | 417..=599),
        "a reply has a status from 200 to 299 or from 400 to 599, but not 204, 205, 206 and 416"
    );
}

#[diagnostic::do_not_recommend]
impl<const CODE: u16, R: Reply> Reply for Status<CODE, R> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        let () = Self::IS_ALLOWED;
        let mut responses = describe.responses_of(R::describe);
        for plain in [200, 204] {
            if let Some(mut response) = responses.remove(&plain) {
                if plain == 204 {
                    response.descriptions = vec![reason(CODE)];
                }
                responses.insert(CODE, response);
            }
        }
        describe.add_responses(responses);
    }

    fn check_request(context: &Context<'_>) -> Result<(), Rejection> {
        R::check_request(context)
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        let () = Self::IS_ALLOWED;
        let mut response = self.0.reply(context);
        let is_plain = matches!(response.status(), StatusCode::OK | StatusCode::NO_CONTENT);
        if let (true, Ok(status)) = (is_plain, StatusCode::from_u16(CODE)) {
            *response.status_mut() = status;
        }
        response
    }
}

fn reason(code: u16) -> String {
    let reason = StatusCode::from_u16(code).ok();
    let reason = reason.and_then(|status| status.canonical_reason());
    reason.map_or_else(|| format!("Status {code}."), |reason| format!("{reason}."))
}

#[diagnostic::do_not_recommend]
impl<const CODE: u16, R: Reply> Responder for Status<CODE, R> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
