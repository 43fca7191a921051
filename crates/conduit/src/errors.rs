//! What operations fail with, the one rule for errors of the database, and the form of all errors.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use purlin_router::{
    ApiError,
    auth::PasswordError,
    error::{
        ErrorFormat, ErrorParts, Unexpected,
        http::{Forbidden, NotFound, Unauthorized},
    },
    schema,
    schemas::{Direction, Location, SchemaWithDefinitions, ValidatorErrors, describe},
};

/// What any operation can fail with, through no fault of its client.
#[derive(Debug, thiserror::Error, ApiError)]
pub enum ServerError {
    /// The database or the server is too busy or not available.
    #[error("the database is not available")]
    #[status(503)]
    Unavailable {
        /// The seconds after which to try again.
        #[header("Retry-After")]
        retry_after: u32,
        source: sqlx::Error,
    },
    #[error(transparent)]
    #[status(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    #[status(transparent)]
    Unexpected(#[from] Unexpected),
}

/// A value that has to be unique, and is not.
#[derive(Debug, thiserror::Error, ApiError)]
#[error("has already been taken")]
#[status(422)]
pub struct Taken {
    /// The field of the request.
    #[member]
    field: &'static str,
}

/// An account that does not exist, or not with this password.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum AccountError {
    Unauthorized(#[from] Unauthorized),
    Server(#[from] ServerError),
}

/// A user or an article that does not exist.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum LookupError {
    NotFound(#[from] NotFound),
    Server(#[from] ServerError),
}

/// A change of something that does not exist, or belongs to another user.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum OwnerError {
    Forbidden(#[from] Forbidden),
    NotFound(#[from] NotFound),
    Server(#[from] ServerError),
}

/// A row that cannot be stored as it is.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum SaveError {
    Taken(#[from] Taken),
    Server(#[from] ServerError),
}

/// A row that cannot be stored, because of its values or because the caller's account is gone.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum SaveOwnError {
    Unauthorized(#[from] Unauthorized),
    Save(#[from] SaveError),
    Server(#[from] ServerError),
}

/// A change that cannot be stored, or is not the caller's to make.
#[derive(Debug, thiserror::Error, ApiError)]
#[error(transparent)]
#[status(transparent)]
pub enum UpdateError {
    NotFound(#[from] NotFound),
    Owner(#[from] OwnerError),
    Save(#[from] SaveError),
}

/// The rule: what passes with time is 503, everything else is a defect and 500.
impl From<sqlx::Error> for ServerError {
    fn from(source: sqlx::Error) -> Self {
        if is_temporary(&source) {
            let retry_after = 1;
            Self::Unavailable {
                retry_after,
                source,
            }
        } else {
            Self::Unexpected(source.into())
        }
    }
}

/// The rule of statements that store unique values: a duplicate is the client's mistake, and 422.
impl From<sqlx::Error> for SaveError {
    fn from(error: sqlx::Error) -> Self {
        match duplicate_field(&error) {
            Some(field) => Self::Taken(Taken { field }),
            None => Self::Server(error.into()),
        }
    }
}

fn is_temporary(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            if code.len() == 5 {
                // PostgreSQL: connection exceptions, conflicts of transactions, no resources, shutdown.
                return ["08", "40", "53", "57"]
                    .iter()
                    .any(|it| code.starts_with(it));
            }
            // SQLite: busy, locked, read-only, input or output failed, full, cannot be opened. The upper byte says why.
            let code = code.parse::<u16>().unwrap_or_default();
            matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14)
        }
        _ => false,
    }
}

/// Returns the field of the request whose value exists already.
fn duplicate_field(error: &sqlx::Error) -> Option<&'static str> {
    let error = error.as_database_error()?;
    if !error.is_unique_violation() {
        return None;
    }
    // PostgreSQL names the index, SQLite the index or the column in its message.
    let index = error.constraint().unwrap_or(error.message());
    let fields = [
        ("email", "email"),
        ("username", "username"),
        ("slug", "title"),
    ];
    let found = fields.iter().find(|(column, _)| index.contains(column));
    found.map(|(_, field)| *field)
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
            let field = violation.pointer.rsplit('/').next().unwrap_or_default();
            let field = if field.is_empty() { "body" } else { field };
            let messages = errors.entry(field.to_owned()).or_default();
            messages.push(violation.message().to_string());
        }
        if errors.is_empty() {
            let field = error
                .additional
                .get("field")
                .and_then(|field| field.as_str());
            let field = field.unwrap_or("body").to_owned();
            errors.insert(field, vec![error.detail.clone()]);
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
