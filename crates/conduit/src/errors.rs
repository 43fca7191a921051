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

/// What passes with time is 503; everything else is a defect, and 500.
impl From<sqlx::Error> for ServerError {
    fn from(source: sqlx::Error) -> Self {
        let is_temporary = match &source {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            sqlx::Error::Database(error) => match error.code().as_deref().unwrap_or_default() {
                // PostgreSQL: no connection, conflict of transactions, no resources, shutdown.
                code if code.len() == 5 => matches!(&code[..2], "08" | "40" | "53" | "57"),
                // SQLite: busy, locked, read-only, failed input or output, disk full, no file; the upper byte says why.
                code => {
                    let code = code.parse::<u16>().unwrap_or_default();
                    matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14)
                }
            },
            _ => false,
        };
        match is_temporary {
            true => Self::Unavailable {
                retry_after: 1,
                source,
            },
            false => Self::Unexpected(source.into()),
        }
    }
}

/// A row that is not there, or that refers to one that is not, is 404.
impl From<sqlx::Error> for LookupError {
    fn from(error: sqlx::Error) -> Self {
        match kind(&error) {
            Some(ErrorKind::ForeignKeyViolation) => Self::NotFound,
            _ if matches!(error, sqlx::Error::RowNotFound) => Self::NotFound,
            _ => Self::Server(error.into()),
        }
    }
}

/// A value that is there already is 422.
impl From<sqlx::Error> for InsertError {
    fn from(error: sqlx::Error) -> Self {
        let Some((ErrorKind::UniqueViolation, violation)) =
            kind(&error).zip(error.as_database_error())
        else {
            return Self::Server(error.into());
        };
        // PostgreSQL names the index, SQLite the index or the column in its message.
        let index = violation.constraint().unwrap_or(violation.message());
        let fields = [
            ("email", "email"),
            ("username", "username"),
            ("slug", "title"),
        ];
        let field = fields.iter().find(|(column, _)| index.contains(column));
        Self::Taken {
            field: field.map_or("body", |(_, field)| field),
        }
    }
}

impl From<sqlx::Error> for UpdateError {
    fn from(error: sqlx::Error) -> Self {
        match kind(&error) {
            Some(ErrorKind::UniqueViolation) => Self::Insert(error.into()),
            _ => Self::Lookup(error.into()),
        }
    }
}

fn kind(error: &sqlx::Error) -> Option<ErrorKind> {
    Some(error.as_database_error()?.kind())
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
        for violation in &error.violations {
            let field = violation
                .pointer
                .rsplit('/')
                .next()
                .filter(|field| !field.is_empty());
            let messages = errors
                .entry(field.unwrap_or("body").to_owned())
                .or_default();
            messages.push(violation.message().to_string());
        }
        if errors.is_empty() {
            let field = error
                .additional
                .get("field")
                .and_then(|field| field.as_str());
            errors.insert(
                field.unwrap_or("body").to_owned(),
                vec![error.detail.clone()],
            );
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
