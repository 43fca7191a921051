//! The rules about everything but the values that a schema allows.

use crate::Severity;

macro_rules! general_rules {
    ($($name:ident $id:literal $severity:ident $description:literal;)+) => {
        /// A rule about everything but the values that a schema allows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum GeneralRule { $($name),+ }

        impl GeneralRule {
            pub(super) const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the name, the severity and the description.
            pub(super) const fn definition(self) -> (&'static str, Severity, &'static str) {
                match self {
                    $(Self::$name => ($id, Severity::$severity, $description)),+
                }
            }
        }
    };
}

general_rules! {
    PathRemoved "api-path-removed-without-deprecation" Breaking "a path was removed without deprecation";
    PathRemovedEarly "api-path-removed-before-sunset" Breaking "a path was removed before its sunset date";
    PathRemovedDeprecated "api-path-removed-with-deprecation" Safe "a deprecated path was removed";
    PathSunsetUnreadable "api-path-sunset-parse" Breaking "a path was removed whose sunset date is invalid";
    OperationRemoved "api-removed-without-deprecation" Breaking "an operation was removed without deprecation";
    OperationRemovedEarly "api-removed-before-sunset" Breaking "an operation was removed before its sunset date";
    OperationRemovedDeprecated "api-removed-with-deprecation" Safe "a deprecated operation was removed";
    OperationAdded "endpoint-added" Safe "an operation was added";
    Deprecated "endpoint-deprecated" Safe "an operation became deprecated";
    Reactivated "endpoint-reactivated" Safe "an operation is no longer deprecated";
    SunsetMissing "api-deprecated-sunset-missing" Breaking "a grace period is required and a deprecated operation has no sunset date";
    SunsetUnreadable "api-deprecated-sunset-parse" Breaking "the sunset date of a deprecated operation is invalid";
    SunsetTooNear "api-sunset-date-too-small" Breaking "the sunset date of a deprecated operation is within the grace period";
    SunsetDeleted "sunset-deleted" Breaking "the sunset date of a deprecated operation was removed";
    SunsetEarlier "api-sunset-date-changed-too-small" Breaking "a sunset date moved earlier";
    SunsetLater "api-sunset-date-postponed" Safe "a sunset date moved later";
    StabilityDecreased "api-stability-decreased" Breaking "the stability level of an operation decreased";
    StabilityIncreased "api-stability-increased" Safe "the stability level of an operation increased";
    StabilityInvalid "api-invalid-stability-level" Breaking "a stability level is not draft, alpha, beta or stable";
    WebhookRemoved "webhook-removed" Breaking "a webhook was removed";
    WebhookAdded "webhook-added" Safe "a webhook was added";
    WebhookChanged "webhook-changed" Risky "the body or the responses of a webhook were added or removed";
    CallbackRemoved "callback-removed" Breaking "a callback was removed";
    CallbackAdded "callback-added" Safe "a callback was added";
    CallbackChanged "callback-changed" Risky "the body or the responses of a callback were added or removed";
    MemberChanged "member-changed" Risky "a member that is not interpreted was added, changed or removed";
    ServerRemoved "server-removed" Risky "the URL of a server was removed";
    ServerAdded "server-added" Safe "the URL of a server was added";
    OperationIdRemoved "api-operation-id-removed" Breaking "an operation id, which names generated methods, was removed or changed";
    OperationIdAdded "api-operation-id-added" Safe "an operation id was added";
    TagRemoved "api-tag-removed" Breaking "a tag, which groups generated methods, was removed from an operation";
    TagAdded "api-tag-added" Safe "a tag was added to an operation";
    SecurityAdded "api-security-added" Breaking "callers of an operation need another credential";
    SecurityRemoved "api-security-removed" Safe "an operation accepts callers that it rejected";
    ScopeAdded "api-security-scope-added" Breaking "callers of an operation need another scope";
    ScopeRemoved "api-security-scope-removed" Safe "callers of an operation need one scope less";
    GlobalSecurityAdded "api-global-security-added" Breaking "callers of all operations need another credential";
    GlobalSecurityRemoved "api-global-security-removed" Safe "all operations accept callers that they rejected";
    GlobalScopeAdded "api-global-security-scope-added" Breaking "callers of all operations need another scope";
    GlobalScopeRemoved "api-global-security-scope-removed" Safe "callers of all operations need one scope less";
    OauthFlowRemoved "api-security-component-oauth-flow-removed" Breaking "an OAuth flow of a security scheme was removed";
    OauthFlowAdded "api-security-component-oauth-flow-added" Safe "an OAuth flow of a security scheme was added";
    OauthUrlChanged "api-security-component-oauth-url-changed" Risky "a URL of an OAuth flow or of OpenID Connect changed";
    OauthScopeRemoved "api-security-component-oauth-scope-removed" Risky "a scope of an OAuth flow was removed";
    OauthScopeAdded "api-security-component-oauth-scope-added" Safe "a scope of an OAuth flow was added";
    VersionNotBumped "api-version-not-bumped" Breaking "a change is breaking and the version is unchanged";
    VersionDecreased "api-version-decreased" Breaking "the version decreased";
    MajorVersionNotBumped "api-major-version-not-bumped" Breaking "a change is breaking and the major version (before 1.0 the minor version) did not increase";
    ParameterAddedRequired "new-required-request-parameter" Breaking "a required query, header or cookie parameter was added";
    ParameterAddedOptional "new-optional-request-parameter" Safe "an optional parameter was added";
    PathParameterAdded "new-request-path-parameter" Breaking "a path parameter was added";
    ParameterBecameRequired "request-parameter-became-required" Breaking "an optional parameter became required";
    ParameterBecameOptional "request-parameter-became-optional" Safe "a required parameter became optional";
    ParameterRemoved "request-parameter-removed" Risky "a parameter was removed; requests that contain it may be rejected";
    ParameterRenamed "request-path-parameter-renamed" Safe "a path parameter was renamed, which does not change any URL";
    ParameterStyleChanged "request-parameter-style-changed" Breaking "a parameter is serialized in another style; risky if its type is unknown";
    ParameterEmptyValueRejected "request-parameter-empty-value-removed" Risky "an empty value is no longer allowed; breaking if the type excludes it";
    ParameterEmptyValueAllowed "request-parameter-empty-value-added" Safe "an empty value is allowed";
    ParameterReservedChanged "request-parameter-allow-reserved-changed" Risky "reserved characters of a parameter are percent-encoded in another way";
    BodyAddedRequired "request-body-added-required" Breaking "a required request body was added";
    BodyAddedOptional "request-body-added-optional" Safe "an optional request body was added";
    BodyRemoved "request-body-removed" Breaking "the request body was removed";
    BodyBecameRequired "request-body-became-required" Breaking "the request body became required";
    BodyBecameOptional "request-body-became-optional" Safe "the request body became optional";
    BodyMediaTypeRemoved "request-body-media-type-removed" Breaking "a media type of the request body was removed";
    EncodingChanged "media-type-encoding-changed" Risky "the encoding of a part of a body changed; breaking if a content type of a request is no longer accepted";
    LinkRemoved "response-link-removed" Risky "a link of a response was removed";
    LinkAdded "response-link-added" Safe "a link of a response was added";
    LinkChanged "response-link-changed" Risky "a link of a response changed";
    BodyMediaTypeAdded "request-body-media-type-added" Safe "a media type of the request body was added";
    PropertyAddedRequired "new-required-request-property" Breaking "a required request property was added";
    PropertyAddedRequiredWithDefault "new-required-request-property-with-default" Breaking "a required request property was added; its default does not make it optional";
    PropertyAddedOptional "new-optional-request-property" Safe "an optional request property was added; risky if a pattern may have described it";
    PropertyBecameRequired "request-property-became-required" Breaking "a request property became required";
    PropertyBecameRequiredWithDefault "request-property-became-required-with-default" Breaking "a request property became required; its default does not make it optional";
    PropertyBecameOptional "request-property-became-optional" Safe "a request property became optional";
    PropertyRemoved "request-property-removed" Risky "a request property was removed; requests that contain it may be rejected, breaking if they are";
    SuccessStatusRemoved "response-success-status-removed" Breaking "a success status was removed";
    SuccessStatusAdded "response-success-status-added" Safe "a success status was added; risky if its body differs from that of `default`";
    FailureStatusRemoved "response-non-success-status-removed" Safe "an error status was removed";
    FailureStatusAdded "response-non-success-status-added" Safe "an error status was added";
    ResponseMediaTypeRemoved "response-media-type-removed" Breaking "a media type of a response was removed";
    ResponseMediaTypeAdded "response-media-type-added" Safe "a media type of a response was added";
    RequiredResponsePropertyRemoved "response-required-property-removed" Breaking "a required response property was removed";
    RequiredResponsePropertyAdded "response-required-property-added" Safe "a required response property was added";
    OptionalResponsePropertyRemoved "response-optional-property-removed" Risky "an optional response property was removed";
    OptionalResponsePropertyAdded "response-optional-property-added" Safe "an optional response property was added";
    ResponsePropertyBecameOptional "response-property-became-optional" Breaking "a required response property became optional";
    ResponsePropertyBecameRequired "response-property-became-required" Safe "an optional response property became required";
    RequiredHeaderRemoved "required-response-header-removed" Breaking "a required response header was removed";
    OptionalHeaderRemoved "optional-response-header-removed" Risky "an optional response header was removed";
    HeaderAdded "response-header-added" Safe "a response header was added";
    HeaderBecameOptional "response-header-became-optional" Breaking "a required response header became optional";
    HeaderStyleChanged "response-header-style-changed" Breaking "a header is serialized in another style";
    HeaderBecameRequired "response-header-became-required" Safe "an optional response header became required";
}
