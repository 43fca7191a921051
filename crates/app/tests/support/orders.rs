//! Orders that are processed once, for callers that are identified in several ways.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicU32, Ordering},
};

use actix_web::{HttpRequest, web};
use purlin_app::{
    App, CertifiedClient, ClientCertificate,
    router::{
        Json, Operation, Registry,
        auth::{AuthFailure, Authenticator, Identity},
        openapi::SecurityScheme,
        reply::Created,
        schema,
    },
};

#[schema(request)]
struct NewOrder {
    item: String,
}

/// An order, numbered as it was processed.
#[schema(response)]
struct Order {
    number: u32,
    owner: String,
    item: String,
}

/// How many orders were processed.
#[derive(Default)]
struct Orders(AtomicU32);

impl Orders {
    fn process(&self, order: Json<NewOrder>, owner: &str) -> Created<Order> {
        Created::new(Order {
            number: self.0.fetch_add(1, Ordering::Relaxed) + 1,
            owner: owner.to_owned(),
            item: order.into_inner().item,
        })
    }
}

/// Identifies the user by the header that a mesh sets.
struct Mesh;

struct MeshUser(String);

impl Authenticator for Mesh {
    type Identity = MeshUser;

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::http("negotiate")
    }

    async fn authenticate(&self, request: &HttpRequest) -> Result<MeshUser, AuthFailure> {
        let user = request.headers().get("x-forwarded-user");
        let user = user.ok_or(AuthFailure::Missing)?.to_str();
        user.map_or(Err(AuthFailure::Invalid), |user| {
            Ok(MeshUser(user.to_owned()))
        })
    }

    fn subject<'i>(&self, user: &'i MeshUser) -> Cow<'i, str> {
        Cow::Borrowed(&user.0)
    }
}

async fn by_certificate(
    order: Json<NewOrder>,
    client: Identity<CertifiedClient>,
    orders: web::Data<Orders>,
) -> Created<Order> {
    let names: Vec<_> = client.dns_names().collect();
    orders.process(order, &names.join(","))
}

async fn by_user(
    order: Json<NewOrder>,
    user: Identity<MeshUser>,
    orders: web::Data<Orders>,
) -> Created<Order> {
    orders.process(order, &user.0)
}

async fn by_anyone(order: Json<NewOrder>, orders: web::Data<Orders>) -> Created<Order> {
    orders.process(order, "anyone")
}

pub(crate) fn compose(app: &mut App) {
    let registry = Registry::new("Orders", "1.0.0")
        .app_data(web::Data::new(Orders::default()))
        .authenticator("certificate", ClientCertificate::new())
        .authenticator("mesh", Mesh)
        .operation(Operation::post("/orders-cert", by_certificate).authenticators(["certificate"]))
        .operation(Operation::post("/orders-user", by_user).authenticators(["mesh"]))
        .operation(Operation::post("/orders", by_anyone).public());
    app.registry(registry);
}
