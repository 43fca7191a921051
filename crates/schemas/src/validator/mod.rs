//! A type's input contract: its JSON Schema, compiled so that a value can be
//! walked and **every** violation named. Where the schema comes from is
//! `document/`'s business; how bytes and text become values, `decode/`'s and
//! `text/`'s.

mod branches;
mod codes;
mod compile;
mod findings;
mod node;
mod numbers;
mod parts;
mod readings;
mod shape;
mod unique;
mod validate;

use serde_json::Value;

pub use parts::{FileRules, PartContent, PartShape, file_schema};
pub(crate) use shape::{Readable, Shape};

use crate::{
    Direction, InstanceLocation, Location, Schema, SchemaWithDefinitions, ValidatorErrors,
    Violation, document::GeneratedSchema,
};
use compile::Compiler;
use node::{Node, NodeId};

/// What a type accepts, ready to be held against values.
///
/// A contract is made once and shared: it is `Send` and `Sync`.
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
/// let mut violations = Vec::new();
/// validator.validate(Location::Body, &serde_json::json!({"name": "", "age": 300}), &mut violations);
/// let mut pointers: Vec<_> = violations.iter().map(|v| v.pointer.as_str()).collect();
/// pointers.sort_unstable();
/// assert_eq!(pointers, ["/age", "/name"]);
/// # Ok::<(), purlin_schemas::ValidatorErrors>(())
/// ```
#[derive(Debug)]
pub struct Validator {
    nodes: Vec<Node>,
    root: NodeId,
    strict: bool,
    /// The members of the root object, each once.
    names: Vec<String>,
    /// Whether serde may have to read a part of a value again and again.
    rereads: bool,
}

impl Validator {
    /// The contract of a type.
    ///
    /// # Errors
    ///
    /// Everything about the type that the document cannot say truthfully, each
    /// with its mend.
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
    /// let reply = Validator::of_described(&describe::<Message>(Direction::Output)?)?;
    /// let mut violations = Vec::new();
    /// reply.validate(Location::Body, &serde_json::json!({"message": 5}), &mut violations);
    /// assert_eq!(violations[0].pointer, "/message");
    /// # Ok::<(), purlin_schemas::ValidatorErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Keywords that values cannot be held against.
    pub fn of_described(described: &SchemaWithDefinitions) -> Result<Self, ValidatorErrors> {
        let definitions = described.definitions.iter();
        let definitions = definitions
            .map(|(name, definition)| (name.clone(), definition.schema.clone()))
            .collect();
        Compiler::new(&definitions).compile(&described.root)
    }

    /// Whether values have to be walked always, since what serde reads cannot
    /// be trusted to be what the schema says: see the book's list.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.strict
    }

    /// Adds every violation of a value.
    pub fn validate(&self, location: Location, value: &Value, violations: &mut Vec<Violation>) {
        let mut findings = findings::Findings::new(location, violations);
        self.check(self.root, value, InstanceLocation::ROOT, &mut findings);
    }

    /// The members of the root object: for a type that is read from headers,
    /// their names, in the order [`read_headers`](Self::read_headers) asks for
    /// them.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    fn node(&self, id: NodeId) -> &Node {
        // Ids are made by the compiler along with their nodes.
        &self.nodes[id.0]
    }
}
