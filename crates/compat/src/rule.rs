//! The rules: their names, how grave breaking each is, and what it says.
//!
//! Rules about what surrounds a schema are listed one by one. Rules about what
//! a schema lets through are listed once and hold in six places: what narrows
//! the values breaks a request, what widens them breaks a response. The names
//! are oasdiff's wherever it has one (<https://www.oasdiff.com/docs/checks>).

use std::{fmt, str::FromStr};

use super::Severity;

/// What a difference between two documents is called, and how grave it is.
///
/// ```
/// use purlin_compat::{Rule, Severity};
///
/// let rule: Rule = "request-property-max-decreased".parse()?;
/// assert_eq!(rule.severity(), Severity::Breaking);
/// let rule: Rule = "response-property-max-decreased".parse()?;
/// assert_eq!(rule.severity(), Severity::Safe);
/// # Ok::<(), purlin_compat::UnknownRule>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Around(Around),
    Schema(Place, Change),
}

/// A name no rule has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule `{0}`")]
pub struct UnknownRule(String);

/// Where a schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    RequestParameter,
    RequestBody,
    RequestProperty,
    ResponseBody,
    ResponseProperty,
    ResponseHeader,
}

impl Place {
    pub(super) const ALL: [Self; 6] = [
        Self::RequestParameter,
        Self::RequestBody,
        Self::RequestProperty,
        Self::ResponseBody,
        Self::ResponseProperty,
        Self::ResponseHeader,
    ];

    /// Whether clients send the value; otherwise they receive it.
    pub(super) fn is_request(self) -> bool {
        matches!(
            self,
            Self::RequestParameter | Self::RequestBody | Self::RequestProperty
        )
    }

    /// Where a member of the value stands.
    pub(super) fn property(self) -> Self {
        if self.is_request() {
            Self::RequestProperty
        } else {
            Self::ResponseProperty
        }
    }

    /// Where an item of a list stands: the items of a body are parts of it,
    /// those of a parameter or a header are written in its own text.
    pub(super) fn item(self) -> Self {
        match self {
            Self::RequestParameter | Self::ResponseHeader => self,
            _ => self.property(),
        }
    }
}

macro_rules! around {
    ($($name:ident $id:literal $severity:ident $meaning:literal;)+) => {
        /// Rules about everything but what a schema lets through.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Around { $($name),+ }

        impl Around {
            const ALL: &'static [Self] = &[$(Self::$name),+];

            const fn facts(self) -> (&'static str, Severity, &'static str) {
                match self {
                    $(Self::$name => ($id, Severity::$severity, $meaning)),+
                }
            }
        }
    };
}

