//! The rules about the values that a schema allows. Each change has a rule for
//! every location of a schema.

use crate::Severity;

/// The location of a schema in an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum SchemaLocation {
    RequestParameter,
    RequestBody,
    RequestProperty,
    ResponseBody,
    ResponseProperty,
    ResponseHeader,
}

impl SchemaLocation {
    pub(crate) const ALL: [Self; 6] = [
        Self::RequestParameter,
        Self::RequestBody,
        Self::RequestProperty,
        Self::ResponseBody,
        Self::ResponseProperty,
        Self::ResponseHeader,
    ];

    /// Returns whether clients send the value; otherwise they receive it.
    pub(crate) fn is_request(self) -> bool {
        matches!(
            self,
            Self::RequestParameter | Self::RequestBody | Self::RequestProperty
        )
    }

    /// Returns the location of a property of the value.
    pub(crate) fn property(self) -> Self {
        if self.is_request() {
            Self::RequestProperty
        } else {
            Self::ResponseProperty
        }
    }

    /// Returns the location of an array item: the items of a body are part of
    /// it, those of a parameter or a header are serialized into its text.
    pub(crate) fn item(self) -> Self {
        match self {
            Self::RequestParameter | Self::ResponseHeader => self,
            _ => self.property(),
        }
    }
}

macro_rules! schema_changes {
    ($($name:ident $suffix:literal $request:ident $response:ident $description:literal;)+) => {
        /// A change of the values that a schema allows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum SchemaChange { $($name),+ }

        impl SchemaChange {
            pub(super) const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the names in the order of [`SchemaLocation::ALL`], the severities
            /// in requests and in responses, and the description.
            pub(super) const fn definition(self) -> ([&'static str; 6], [Severity; 2], &'static str) {
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
                        $description,
                    )),+
                }
            }
        }
    };
}

