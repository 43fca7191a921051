//! The types of requests and responses. Responses are read from rows of the database as they are.

mod articles;
mod comments;
mod text;
mod users;

pub use {articles::*, comments::*, text::*, users::*};