around! {
    PathRemoved "api-path-removed-without-deprecation" Breaking "a path is gone that was never deprecated";
    PathRemovedEarly "api-path-removed-before-sunset" Breaking "a path is gone before its sunset";
    PathRemovedDeprecated "api-path-removed-with-deprecation" Safe "a deprecated path is gone";
    PathSunsetUnreadable "api-path-sunset-parse" Breaking "a path is gone whose sunset is no date";
    OperationRemoved "api-removed-without-deprecation" Breaking "an operation is gone that was never deprecated";
    OperationRemovedEarly "api-removed-before-sunset" Breaking "an operation is gone before its sunset";
    OperationRemovedDeprecated "api-removed-with-deprecation" Safe "a deprecated operation is gone";
    OperationAdded "endpoint-added" Safe "an operation is new";
    Deprecated "endpoint-deprecated" Safe "an operation became deprecated";
    Reactivated "endpoint-reactivated" Safe "an operation is no longer deprecated";
    SunsetMissing "api-deprecated-sunset-missing" Breaking "a grace period is asked for, and a deprecated operation has no sunset";
    SunsetUnreadable "api-deprecated-sunset-parse" Breaking "the sunset of a deprecated operation is no date";
    SunsetTooNear "api-sunset-date-too-small" Breaking "a deprecated operation goes before its grace period is over";
    SunsetDeleted "sunset-deleted" Breaking "a deprecated operation lost its sunset";
    SunsetEarlier "api-sunset-date-changed-too-small" Breaking "a sunset moved earlier";
    SunsetLater "api-sunset-date-postponed" Safe "a sunset moved later";
    StabilityDecreased "api-stability-decreased" Breaking "an operation's stability level went down";
    StabilityIncreased "api-stability-increased" Safe "an operation's stability level went up";
    StabilityInvalid "api-invalid-stability-level" Breaking "a stability level is none of draft, alpha, beta and stable";
    WebhookRemoved "webhook-removed" Breaking "a webhook is gone";
    WebhookAdded "webhook-added" Safe "a webhook is new";
    OperationIdRemoved "api-operation-id-removed" Breaking "an operation lost or changed its id, after which generated clients name it";
    OperationIdAdded "api-operation-id-added" Safe "an operation got an id";
    TagRemoved "api-tag-removed" Breaking "an operation lost a tag, after which generated clients group it";
    TagAdded "api-tag-added" Safe "an operation got a tag";
    SecurityAdded "api-security-added" Breaking "callers who were let in need another credential";
    SecurityRemoved "api-security-removed" Safe "callers are let in who were not";
    ScopeAdded "api-security-scope-added" Breaking "callers need another scope";
    ScopeRemoved "api-security-scope-removed" Safe "callers need one scope less";
    GlobalSecurityAdded "api-global-security-added" Breaking "callers who were let in need another credential, everywhere";
    GlobalSecurityRemoved "api-global-security-removed" Safe "callers are let in everywhere who were not";
    GlobalScopeAdded "api-global-security-scope-added" Breaking "callers need another scope, everywhere";
    GlobalScopeRemoved "api-global-security-scope-removed" Safe "callers need one scope less, everywhere";
    VersionNotBumped "api-version-not-bumped" Breaking "something breaks and the version is the same";
    VersionDecreased "api-version-decreased" Breaking "the version went down";
    MajorVersionNotBumped "api-major-version-not-bumped" Breaking "something breaks and the major version (before 1.0 the minor one) is the same";
    ParameterAddedRequired "new-required-request-parameter" Breaking "a required parameter in query, header or cookie is new";
    ParameterAddedOptional "new-optional-request-parameter" Safe "an optional parameter is new";
    PathParameterAdded "new-request-path-parameter" Breaking "a parameter in the path is new";
    ParameterBecameRequired "request-parameter-became-required" Breaking "an optional parameter became required";
    ParameterBecameOptional "request-parameter-became-optional" Safe "a required parameter became optional";
    ParameterRemoved "request-parameter-removed" Risky "a parameter is gone; clients that send it may be refused";
    ParameterRenamed "request-path-parameter-renamed" Safe "a parameter in the path has another name, which no address shows";
    ParameterStyleChanged "request-parameter-style-changed" Breaking "a list or an object is written otherwise in a parameter";
    BodyAddedRequired "request-body-added-required" Breaking "a required request body is new";
    BodyAddedOptional "request-body-added-optional" Safe "an optional request body is new";
    BodyRemoved "request-body-removed" Breaking "the request body is gone";
    BodyBecameRequired "request-body-became-required" Breaking "the request body became required";
    BodyBecameOptional "request-body-became-optional" Safe "the request body became optional";
    BodyMediaTypeRemoved "request-body-media-type-removed" Breaking "a media type of the request body is gone";
    BodyMediaTypeAdded "request-body-media-type-added" Safe "the request body has another media type";
    PropertyAddedRequired "new-required-request-property" Breaking "a required property of a request is new";
    PropertyAddedDefault "new-required-request-property-with-default" Breaking "a required property of a request is new, which a default does not make optional";
    PropertyAddedOptional "new-optional-request-property" Safe "an optional property of a request is new";
    PropertyBecameRequired "request-property-became-required" Breaking "a property of a request became required";
    PropertyBecameRequiredDefault "request-property-became-required-with-default" Breaking "a property of a request became required, whatever its default";
    PropertyBecameOptional "request-property-became-optional" Safe "a property of a request became optional";
    PropertyRemoved "request-property-removed" Risky "a property of a request is gone; clients that send it may be refused";
    SuccessStatusRemoved "response-success-status-removed" Breaking "a status of success is gone";
    SuccessStatusAdded "response-success-status-added" Safe "a status of success is new";
    FailureStatusRemoved "response-non-success-status-removed" Safe "a status of failure is gone";
    FailureStatusAdded "response-non-success-status-added" Safe "a status of failure is new";
    ResponseMediaTypeRemoved "response-media-type-removed" Breaking "a media type of a response is gone";
    ResponseMediaTypeAdded "response-media-type-added" Safe "a response has another media type";
    RequiredAnswerRemoved "response-required-property-removed" Breaking "a property every response had is gone";
    RequiredAnswerAdded "response-required-property-added" Safe "a property every response has is new";
    OptionalAnswerRemoved "response-optional-property-removed" Risky "a property some responses had is gone";
    OptionalAnswerAdded "response-optional-property-added" Safe "a property some responses have is new";
    AnswerBecameOptional "response-property-became-optional" Breaking "a property every response had may be absent";
    AnswerBecameRequired "response-property-became-required" Safe "a property is in every response";
    RequiredHeaderRemoved "required-response-header-removed" Breaking "a header every response had is gone";
    OptionalHeaderRemoved "optional-response-header-removed" Risky "a header some responses had is gone";
    HeaderAdded "response-header-added" Safe "a response has another header";
    HeaderBecameOptional "response-header-became-optional" Breaking "a header every response had may be absent";
    HeaderBecameRequired "response-header-became-required" Safe "a header is in every response";
}

