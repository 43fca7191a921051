//! Redirects: a status and a `Location`, without a body.

use std::borrow::Cow;

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::StatusCode};

use crate::{
    context::Context,
    describe::{HeaderNote, OperationBuilder},
    replies::{
        location::located,
        reply::{Reply, respond},
    },
};

/// A redirect of the status `CODE`, one of 301, 302, 303, 307 and 308 (RFC 9110 section 15.4), by its name: [`SeeOther`],
/// [`Found`], [`TemporaryRedirect`], [`MovedPermanently`] or [`PermanentRedirect`].
///
/// ```
/// use purlin_router::{Registry, post, reply::SeeOther};
///
/// /// Pays an order. The browser requests the receipt with GET.
/// #[post("/orders/7/payment")]
/// async fn pay() -> SeeOther {
///     SeeOther::to("/orders/7/receipt")
/// }
/// # Registry::new("Orders", "1").operation(pay).build().unwrap();
/// ```
///
/// Another status does not compile where it is used:
///
/// ```compile_fail
/// # use purlin_router::reply::Redirect;
/// let reply = Redirect::<200>::to("/");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect<const CODE: u16> {
    location: Cow<'static, str>,
}

/// `301 Moved Permanently`: the resource has another URI. Browsers repeat a POST as GET; [`PermanentRedirect`] keeps it.
pub type MovedPermanently = Redirect<301>;

/// `302 Found`: the resource is at another URI for now. Browsers repeat a POST as GET; [`TemporaryRedirect`] keeps it.
pub type Found = Redirect<302>;

/// `303 See Other`: the result of a POST is at a URI, to be requested with GET.
pub type SeeOther = Redirect<303>;

/// `307 Temporary Redirect`: the request is to be repeated at another URI, with its method and body.
pub type TemporaryRedirect = Redirect<307>;

/// `308 Permanent Redirect`: the resource has another URI, at which requests are repeated with their method and body.
pub type PermanentRedirect = Redirect<308>;

impl<const CODE: u16> Redirect<CODE> {
    /// Returns a redirect to a URI reference (RFC 3986 section 4.1), which may be relative. Characters that a URI cannot
    /// contain, such as line breaks, spaces and letters outside ASCII, are percent-encoded; existing encodings are kept.
    ///
    /// Check a URI that comes from a client before: `//example.com/` leads to another host, just as `https://example.com/` does.
    pub fn to(uri: impl Into<Cow<'static, str>>) -> Self {
        const {
            assert!(
                matches!(CODE, 301 | 302 | 303 | 307 | 308),
                "a redirect has the status 301, 302, 303, 307 or 308"
            )
        }
        Self {
            location: uri.into(),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<const CODE: u16> Reply for Redirect<CODE> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        let description = match CODE {
            301 | 308 => "The resource has another URI.",
            303 => "The result is at another URI.",
            _ => "The resource is at another URI for now.",
        };
        describe.response(CODE, description);
        let location = HeaderNote::text("The other URI.").required();
        describe.header_note(CODE, "Location", location);
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        let status = StatusCode::from_u16(CODE).unwrap_or(StatusCode::SEE_OTHER);
        located(HttpResponse::new(status), &self.location, context)
    }
}

#[diagnostic::do_not_recommend]
impl<const CODE: u16> Responder for Redirect<CODE> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
