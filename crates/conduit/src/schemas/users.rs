//! Users, as they see themselves and as others see them.

use purlin_router::{schema, schemas::Patch};
use sqlx::FromRow;

use super::LimitedText;

/// `{"user": …}`
#[schema(rename = "{T}Body")]
pub struct UserBody<T> {
    pub user: T,
}

/// A user to register.
#[schema(request, unknown_fields = "ignore")]
pub struct NewUser {
    pub username: LimitedText<50>,
    #[garde(email, length(max = 254))]
    pub email: String,
    #[garde(length(min = 8, max = 128))]
    pub password: String,
}

/// What a user logs in with.
#[schema(request, unknown_fields = "ignore")]
pub struct Credentials {
    pub email: LimitedText<254>,
    #[garde(length(max = 128))]
    pub password: String,
}

/// What is to change of a user. Null removes the biography or the image.
#[schema(request, unknown_fields = "ignore")]
pub struct UpdateUser {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<LimitedText<50>>,
    #[garde(email, length(max = 254))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[garde(length(min = 8, max = 128))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    pub bio: Patch<LimitedText<1000, 0>>,
    pub image: Patch<LimitedText<2000, 0>>,
}

/// The caller, with a token for further requests.
#[schema(response)]
#[derive(Clone, FromRow)]
pub struct User {
    pub username: String,
    pub email: String,
    #[sqlx(skip)]
    pub token: String,
    pub bio: Option<String>,
    pub image: Option<String>,
}

/// `{"profile": …}`
#[schema(response)]
pub struct ProfileBody {
    pub profile: Profile,
}

/// A user as others see them.
#[schema(response)]
#[derive(FromRow)]
pub struct Profile {
    pub username: String,
    pub bio: Option<String>,
    pub image: Option<String>,
    /// Whether the caller follows this user.
    pub following: bool,
}
