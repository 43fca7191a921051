//! Conditional requests (RFC 9110 section 13): the one place where preconditions are evaluated, for replies of the router,
//! for handlers and for the middleware of `purlin-app`.

mod entity_tag;
mod preconditions;
mod tag_list;

use std::time::{Duration, SystemTime};

use actix_web::{
    HttpResponse,
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HttpDate},
    },
};

pub use self::{entity_tag::EntityTag, preconditions::Preconditions};
use self::{
    entity_tag::{Comparison, is_listed},
    tag_list::{Member, TagList},
};
use crate::{
    context::Context,
    describe::OperationBuilder,
    error::{Rejection, http::PreconditionFailed},
};

/// What is known of the current representation of a resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Current<'t> {
    pub(crate) tag: Option<&'t EntityTag>,
    /// The time of the last change, in whole seconds.
    pub(crate) modified: Option<SystemTime>,
    pub(crate) exists: bool,
}

/// What follows from the preconditions of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evaluation {
    /// They hold: the request is processed.
    Proceed,
    /// The client's copy is current: 304.
    NotModified,
    /// They do not hold: 412.
    Failed,
}

impl<'t> Current<'t> {
    /// Returns what is known of a representation that exists.
    pub(crate) fn new(tag: Option<&'t EntityTag>, modified: Option<SystemTime>) -> Self {
        Self {
            tag,
            modified,
            exists: true,
        }
    }

    /// Evaluates the preconditions of a request, in the order of RFC 9110 section 13.2.2.
    pub(crate) fn evaluate(&self, method: &Method, headers: &HeaderMap) -> Evaluation {
        let is_read = is_read(method);
        let is_listed = |name: &HeaderName, comparison| {
            is_listed(headers, name, self.tag, self.exists, comparison)
        };
        // A part is put together with others byte by byte, and parts are not compressed.
        let strong = match *method == Method::GET && headers.contains_key(header::RANGE) {
            true => Comparison::Exact,
            false => Comparison::Strong,
        };
        match is_listed(&header::IF_MATCH, strong) {
            Some(false) => return Evaluation::Failed,
            Some(true) => {}
            None => {
                let since = date(headers, &header::IF_UNMODIFIED_SINCE).zip(self.modified);
                if since.is_some_and(|(since, modified)| modified > since) {
                    return Evaluation::Failed;
                }
            }
        }
        match is_listed(&header::IF_NONE_MATCH, Comparison::Weak) {
            Some(true) if is_read => Evaluation::NotModified,
            Some(true) => Evaluation::Failed,
            Some(false) => Evaluation::Proceed,
            None => {
                let since = date(headers, &header::IF_MODIFIED_SINCE).zip(self.modified);
                match since {
                    Some((since, modified)) if is_read && modified <= since => {
                        Evaluation::NotModified
                    }
                    _ => Evaluation::Proceed,
                }
            }
        }
    }

    /// Returns whether a range of the representation is sent: `If-Range` is missing, or names this very representation (RFC
    /// 9110 section 13.1.5).
    pub(crate) fn range_applies(&self, headers: &HeaderMap) -> bool {
        let Some(condition) = headers.get(header::IF_RANGE) else {
            return true;
        };
        match TagList::of(condition).next() {
            Some(member @ Member::Tag { .. }) => self
                .tag
                .is_some_and(|tag| tag.matches(member, Comparison::Exact)),
            _ => {
                let date = date(headers, &header::IF_RANGE);
                // Within one second there can be two states (RFC 9110 section 8.8.2.2).
                let is_strong = |modified| {
                    SystemTime::now()
                        .duration_since(modified)
                        .is_ok_and(|age| age >= Duration::from_secs(1))
                };
                date.is_some() && date == self.modified && self.modified.is_some_and(is_strong)
            }
        }
    }
}

/// Returns whether a method reads the current representation, so that the response can be 304.
pub(crate) fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Returns the date in a header; what is none is ignored, as RFC 9110 section 13 requires.
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    let date: HttpDate = headers.get(name)?.to_str().ok()?.parse().ok()?;
    Some(date.into())
}

/// Returns the 412 of a request whose preconditions do not hold.
pub(crate) fn failed(context: &Context<'_>) -> HttpResponse {
    context.reject(&Rejection::api(&rejection()))
}

fn rejection() -> PreconditionFailed {
    PreconditionFailed::new("the resource is not in the state that the request requires")
}

