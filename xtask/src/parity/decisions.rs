//! Where Purlin answers otherwise than Flask-Rebar on purpose, each with its reason and exactly how it shows.
//!
//! `docs/coming-from-flask-rebar.md` tells users the same.

use super::compare::{Body, Part, Seen};

macro_rules! decisions {
    ($($name:ident: $reason:literal,)+) => {
        /// A difference that was decided.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Decision {
            $(#[doc = $reason] $name,)+
        }

        impl Decision {
            /// All of them; each has to show in some answer.
            pub(super) const ALL: &[Self] = &[$(Self::$name,)+];

            /// Why it was decided.
            pub(super) fn reason(self) -> &'static str {
                match self {
                    $(Self::$name => $reason,)+
                }
            }
        }
    };
}

decisions! {
    AllowAt405: "a 405 lists the methods the path answers in `Allow` (RFC 9110 section 15.5.6)",
    Challenges: "a 401 says in `WWW-Authenticate` what would let the caller in (RFC 9110 section 15.5.2)",
    LooseTypes: "JSON types are strict in bodies: \"5\" is no integer, 5.7 neither, \"yes\" and 1 are no booleans",
    LooseText: "a boolean in a query is `true` or `false`, as the document says",
    RepeatedParameters: "a parameter that may come once and comes twice is refused: which was meant nobody knows",
    RepeatedMembers: "a name that comes twice in one object is refused: which was meant nobody knows",
    WideIntegers: "an integer has the width its type and the document say",
    IntegersInPaths: "an integer in a path is written as in JSON and has a width, else the address is unknown",
    NonAsciiKeys: "a key that is not ASCII is a wrong key, 401; the original fails over it, 500",
    UnreadableMediaTypes: "a media type that only looks like JSON is refused, 400; the original fails over it, 500",
    OnlyJson: "a body is JSON as RFC 8259 has it: no NaN, no lone surrogates, UTF-8, no endless nesting",
    ManyViolations: "at most 100 violations are listed in one answer",
    AddressesByType: "an address no operation's types fit is unknown to every method; the original's own converters say 404 to GET and 405 to others",
    AllowOfPath: "OPTIONS lists the methods of all operations that share a path, which is one to the document; the original leaves out those whose own converters do not fit",
    Slashes: "an encoded slash is no separator and two slashes are not one: such an address is unknown",
    Documents: "the document describes what is answered, in three dialects, and the page needs no network; registries say where they are served",
}

impl Decision {
    /// Those every answer is held against, and the one part of it they are about.
    pub(super) const ABOUT_HEADERS: [Self; 2] = [Self::AllowAt405, Self::Challenges];

    /// The one part of an answer a decision about headers is about.
    pub(super) fn part(self) -> Option<Part> {
        match self {
            Self::AllowAt405 => Some(Part::Allow),
            Self::Challenges => Some(Part::Challenge),
            _ => None,
        }
    }

    /// Whether two answers differ in just this way.
    pub(super) fn holds(self, original: &Seen, ours: &Seen) -> bool {
        let statuses = (original.status, ours.status);
        let code = ours.code();
        let every_error = |test: &dyn Fn(&str) -> bool| {
            ours.errors()
                .is_some_and(|errors| !errors.is_empty() && errors.iter().all(|error| test(error)))
        };
        let taken_by_the_original = matches!(statuses, (200 | 201, 400));
        let refused_body = taken_by_the_original && code == Some("body_validation_failed");
        let refused_query = taken_by_the_original && code == Some("query_string_validation_failed");
        match self {
            Self::AllowAt405 => {
                statuses == (405, 405)
                    && original.allow.is_none()
                    && ours
                        .allow
                        .as_ref()
                        .is_some_and(|allow| allow.contains("OPTIONS"))
            }
            Self::Challenges => {
                statuses == (401, 401) && original.challenge.is_none() && ours.challenge.is_some()
            }
            Self::LooseTypes => {
                let wrong_type =
                    |error: &str| ["Not a valid integer.", "Not a valid boolean."].contains(&error);
                refused_body && every_error(&wrong_type)
            }
            Self::LooseText => {
                refused_query && every_error(&|error| error == "Not a valid boolean.")
            }
            Self::RepeatedParameters => refused_query && every_error(&|error| !error.is_empty()),
            Self::RepeatedMembers => refused_body && every_error(&|error| !error.is_empty()),
            Self::WideIntegers => {
                refused_body
                    && every_error(&|error| {
                        ["Must be greater", "Must be less"]
                            .iter()
                            .any(|words| error.starts_with(words))
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
                statuses == (400, 400) && listed(original) > Some(100) && listed(ours) == Some(100)
            }
            Self::AddressesByType => statuses == (405, 404) && code.is_none(),
            Self::AllowOfPath => {
                let both = original.allow.as_ref().zip(ours.allow.as_ref());
                statuses == (200, 200)
                    && both.is_some_and(|(original, ours)| original.is_subset(ours))
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
                    is_swagger(original) && is_swagger(ours)
                }
                _ => false,
            },
        }
    }
}
