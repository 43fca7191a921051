use actix_web::HttpRequest;
use purlin_router::{
    auth::{AuthFailure, Authenticator},
    openapi::SecurityScheme,
};

struct Proxy;

impl Authenticator for Proxy {
    type Identity = String;

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::http("negotiate")
    }

    async fn authenticate(&self, _: &HttpRequest) -> Result<String, AuthFailure> {
        Err(AuthFailure::Missing)
    }
}

fn main() {}