/// Describes what a reply with an entity tag reads of a GET, and how it responds to it.
pub(crate) fn describe_read(describe: &mut OperationBuilder<'_>) {
    describe.optional_header(
        header::IF_MATCH.as_str(),
        "Responds only if the entity tag is one of these (RFC 9110 section 13.1.1).",
    );
    describe.optional_header(
        header::IF_NONE_MATCH.as_str(),
        "Responds with 304 if the entity tag is one of these (RFC 9110 section 13.1.2).",
    );
    describe.response(304, "The client has the current representation.");
    describe.error(
        412,
        "The resource is not in the state that the request requires.",
    );
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use actix_web::http::header::HeaderValue;

    use super::*;

    const TIME: &str = "Wed, 21 Oct 2015 07:28:00 GMT";
    const EARLIER: &str = "Wed, 21 Oct 2015 07:27:59 GMT";
    const LATER: &str = "Wed, 21 Oct 2015 07:28:01 GMT";

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn preconditions_are_evaluated_in_the_order_of_the_standard() {
        use header::{
            IF_MATCH as MATCH, IF_MODIFIED_SINCE as MODIFIED, IF_NONE_MATCH as NONE,
            IF_UNMODIFIED_SINCE as UNMODIFIED, RANGE,
        };
        let tag = EntityTag::parse(&HeaderValue::from_static("\"v1,2\"")).expect("a tag");
        let modified = UNIX_EPOCH + Duration::from_secs(1_445_412_480);
        let current = Current::new(Some(&tag), Some(modified));
        use Evaluation::{Failed, NotModified, Proceed};
        for (conditions, of_get, of_put) in [
            (&[][..], Proceed, Proceed),
            (&[(MATCH, "\"v1,2\"")], Proceed, Proceed),
            (&[(MATCH, "\"v1\", \"2\"")], Failed, Failed),
            (&[(MATCH, "W/\"v1,2\"")], Failed, Failed),
            (&[(MATCH, "*")], Proceed, Proceed),
            // A later condition is not looked at, and an earlier one comes first.
            (&[(MATCH, "\"a\""), (NONE, "*")], Failed, Failed),
            (
                &[(MATCH, "\"a\""), (MATCH, "\"v1,2\""), (UNMODIFIED, EARLIER)],
                Proceed,
                Proceed,
            ),
            (&[(MATCH, "\"a\""), (RANGE, "bytes=0-1")], Failed, Failed),
            (&[(MATCH, "\"v1,2-br\"")], Proceed, Proceed),
            (
                &[(MATCH, "\"v1,2-br\""), (RANGE, "bytes=0-1")],
                Failed,
                Proceed,
            ),
            (&[(UNMODIFIED, EARLIER)], Failed, Failed),
            (&[(UNMODIFIED, TIME)], Proceed, Proceed),
            (&[(UNMODIFIED, "yesterday")], Proceed, Proceed),
            (&[(UNMODIFIED, EARLIER), (NONE, "*")], Failed, Failed),
            (&[(NONE, "W/\"v1,2\"")], NotModified, Failed),
            (&[(NONE, "\"v1,2\"")], NotModified, Failed),
            (&[(NONE, "\"v1,2-gzip\"")], NotModified, Failed),
            (&[(NONE, "\"a\"")], Proceed, Proceed),
            (&[(NONE, "\"a\""), (MODIFIED, LATER)], Proceed, Proceed),
            (&[(MODIFIED, TIME)], NotModified, Proceed),
            (&[(MODIFIED, LATER)], NotModified, Proceed),
            (&[(MODIFIED, EARLIER)], Proceed, Proceed),
            (&[(MODIFIED, "tomorrow")], Proceed, Proceed),
        ] {
            let headers = headers(conditions);
            let outcome = |method| current.evaluate(&method, &headers);
            assert_eq!(outcome(Method::GET), of_get, "{conditions:?}");
            assert_eq!(outcome(Method::PUT), of_put, "{conditions:?}");
        }
        let missing = Current {
            tag: None,
            modified: None,
            exists: false,
        };
        for (conditions, expected) in [
            ((NONE, "*"), Proceed),
            ((NONE, "\"v1,2\""), Proceed),
            ((MATCH, "*"), Failed),
            ((MATCH, "\"v1,2\""), Failed),
            ((UNMODIFIED, EARLIER), Proceed),
        ] {
            let headers = headers(&[conditions]);
            assert_eq!(missing.evaluate(&Method::PUT, &headers), expected);
        }
    }

    #[test]
    fn range_applies_to_the_very_representation() {
        let tag = EntityTag::parse(&HeaderValue::from_static("\"v1,2\"")).expect("a tag");
        let modified = UNIX_EPOCH + Duration::from_secs(1_445_412_480);
        let applies = |current: Current<'_>, condition| {
            current.range_applies(&headers(&[(header::IF_RANGE, condition)]))
        };
        let known = Current::new(Some(&tag), Some(modified));
        for (condition, expected) in [
            ("\"v1,2\"", true),
            ("W/\"v1,2\"", false),
            ("\"v1,2-gzip\"", false),
            ("\"v1\"", false),
            (TIME, true),
            (LATER, false),
            (EARLIER, false),
            ("*", false),
            ("", false),
        ] {
            assert_eq!(applies(known, condition), expected, "{condition}");
        }
        assert!(known.range_applies(&HeaderMap::new()));
        let weak = tag.clone().weak();
        assert!(!applies(Current::new(Some(&weak), None), "W/\"v1,2\""));
        // A file that has changed in this second may change again in it.
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("a time");
        let now = UNIX_EPOCH + Duration::from_secs(now.as_secs() + 60);
        let date = HttpDate::from(now).to_string();
        let mut fresh = HeaderMap::new();
        fresh.insert(
            header::IF_RANGE,
            HeaderValue::try_from(date).expect("a date"),
        );
        assert!(!Current::new(None, Some(now)).range_applies(&fresh));
    }
}