macro_rules! changes {
    ($($name:ident $suffix:literal $request:ident $response:ident $meaning:literal;)+) => {
        /// What became of a schema.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Change { $($name),+ }

        impl Change {
            const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The names in [`Place::ALL`]'s order, the severity in requests
            /// and in responses, the meaning.
            const fn facts(self) -> ([&'static str; 6], [Severity; 2], &'static str) {
                match self {
                    $(Self::$name => (
                        [
                            concat!("request-parameter-", $suffix),
                            concat!("request-body-", $suffix),
                            concat!("request-property-", $suffix),
                            concat!("response-body-", $suffix),
                            concat!("response-property-", $suffix),
                            concat!("response-header-", $suffix),
                        ],
                        [Severity::$request, Severity::$response],
                        $meaning,
                    )),+
                }
            }
        }
    };
}

// name, what follows the place in the rule's name, severity in requests, in responses, meaning
changes! {
    TypeChanged "type-changed" Breaking Breaking "another type or format";
    TypeGeneralized "type-generalized" Safe Breaking "a type or format that lets more values in";
    TypeSpecialized "type-specialized" Breaking Safe "a type or format that lets fewer values in";
    TypesNarrowed "list-of-types-narrowed" Breaking Safe "fewer types";
    TypesWidened "list-of-types-widened" Safe Breaking "more types";
    BecameNullable "became-nullable" Safe Breaking "null is a value";
    BecameNotNullable "became-not-nullable" Breaking Safe "null is no value any more";
    EnumValueRemoved "enum-value-removed" Breaking Safe "a value left the list";
    EnumValueAdded "enum-value-added" Safe Risky "a value joined the list; safe with `x-extensible-enum`";
    BecameEnum "became-enum" Breaking Safe "only listed values";
    EnumRemoved "enum-removed" Safe Breaking "no longer only listed values";
    ExtensibleValueRemoved "x-extensible-enum-value-removed" Breaking Safe "a value left the list that may grow";
    ExtensibleValueAdded "x-extensible-enum-value-added" Safe Safe "a value joined the list that may grow";
    ConstAdded "const-added" Breaking Safe "one value only";
    ConstChanged "const-changed" Breaking Breaking "another value, and that only";
    ConstRemoved "const-removed" Safe Breaking "no longer one value only";
    DefaultAdded "default-value-added" Breaking Safe "a default; what is left out had another meaning";
    DefaultChanged "default-value-changed" Breaking Safe "another default";
    DefaultRemoved "default-value-removed" Breaking Safe "no default any more";
    PatternAdded "pattern-added" Breaking Safe "a pattern";
    PatternChanged "pattern-changed" Risky Risky "another pattern, which may let more or fewer texts in";
    PatternRemoved "pattern-removed" Safe Breaking "no pattern any more";
    MaxDecreased "max-decreased" Breaking Safe "a lower greatest number";
    MaxIncreased "max-increased" Safe Breaking "a higher greatest number";
    MaxSet "max-set" Risky Safe "a greatest number";
    MaxUnset "max-unset" Safe Breaking "no greatest number any more";
    MinIncreased "min-increased" Breaking Safe "a higher least number";
    MinDecreased "min-decreased" Safe Breaking "a lower least number";
    MinSet "min-set" Risky Safe "a least number";
    MinUnset "min-unset" Safe Breaking "no least number any more";
    MaxLengthDecreased "max-length-decreased" Breaking Safe "shorter texts";
    MaxLengthIncreased "max-length-increased" Safe Breaking "longer texts";
    MaxLengthSet "max-length-set" Risky Safe "a greatest length";
    MaxLengthUnset "max-length-unset" Safe Breaking "no greatest length any more";
    MinLengthIncreased "min-length-increased" Breaking Safe "a higher least length";
    MinLengthDecreased "min-length-decreased" Safe Breaking "a lower least length";
    MinLengthSet "min-length-set" Risky Safe "a least length";
    MinLengthUnset "min-length-unset" Safe Breaking "no least length any more";
    MaxItemsDecreased "max-items-decreased" Breaking Safe "shorter lists";
    MaxItemsIncreased "max-items-increased" Safe Breaking "longer lists";
    MaxItemsSet "max-items-set" Risky Safe "a greatest number of items";
    MaxItemsUnset "max-items-unset" Safe Breaking "no greatest number of items any more";
    MinItemsIncreased "min-items-increased" Breaking Safe "a higher least number of items";
    MinItemsDecreased "min-items-decreased" Safe Breaking "a lower least number of items";
    MinItemsSet "min-items-set" Risky Safe "a least number of items";
    MinItemsUnset "min-items-unset" Safe Breaking "no least number of items any more";
    MaxPropertiesDecreased "max-properties-decreased" Breaking Safe "smaller objects";
    MaxPropertiesIncreased "max-properties-increased" Safe Breaking "larger objects";
    MaxPropertiesSet "max-properties-set" Risky Safe "a greatest number of members";
    MaxPropertiesUnset "max-properties-unset" Safe Breaking "no greatest number of members any more";
    MinPropertiesIncreased "min-properties-increased" Breaking Safe "a higher least number of members";
    MinPropertiesDecreased "min-properties-decreased" Safe Breaking "a lower least number of members";
    MinPropertiesSet "min-properties-set" Risky Safe "a least number of members";
    MinPropertiesUnset "min-properties-unset" Safe Breaking "no least number of members any more";
    MultipleOfSet "multiple-of-set" Breaking Safe "multiples only";
    MultipleOfChanged "multiple-of-changed" Breaking Breaking "multiples of another number";
    MultipleOfUnset "multiple-of-unset" Safe Breaking "no longer multiples only";
    UniqueItemsAdded "unique-items-added" Breaking Safe "no item twice";
    UniqueItemsRemoved "unique-items-removed" Safe Breaking "items may repeat";
    AdditionalForbidden "additional-properties-removed" Breaking Safe "members nobody named are refused";
    AdditionalAllowed "additional-properties-added" Safe Safe "members nobody named are let in";
    ConstraintAdded "constraint-added" Breaking Safe "another demand, by a keyword that is not looked into";
    ConstraintChanged "constraint-changed" Risky Risky "a demand changed, by a keyword that is not looked into";
    ConstraintRemoved "constraint-removed" Safe Breaking "a demand less, by a keyword that is not looked into";
    OneOfAdded "one-of-added" Safe Breaking "another alternative in `oneOf`";
    OneOfRemoved "one-of-removed" Breaking Safe "an alternative less in `oneOf`";
    AnyOfAdded "any-of-added" Safe Breaking "another alternative in `anyOf`";
    AnyOfRemoved "any-of-removed" Breaking Safe "an alternative less in `anyOf`";
    AllOfAdded "all-of-added" Breaking Safe "another demand in `allOf` that cannot be told in one schema";
    AllOfRemoved "all-of-removed" Safe Breaking "a demand less in `allOf`";
    DiscriminatorAdded "discriminator-added" Safe Safe "a discriminator";
    DiscriminatorRemoved "discriminator-removed" Risky Risky "no discriminator any more";
    DiscriminatorRenamed "discriminator-property-name-changed" Breaking Breaking "another property tells the alternatives apart";
    MappingAdded "discriminator-mapping-added" Safe Safe "another name in the discriminator's mapping";
    MappingDeleted "discriminator-mapping-deleted" Risky Risky "a name less in the discriminator's mapping";
    MappingChanged "discriminator-mapping-changed" Risky Risky "a name in the discriminator's mapping leads elsewhere";
    BecameDeprecated "deprecated" Safe Safe "deprecated";
    BecameActive "reactivated" Safe Safe "no longer deprecated";
}

const COUNT: usize = Around::ALL.len() + Change::ALL.len() * Place::ALL.len();

impl Rule {
    /// Every rule.
    pub const ALL: &'static [Self] = &Self::all();

    const fn all() -> [Self; COUNT] {
        let mut all = [Self(Kind::Around(Around::PathRemoved)); COUNT];
        let mut at = 0;
        while at < Around::ALL.len() {
            all[at] = Self(Kind::Around(Around::ALL[at]));
            at += 1;
        }
        let mut change = 0;
        while change < Change::ALL.len() {
            let mut place = 0;
            while place < Place::ALL.len() {
                all[at] = Self(Kind::Schema(Place::ALL[place], Change::ALL[change]));
                at += 1;
                place += 1;
            }
            change += 1;
        }
        all
    }

    /// The rule's name: `request-property-removed`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self.0 {
            Kind::Around(rule) => rule.facts().0,
            Kind::Schema(place, change) => change.facts().0[place as usize],
        }
    }

    /// How grave a difference of this name is, unless
    /// [`Options::severities`](super::Options::severities) says otherwise.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self.0 {
            Kind::Around(rule) => rule.facts().1,
            Kind::Schema(place, change) => match place {
                Place::RequestParameter | Place::RequestBody | Place::RequestProperty => {
                    change.facts().1[0]
                }
                _ => change.facts().1[1],
            },
        }
    }

    /// What it says, in a few words.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self.0 {
            Kind::Around(rule) => rule.facts().2,
            Kind::Schema(_, change) => change.facts().2,
        }
    }

    /// Whether a new major version is reason enough. It is not for a promise
    /// that was given by date, nor for what is wrong by itself.
    #[must_use]
    pub const fn is_excused_by_version(self) -> bool {
        !matches!(
            self.0,
            Kind::Around(
                Around::PathRemovedEarly
                    | Around::PathSunsetUnreadable
                    | Around::OperationRemovedEarly
                    | Around::SunsetMissing
                    | Around::SunsetUnreadable
                    | Around::SunsetTooNear
                    | Around::SunsetDeleted
                    | Around::SunsetEarlier
                    | Around::StabilityInvalid
                    | Around::VersionNotBumped
                    | Around::VersionDecreased
                    | Around::MajorVersionNotBumped
            )
        )
    }

    pub(super) const fn schema(place: Place, change: Change) -> Self {
        Self(Kind::Schema(place, change))
    }
}

impl From<Around> for Rule {
    fn from(rule: Around) -> Self {
        Self(Kind::Around(rule))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for Rule {
    type Err = UnknownRule;

    fn from_str(name: &str) -> Result<Self, UnknownRule> {
        let found = Self::ALL.iter().find(|rule| rule.id() == name);
        found.copied().ok_or_else(|| UnknownRule(name.to_owned()))
    }
}
