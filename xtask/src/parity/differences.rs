//! The differences between the responses of Flask-Rebar and Purlin that were decided, each with its reason and how to
//! recognise it. `docs/coming-from-flask-rebar.md` has the same list for users.

use super::compare::{Body, Part, Seen};

macro_rules! decisions {
    ($($name:ident: $reason:literal,)+) => {
        /// A difference that was decided.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Decision {
            $(#[doc = $reason] $name,)+
        }

        impl Decision {
            /// All decisions; each must show in some response.
            pub(super) const ALL: &[Self] = &[$(Self::$name,)+];

            /// Returns the reason.
            pub(super) fn reason(self) -> &'static str {
                match self {
                    $(Self::$name => $reason,)+
                }
            }
        }
    };
}

decisions! {
    AllowAt405: "a 405 lists the methods of the path in `Allow` (RFC 9110 section 15.5.6)",
    Challenges: "a 401 names the accepted credentials in `WWW-Authenticate` (RFC 9110 section 15.5.2)",
    LooseTypes: "JSON types are strict in bodies: \"5\" and 5.7 are not integers, \"yes\" and 1 are not booleans",
    LooseText: "a boolean in a query is `true` or `false`, as in the document",
    RepeatedParameters: "a repeated parameter that is not an array is rejected as ambiguous",
    DuplicateKeys: "a duplicate key in an object is rejected as ambiguous",
    WideIntegers: "an integer has the width of its type, as in the document",
    IntegersInPaths: "an integer in a path is written as in JSON and has a width; other paths are not found",
    NonAsciiKeys: "an API key that is not ASCII is invalid, 401; the original fails with 500",
    UnreadableMediaTypes: "a media type that only resembles JSON is rejected, 400; the original fails with 500",
    OnlyJson: "a body is JSON as in RFC 8259: no NaN, no lone surrogates, UTF-8, limited nesting",
    ManyViolations: "at most 100 violations are listed in a response",
    PathsByType: "a path that fits no operation's types is not found for any method; the original's own converters give 404 for GET and 405 for others",
    AllowOfPath: "OPTIONS lists the methods of all operations that share a path in the document; the original omits those whose own converters do not fit",
    Slashes: "an encoded slash is not a separator and two slashes are not one: such a path is not found",
    Documents: "the document describes the responses, in three dialects, and the page needs no network; registries set their paths",
}

impl Decision {
    /// The decisions about one header field, which apply to every response.
    pub(super) const ABOUT_HEADERS: [Self; 2] = [Self::AllowAt405, Self::Challenges];

    /// Returns the header field that a decision is about.
    pub(super) fn part(self) -> Option<Part> {
        match self {
            Self::AllowAt405 => Some(Part::Allow),
            Self::Challenges => Some(Part::Challenge),
            _ => None,
        }
    }

    /// Returns whether two responses differ in exactly this way.
    pub(super) fn holds(self, original: &Seen, purlin: &Seen) -> bool {
        let statuses = (original.status, purlin.status);
        let code = purlin.code();
        let every_error = |test: &dyn Fn(&str) -> bool| {
            purlin
                .errors()
                .is_some_and(|errors| !errors.is_empty() && errors.iter().all(|error| test(error)))
        };
        let accepted_by_original = matches!(statuses, (200 | 201, 400));
        let rejected_body = accepted_by_original && code == Some("body_validation_failed");
        let rejected_query = accepted_by_original && code == Some("query_string_validation_failed");
        match self {
            Self::AllowAt405 => {
                statuses == (405, 405)
                    && original.allow.is_none()
                    && purlin
                        .allow
                        .as_ref()
                        .is_some_and(|allow| allow.contains("OPTIONS"))
            }
            Self::Challenges => {
                statuses == (401, 401) && original.challenge.is_none() && purlin.challenge.is_some()
            }
            Self::LooseTypes => {
                let wrong_type =
                    |error: &str| ["Not a valid integer.", "Not a valid boolean."].contains(&error);
                rejected_body && every_error(&wrong_type)
            }
            Self::LooseText => {
                rejected_query && every_error(&|error| error == "Not a valid boolean.")
            }
            Self::RepeatedParameters => rejected_query && every_error(&|error| !error.is_empty()),
            Self::DuplicateKeys => rejected_body && every_error(&|error| !error.is_empty()),
            Self::WideIntegers => {
                rejected_body
                    && every_error(&|error| {
                        ["Must be greater", "Must be less"]
                            .iter()
                            .any(|prefix| error.starts_with(prefix))
                    })
            }
            Self::IntegersInPaths => matches!(statuses, (200 | 404, 404)) && code.is_none(),
            Self::NonAsciiKeys => statuses == (500, 401) && code == Some("invalid_auth_token"),
            Self::UnreadableMediaTypes => {
                statuses == (500, 400) && code == Some("unsupported_content_type")
            }
            Self::OnlyJson => {
                matches!(statuses, (201 | 400 | 500, 400)) && code == Some("invalid_json")
            }
            Self::ManyViolations => {
                let listed = |seen: &Seen| seen.errors().map(|errors| errors.len());
                statuses == (400, 400)
                    && listed(original) > Some(100)
                    && listed(purlin) == Some(100)
            }
            Self::PathsByType => statuses == (405, 404) && code.is_none(),
            Self::AllowOfPath => {
                let both = original.allow.as_ref().zip(purlin.allow.as_ref());
                statuses == (200, 200)
                    && both.is_some_and(|(original, purlin)| original.is_subset(purlin))
            }
            Self::Slashes => matches!(statuses, (200 | 308, 404)) && code.is_none(),
            Self::Documents => match statuses {
                (200, 404 | 308) | (404, 200) => true,
                (200, 200) => {
                    let is_swagger = |seen: &Seen| match &seen.body {
                        Body::Json(json) => json.get("swagger").is_some_and(|v| v == "2.0"),
                        Body::Other(page) => String::from_utf8_lossy(page).contains("swagger-ui"),
                        Body::Empty => false,
                    };
                    is_swagger(original) && is_swagger(purlin)
                }
                _ => false,
            },
        }
    }
}
