//! The types of requests and responses. Responses are read from rows of the database as they are.

mod articles;
mod comments;
mod text;
mod users;

pub use articles::{
    Article, ArticleBody, ArticlePreview, Articles, NewArticle, Search, Tags, UpdateArticle,
};
pub use comments::{Comment, CommentBody, Comments, NewComment};
pub use text::{Tag, Text, Timestamp};
pub use users::{Credentials, NewUser, Profile, ProfileBody, UpdateUser, User, UserBody};