// variant, suffix of the rule's name, severity in requests, severity in responses, description
schema_changes! {
    TypeChanged "type-changed" Breaking Breaking "the type or format changed";
    TypeGeneralized "type-generalized" Safe Breaking "the type or format allows more values";
    TypeSpecialized "type-specialized" Breaking Safe "the type or format allows fewer values";
    TypesNarrowed "list-of-types-narrowed" Breaking Safe "the list of types is shorter";
    TypesWidened "list-of-types-widened" Safe Breaking "the list of types is longer";
    BecameNullable "became-nullable" Safe Breaking "`null` became a valid value";
    BecameNotNullable "became-not-nullable" Breaking Safe "`null` is no longer a valid value";
    EnumValueRemoved "enum-value-removed" Breaking Safe "an enum value was removed";
    EnumValueAdded "enum-value-added" Safe Risky "an enum value was added; safe with `x-extensible-enum`";
    BecameEnum "became-enum" Breaking Safe "the values became limited to an enum";
    EnumRemoved "enum-removed" Safe Breaking "the values are no longer limited to an enum";
    ExtensibleValueRemoved "x-extensible-enum-value-removed" Breaking Safe "a value of an extensible enum was removed";
    ExtensibleValueAdded "x-extensible-enum-value-added" Safe Safe "a value of an extensible enum was added";
    ConstAdded "const-added" Breaking Safe "the value became constant";
    ConstChanged "const-changed" Breaking Breaking "the constant value changed";
    ConstRemoved "const-removed" Safe Breaking "the value is no longer constant";
    DefaultAdded "default-value-added" Breaking Safe "a default was added, which changes the meaning of an absent value";
    DefaultChanged "default-value-changed" Breaking Safe "the default changed";
    DefaultRemoved "default-value-removed" Breaking Safe "the default was removed";
    PatternAdded "pattern-added" Breaking Safe "a pattern was added";
    PatternChanged "pattern-changed" Risky Risky "the pattern changed and may allow more or fewer strings";
    PatternRemoved "pattern-removed" Safe Breaking "the pattern was removed";
    MaxDecreased "max-decreased" Breaking Safe "`maximum` decreased";
    MaxIncreased "max-increased" Safe Breaking "`maximum` increased";
    MaxSet "max-set" Risky Safe "`maximum` was added";
    MaxUnset "max-unset" Safe Breaking "`maximum` was removed";
    MinIncreased "min-increased" Breaking Safe "`minimum` increased";
    MinDecreased "min-decreased" Safe Breaking "`minimum` decreased";
    MinSet "min-set" Risky Safe "`minimum` was added";
    MinUnset "min-unset" Safe Breaking "`minimum` was removed";
    MaxLengthDecreased "max-length-decreased" Breaking Safe "`maxLength` decreased";
    MaxLengthIncreased "max-length-increased" Safe Breaking "`maxLength` increased";
    MaxLengthSet "max-length-set" Risky Safe "`maxLength` was added";
    MaxLengthUnset "max-length-unset" Safe Breaking "`maxLength` was removed";
    MinLengthIncreased "min-length-increased" Breaking Safe "`minLength` increased";
    MinLengthDecreased "min-length-decreased" Safe Breaking "`minLength` decreased";
    MinLengthSet "min-length-set" Risky Safe "`minLength` was added";
    MinLengthUnset "min-length-unset" Safe Breaking "`minLength` was removed";
    MaxItemsDecreased "max-items-decreased" Breaking Safe "`maxItems` decreased";
    MaxItemsIncreased "max-items-increased" Safe Breaking "`maxItems` increased";
    MaxItemsSet "max-items-set" Risky Safe "`maxItems` was added";
    MaxItemsUnset "max-items-unset" Safe Breaking "`maxItems` was removed";
    MinItemsIncreased "min-items-increased" Breaking Safe "`minItems` increased";
    MinItemsDecreased "min-items-decreased" Safe Breaking "`minItems` decreased";
    MinItemsSet "min-items-set" Risky Safe "`minItems` was added";
    MinItemsUnset "min-items-unset" Safe Breaking "`minItems` was removed";
    MaxPropertiesDecreased "max-properties-decreased" Breaking Safe "`maxProperties` decreased";
    MaxPropertiesIncreased "max-properties-increased" Safe Breaking "`maxProperties` increased";
    MaxPropertiesSet "max-properties-set" Risky Safe "`maxProperties` was added";
    MaxPropertiesUnset "max-properties-unset" Safe Breaking "`maxProperties` was removed";
    MinPropertiesIncreased "min-properties-increased" Breaking Safe "`minProperties` increased";
    MinPropertiesDecreased "min-properties-decreased" Safe Breaking "`minProperties` decreased";
    MinPropertiesSet "min-properties-set" Risky Safe "`minProperties` was added";
    MinPropertiesUnset "min-properties-unset" Safe Breaking "`minProperties` was removed";
    MultipleOfSet "multiple-of-set" Breaking Safe "`multipleOf` was added";
    MultipleOfChanged "multiple-of-changed" Breaking Breaking "`multipleOf` changed";
    MultipleOfUnset "multiple-of-unset" Safe Breaking "`multipleOf` was removed";
    UniqueItemsAdded "unique-items-added" Breaking Safe "array items must be unique";
    UniqueItemsRemoved "unique-items-removed" Safe Breaking "array items no longer need to be unique";
    AdditionalForbidden "additional-properties-removed" Breaking Safe "unknown properties are rejected";
    AdditionalAllowed "additional-properties-added" Safe Safe "unknown properties are accepted";
    ConstraintAdded "constraint-added" Breaking Safe "a keyword such as `not` or `patternProperties`, or one of its members, was added";
    ConstraintChanged "constraint-changed" Risky Risky "a keyword such as `not` or `if` changed; breaking or safe if the direction is certain";
    ConstraintRemoved "constraint-removed" Safe Breaking "a keyword such as `not` or `patternProperties`, or one of its members, was removed";
    KeywordChanged "keyword-changed" Risky Risky "a keyword that is not interpreted was added, changed or removed";
    OneOfAdded "one-of-added" Safe Breaking "a `oneOf` alternative was added";
    OneOfRemoved "one-of-removed" Breaking Safe "a `oneOf` alternative was removed";
    AnyOfAdded "any-of-added" Safe Breaking "an `anyOf` alternative was added";
    AnyOfRemoved "any-of-removed" Breaking Safe "an `anyOf` alternative was removed";
    AnyOfBecameOneOf "any-of-became-one-of" Risky Safe "a value of several alternatives is rejected; breaking if there certainly is one";
    OneOfBecameAnyOf "one-of-became-any-of" Safe Risky "a value may match several alternatives";
    AlternativesOverlap "one-of-overlap" Risky Risky "a changed alternative of `oneOf` may have values in common with another; breaking in requests if it certainly has";
    AllOfAdded "all-of-added" Breaking Safe "an `allOf` constraint was added that cannot be merged into one schema";
    AllOfRemoved "all-of-removed" Safe Breaking "an `allOf` constraint was removed";
    DiscriminatorAdded "discriminator-added" Safe Safe "a discriminator was added";
    DiscriminatorRemoved "discriminator-removed" Risky Risky "the discriminator was removed";
    DiscriminatorRenamed "discriminator-property-name-changed" Breaking Breaking "the discriminator uses another property";
    MappingAdded "discriminator-mapping-added" Safe Safe "a value of the discriminator was mapped";
    MappingDeleted "discriminator-mapping-deleted" Risky Risky "a value of the discriminator is no longer mapped";
    MappingChanged "discriminator-mapping-changed" Risky Risky "a value of the discriminator, or the default, maps to another schema";
    BecameDeprecated "deprecated" Safe Safe "the schema became deprecated";
    BecameActive "reactivated" Safe Safe "the schema is no longer deprecated";
}
