//! What operations fail with, the one rule for errors of the database, and the form of all errors.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use purlin_router::{
    ApiError,
    auth::PasswordError,
    error::{ErrorFormat, ErrorParts, Unexpected},
    schema,
    schemas::{Direction, Location, Rule, SchemaWithDefinitions, ValidatorErrors, describe},
};
use serde_json::Value;

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
    /// The article or the comment belongs to another user.
    #[error("belongs to another user")]
    #[status(403)]
    Forbidden,
    Lookup(#[from] LookupError),
}

/// The error of storing an account.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum AccountError {
    /// Another user has this value.
    #[error("has already been taken")]
    #[status(422)]
    Taken {
        /// The field of the request.
        #[member]
        field: &'static str,
    },
    Server(#[from] ServerError),
}

/// The error of a login.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum LoginError {
    /// The email or the password is wrong.
    #[error("the email or the password is wrong")]
    #[status(401)]
    WrongCredentials,
    Server(#[from] ServerError),
}

/// The rule for errors of the database, by what an operation can fail with: 503 for what passes, 500 for a defect;
impl From<sqlx::Error> for ServerError {
    fn from(source: sqlx::Error) -> Self {
        match is_temporary(&source) {
            true => Self::Unavailable {
                retry_after: 1,
                source,
            },
            false => Self::Unexpected(source.into()),
        }
    }
}

/// 404 for a row that is not there, or that refers to one that is not;
impl From<sqlx::Error> for LookupError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Database(error) if error.is_foreign_key_violation() => Self::NotFound,
            error => Self::Server(error.into()),
        }
    }
}

impl From<sqlx::Error> for OwnerError {
    fn from(error: sqlx::Error) -> Self {
        Self::Lookup(error.into())
    }
}

/// 422 for a value that another row has. PostgreSQL names the index, SQLite the index or the column in its message.
impl From<sqlx::Error> for AccountError {
    fn from(error: sqlx::Error) -> Self {
        let violated = error
            .as_database_error()
            .filter(|it| it.is_unique_violation());
        let index = violated.map(|it| it.constraint().unwrap_or(it.message()));
        let is_named = |field: &&str| index.is_some_and(|index| index.contains(field));
        match ["email", "username"].into_iter().find(is_named) {
            Some(field) => Self::Taken { field },
            None => Self::Server(error.into()),
        }
    }
}

/// Returns whether the same request may succeed later.
fn is_temporary(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Database, Io, PoolClosed, PoolTimedOut, WorkerCrashed};
    let code = match error {
        Io(_) | PoolTimedOut | PoolClosed | WorkerCrashed => return true,
        Database(error) => error.code().unwrap_or_default(),
        _ => return false,
    };
    if code.len() == 5 {
        // PostgreSQL: no connection, read-only, conflict of transactions, no resources, locked, shutdown.
        let classes = ["08", "25006", "40", "53", "55P03", "57"];
        return classes.iter().any(|class| code.starts_with(class));
    }
    // SQLite: busy, locked, read-only, failed input or output, disk full, no file; the upper byte says why.
    let code = code.parse::<u16>().unwrap_or_default();
    matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14)
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
            let message = match violation.rule {
                // The pattern of `LimitedText` is for programs.
                Rule::Pattern { .. } => "must have visible and no control characters".to_owned(),
                _ => violation.message(),
            };
            add(field.unwrap_or_default(), message);
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
