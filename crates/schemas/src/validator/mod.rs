//! A type's JSON Schema, compiled so that values can be validated and **all** violations reported. Schemas are generated in
//! `document/`; bytes and text become values in `decode/` and `text/`.

mod ambiguity;
mod branches;
mod closed;
mod codes;
mod compile;
mod contradiction;
mod equality;
mod file;
mod findings;
mod guide;
mod limits;
mod node;
mod numbers;
mod optional;
mod parts;
mod shape;
mod unique;
mod validate;
mod verdict;

use std::{collections::BTreeMap, sync::OnceLock};

use serde_json::Value;

pub use file::{FileRules, file_schema};
pub(crate) use guide::{Closed, Guide, WholeSchema};
pub use parts::{PartContent, PartShape};
pub(crate) use shape::{Member, Members, Readable, Shape};

use crate::{
    Direction, InstanceLocation, Location, Schema, SchemaWithDefinitions, ValidatorErrors,
    Violation, Violations, document::GeneratedSchema, instance::Instance,
};
use compile::Compiler;
use node::{Node, NodeId};

/// The compiled input schema of a type.
///
/// A validator is compiled once and shared: it is `Send` and `Sync`.
///
/// ```
/// use purlin_schemas::{Validator, Location, schema};
///
/// #[schema]
/// struct Guest {
///     #[garde(length(min = 1))]
///     name: String,
///     age: u8,
/// }
///
/// let validator = Validator::of::<Guest>()?;
/// let violations = validator.validate(Location::Body, &serde_json::json!({"name": "", "age": 300}));
/// let mut pointers: Vec<_> = violations.iter().map(|v| v.pointer.as_str()).collect();
/// pointers.sort_unstable();
/// assert_eq!(pointers, ["/age", "/name"]);
/// # Ok::<(), purlin_schemas::ValidatorErrors>(())
/// ```
#[derive(Debug)]
pub struct Validator {
    nodes: Vec<Node>,
    root: NodeId,
    /// Where serde is guided while it reads.
    steps: guide::Steps,
    /// The members of the root object, each once.
    names: Vec<String>,
    /// Whether one of them is an object.
    has_objects: bool,
    /// Whether members of other names are kept.
    collects_unknown: bool,
    /// Whether serde may have to read a part of a value repeatedly.
    rereads: bool,
    /// How text is read as the type, known once a text is.
    shape: OnceLock<Shape>,
    /// The members as parts of a `multipart/form-data` body, once they are asked for.
    parts: OnceLock<BTreeMap<String, PartShape>>,
}

impl Validator {
    /// Compiles the input schema of `T`.
    ///
    /// # Errors
    ///
    /// Everything about the type that a document cannot state truthfully, each with its remedy.
    pub fn of<T: Schema>() -> Result<Self, ValidatorErrors> {
        Self::compile(&GeneratedSchema::of::<T>(Direction::Input)?)
    }

    /// Compiles the schema of a type.
    ///
    /// # Errors
    ///
    /// Keywords that the validator does not enforce.
    #[doc(hidden)]
    pub fn compile(schema: &GeneratedSchema) -> Result<Self, ValidatorErrors> {
        Compiler::new(&schema.definitions).compile(&schema.root)
    }

    /// Compiles a schema as a document states it, such as that of a response.
    ///
    /// ```
    /// use purlin_schemas::{Validator, Direction, Location, Message, describe};
    ///
    /// let reply = Validator::from_schema(&describe::<Message>(Direction::Output)?)?;
    /// let violations = reply.validate(Location::Body, &serde_json::json!({"message": 5}));
    /// assert_eq!(violations[0].pointer, "/message");
    /// # Ok::<(), purlin_schemas::ValidatorErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Keywords that the validator does not enforce.
    pub fn from_schema(schema: &SchemaWithDefinitions) -> Result<Self, ValidatorErrors> {
        let definitions = schema.definitions.iter();
        let definitions = definitions
            .map(|(name, definition)| (name.clone(), definition.schema.clone()))
            .collect();
        Compiler::new(&definitions).compile(&schema.root)
    }

    /// Returns whether values always have to be validated before they are deserialized, since serde accepts more than the
    /// schema allows; `docs/document-and-server.md` lists such types.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.steps.validates_parts()
    }

    /// Returns all violations of a value, at most [`MAX_VIOLATIONS`](crate::MAX_VIOLATIONS).
    #[must_use]
    pub fn validate(&self, location: Location, value: &Value) -> Violations {
        let mut violations = Vec::new();
        self.validate_into(location, &value.into(), &mut violations);
        violations.into()
    }

    /// Adds all violations of a value.
    pub(crate) fn validate_into(
        &self,
        location: Location,
        value: &Instance<'_>,
        violations: &mut Vec<Violation>,
    ) {
        let mut findings = findings::Findings::new(location, violations);
        self.check(self.root, value, InstanceLocation::ROOT, &mut findings);
    }

    /// Returns whether a value has no violations.
    pub(crate) fn is_satisfied_by(&self, value: &Instance<'_>) -> bool {
        self.satisfies(self.root, value)
    }

    /// Returns whether a part of a value has no violations of its schema.
    fn satisfies(&self, schema: NodeId, value: &Instance<'_>) -> bool {
        let mut none = Vec::new();
        let mut findings = findings::Findings::new(Location::Body, &mut none);
        self.accepts(schema, value, &mut findings)
    }

    /// Returns whether serde may have to read a part of a value so often that its work is estimated first.
    pub(crate) fn rereads(&self) -> bool {
        self.rereads
    }

    /// Returns the members of the root object: for a type that is read from headers, their names, in the order in which
    /// [`read_headers`](Self::read_headers) looks them up.
    #[doc(hidden)]
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns whether a member of the root object is an object itself: in text it is several parameters, `name[member]`.
    #[doc(hidden)]
    #[must_use]
    pub fn reads_objects(&self) -> bool {
        self.has_objects
    }

    fn node(&self, id: NodeId) -> &Node {
        // Ids are created by the compiler along with their nodes.
        &self.nodes[id.0]
    }
}
