//! What operations fail with, the one rule for errors of the database, and the form of all errors.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use purlin_router::{
    ApiError,
    auth::PasswordError,
    error::{
        ErrorFormat, ErrorParts, Unexpected,
        http::{Forbidden, Unauthorized},
    },
    schema,
    schemas::{Direction, Location, SchemaWithDefinitions, ValidatorErrors, describe},
};
use serde_json::Value;
use sqlx::error::ErrorKind;

/// What any operation can fail with, through no fault of its client.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum ServerError {
    /// The database is too busy or not available.
    #[error("the database is not available")]
    #[status(503)]
    Unavailable {
        /// The seconds after which to try again.
        #[header("Retry-After")]
        retry_after: u32,
        source: sqlx::Error,
    },
    Password(#[from] PasswordError),
    Unexpected(#[from] Unexpected),
}

/// The error of an operation on something that may not exist.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum LookupError {
    /// The article, the comment or the user does not exist.
    #[error("does not exist")]
    #[status(404)]
    NotFound,
    Server(#[from] ServerError),
}

/// The error of a change of what may belong to another user.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum OwnerError {
    Forbidden(#[from] Forbidden),
    Lookup(#[from] LookupError),
}

/// The error of storing values that have to be unique.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum InsertError {
    /// Another article or user has this value.
    #[error("has already been taken")]
    #[status(422)]
    Taken {
        /// The field of the request.
        #[member]
        field: &'static str,
    },
    Server(#[from] ServerError),
}

/// The error of storing values that have to be unique, and belong to what may not exist.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum UpdateError {
    Insert(#[from] InsertError),
    Lookup(#[from] LookupError),
    Server(#[from] ServerError),
}

/// The error of such a change of what may belong to another user.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum UpdateOwnError {
    Forbidden(#[from] Forbidden),
    Lookup(#[from] LookupError),
    Update(#[from] UpdateError),
}

/// The error of a login.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum LoginError {
    Unauthorized(#[from] Unauthorized),
    Server(#[from] ServerError),
}

/// What an error of the database means for a client.
enum Meaning {
    /// A row is not there, or refers to one that is not: 404.
    Missing,
    /// Another row has the value of this field: 422.
    Taken(&'static str),
    /// The same request may succeed later: 503.
    Temporary,
    /// A defect of this program: 500.
    Defect,
}

/// The rule for errors of the database.
fn meaning(error: &sqlx::Error) -> Meaning {
    match error {
        sqlx::Error::RowNotFound => Meaning::Missing,
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Meaning::Temporary,
        sqlx::Error::Database(error) => match error.kind() {
            ErrorKind::ForeignKeyViolation => Meaning::Missing,
            // PostgreSQL names the index, SQLite the index or the column in its message.
            ErrorKind::UniqueViolation => match error.constraint().unwrap_or(error.message()) {
                index if index.contains("email") => Meaning::Taken("email"),
                index if index.contains("username") => Meaning::Taken("username"),
                index if index.contains("slug") => Meaning::Taken("title"),
                _ => Meaning::Defect,
            },
            _ if is_temporary(&error.code().unwrap_or_default()) => Meaning::Temporary,
            _ => Meaning::Defect,
        },
        _ => Meaning::Defect,
    }
}

fn is_temporary(code: &str) -> bool {
    if code.len() == 5 {
        // PostgreSQL: no connection, read-only, conflict of transactions, no resources, locked, shutdown.
        return ["08", "25006", "40", "53", "55P03", "57"]
            .iter()
            .any(|class| code.starts_with(class));
    }
    // SQLite: busy, locked, read-only, failed input or output, disk full, no file; the upper byte says why.
    matches!(
        code.parse::<u16>().unwrap_or_default() & 0xff,
        5 | 6 | 8 | 10 | 13 | 14
    )
}

impl From<sqlx::Error> for ServerError {
    fn from(source: sqlx::Error) -> Self {
        match meaning(&source) {
            Meaning::Temporary => Self::Unavailable {
                retry_after: 1,
                source,
            },
            _ => Self::Unexpected(source.into()),
        }
    }
}

impl From<sqlx::Error> for LookupError {
    fn from(error: sqlx::Error) -> Self {
        match meaning(&error) {
            Meaning::Missing => Self::NotFound,
            _ => Self::Server(error.into()),
        }
    }
}

impl From<sqlx::Error> for InsertError {
    fn from(error: sqlx::Error) -> Self {
        match meaning(&error) {
            Meaning::Taken(field) => Self::Taken { field },
            _ => Self::Server(error.into()),
        }
    }
}

impl From<sqlx::Error> for UpdateError {
    fn from(error: sqlx::Error) -> Self {
        match meaning(&error) {
            Meaning::Taken(_) => Self::Insert(error.into()),
            _ => Self::Lookup(error.into()),
        }
    }
}

/// What is wrong with a request, by field; `body` where it is no single field.
#[schema(response)]
struct Failure {
    errors: BTreeMap<String, Vec<String>>,
}

/// The form of all errors, as RealWorld specifies it.
pub struct RealWorldErrors;

impl ErrorFormat for RealWorldErrors {
    fn body(&self, error: &ErrorParts<'_>) -> Vec<u8> {
        let mut errors: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut add = |field: &str, message| {
            let field = if field.is_empty() { "body" } else { field };
            errors.entry(field.to_owned()).or_default().push(message);
        };
        for violation in error.violations.iter() {
            // Items of a list belong to the field that has the list.
            let is_name = |part: &&str| part.parse::<usize>().is_err();
            let field = violation.pointer.rsplit('/').find(is_name);
            add(field.unwrap_or_default(), violation.message().to_string());
        }
        if error.violations.is_empty() {
            let field = error.additional.get("field").and_then(Value::as_str);
            add(field.unwrap_or_default(), error.detail.clone());
        }
        serde_json::to_vec(&Failure { errors }).unwrap_or_default()
    }

    fn schema(&self) -> Result<SchemaWithDefinitions, ValidatorErrors> {
        describe::<Failure>(Direction::Output)
    }

    fn violation_status(&self, location: Location) -> StatusCode {
        match location {
            Location::Path => StatusCode::NOT_FOUND,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn malformed_body_status(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}
