//! Cookies that a response sets (RFC 6265).

use std::{borrow::Cow, fmt::Write as _, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{self, HeaderValue},
};

use crate::{
    context::Context,
    describe::{HeaderNote, OperationBuilder},
    error::Rejection,
    replies::reply::{Reply, respond},
};

/// A cookie that a response sets (RFC 6265 section 4.1). Unless it is changed, it is for all paths of this host, is sent over
/// HTTPS alone, is hidden from scripts, is not sent with requests that other sites cause (`SameSite=Lax`), and ends with the
/// session of the browser.
///
/// ```
/// use std::time::Duration;
/// use purlin_router::reply::{SameSite, SetCookie};
///
/// let session = SetCookie::new("session", "7f3a").max_age(Duration::from_secs(3600));
/// let theme = SetCookie::new("theme", "dark").readable_by_scripts().same_site(SameSite::Strict);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetCookie {
    name: Cow<'static, str>,
    value: Cow<'static, str>,
    path: Cow<'static, str>,
    domain: Option<Cow<'static, str>>,
    max_age: Option<Duration>,
    same_site: SameSite,
    is_secure: bool,
    is_http_only: bool,
}

/// Which requests caused by other sites have a cookie (RFC 6265bis section 5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    /// None of them.
    Strict,
    /// Those that follow a link.
    #[default]
    Lax,
    /// All of them; over HTTPS alone.
    None,
}

impl SetCookie {
    /// Returns a cookie. The value is sent as it is: visible ASCII characters without quotation marks, commas, semicolons and
    /// backslashes. A response with another one is a 500.
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            path: Cow::Borrowed("/"),
            domain: None,
            max_age: None,
            same_site: SameSite::Lax,
            is_secure: true,
            is_http_only: true,
        }
    }

    /// Returns what removes a cookie. Path and domain have to be those with which it was set.
    pub fn removed(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, "").max_age(Duration::ZERO)
    }

    /// Sets how long the client keeps it, in whole seconds.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Sets the path below which requests have it; `/` by default.
    #[must_use]
    pub fn path(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.path = path.into();
        self
    }

    /// Sets the domain whose hosts it is sent to; by default this host alone.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<Cow<'static, str>>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// Sets which requests caused by other sites have it.
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// Lets scripts read it: without `HttpOnly`.
    #[must_use]
    pub fn readable_by_scripts(mut self) -> Self {
        self.is_http_only = false;
        self
    }

    /// Sends it over unencrypted HTTP too: without `Secure`. `SameSite=None` needs `Secure`.
    #[must_use]
    pub fn over_http(mut self) -> Self {
        self.is_secure = false;
        self
    }

    /// Returns the value of the header, or why it cannot be sent.
    fn header(&self) -> Result<HeaderValue, String> {
        let Self { name, value, .. } = self;
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(format!("`{name}` is not the name of a cookie"));
        }
        if !value.bytes().all(is_cookie_octet) {
            return Err(format!(
                "the value of the cookie `{name}` has a character that a cookie cannot contain; encode it"
            ));
        }
        let mut text = format!("{name}={value}");
        let attributes = [("Path", Some(&self.path)), ("Domain", self.domain.as_ref())];
        for (attribute, value) in attributes {
            let Some(value) = value else { continue };
            if value
                .bytes()
                .any(|byte| byte == b';' || !matches!(byte, b' '..=b'~'))
            {
                return Err(format!(
                    "the attribute {attribute} of the cookie `{name}` has a character that it cannot contain"
                ));
            }
            let _ = write!(text, "; {attribute}={value}");
        }
        if let Some(age) = self.max_age {
            let _ = write!(text, "; Max-Age={}", age.as_secs());
        }
        let same_site = match self.same_site {
            SameSite::Strict => "Strict",
            SameSite::Lax => "Lax",
            SameSite::None if self.is_secure => "None",
            SameSite::None => {
                return Err(format!(
                    "the cookie `{name}` has `SameSite=None`, which needs `Secure`"
                ));
            }
        };
        let _ = write!(text, "; SameSite={same_site}");
        if self.is_secure {
            text.push_str("; Secure");
        }
        if self.is_http_only {
            text.push_str("; HttpOnly");
        }
        HeaderValue::try_from(text).map_err(|error| error.to_string())
    }
}

/// RFC 9110 section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// RFC 6265 section 4.1.1.
fn is_cookie_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\",;\\".contains(&byte)
}

/// A reply that sets cookies, each in a `Set-Cookie` of its own, beside those of the reply inside. Statuses from 400 up set
/// none.
///
/// ```
/// use purlin_router::{Registry, post, reply::{NoContent, SetCookie, WithCookies}};
///
/// #[post("/login")]
/// async fn log_in() -> WithCookies<NoContent> {
///     WithCookies::new(NoContent).set(SetCookie::new("session", "7f3a"))
/// }
/// # Registry::new("Sessions", "1").operation(log_in).build().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithCookies<R> {
    reply: R,
    cookies: Vec<SetCookie>,
}

impl<R> WithCookies<R> {
    /// Returns a reply that sets no cookies yet.
    pub fn new(reply: R) -> Self {
        Self {
            reply,
            cookies: Vec::new(),
        }
    }

    /// Adds a cookie.
    #[must_use]
    pub fn set(mut self, cookie: SetCookie) -> Self {
        self.cookies.push(cookie);
        self
    }
}

#[diagnostic::do_not_recommend]
impl<R: Reply> Reply for WithCookies<R> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        let mut responses = describe.responses_of(R::describe);
        let cookies = HeaderNote::text("Cookies, each on a line of its own.").repeated();
        for (_, response) in responses.range_mut(..400) {
            let headers = &mut response.headers;
            headers.insert("Set-Cookie".to_owned(), cookies.clone());
        }
        describe.add_responses(responses);
    }

    fn check_request(context: &Context<'_>) -> Result<(), Rejection> {
        R::check_request(context)
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        let mut response = self.reply.reply(context);
        if response.status().as_u16() >= 400 {
            return response;
        }
        for cookie in &self.cookies {
            match cookie.header() {
                Ok(value) => response.headers_mut().append(header::SET_COOKIE, value),
                Err(reason) => {
                    log::error!(target: "purlin::error", "a cookie cannot be set: {reason}");
                    return context.reject(&Rejection::internal(reason));
                }
            }
        }
        response
    }
}

#[diagnostic::do_not_recommend]
impl<R: Reply> Responder for WithCookies<R> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
