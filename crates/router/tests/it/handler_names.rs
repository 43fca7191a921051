//! Handlers may have any name: it conflicts neither with generated code nor with
//! other items of the module.

use purlin_router::{Registry, testing::TestClient};

use crate::support;

/// Handlers with common names of variables, beside every item that the macros
/// generate code for.
mod api {
    use std::collections::BTreeMap;

    use purlin_router::{
        ApiError, Json, Operation, Reply, delete,
        extract::{Path, Query},
        get, patch, post, put,
        reply::{Created, NoContent},
        schema,
    };

    macro_rules! handlers {
        ($($name:ident)+) => {$(
            #[get("/plain")]
            pub(super) async fn $name() -> NoContent {
                NoContent
            }
        )+

            pub(super) const ALL: &[(&str, fn() -> Operation)] = &[
                $((stringify!($name), $name)),+
            ];
        };
    }

    handlers! {
        text schema inner responses describe context e value report at request reply
        error status code check item items index key name field fields other result
        generator map_schema object struct_default formatter deserializer serializer
        __value visitor state err ok t f s x i v this response r#type r#fn r#match
        string option vec serde serde_json schemars actix_web drop from into
    }

    /// Every rule that fields and items can have.
    #[schema]
    pub(super) struct Ruled {
        #[garde(prefix("a"), length(min = 1))]
        prefixed: String,
        #[garde(suffix("a"))]
        suffixed: Option<String>,
        #[garde(contains("a"))]
        containing: Option<String>,
        #[garde(ascii)]
        plain: Option<String>,
        #[garde(pattern("^a"))]
        patterned: Option<String>,
        #[garde(email)]
        email: Option<String>,
        #[garde(ip)]
        ip: Option<String>,
        #[garde(required)]
        required: Option<String>,
        #[garde(custom(odd))]
        custom: Option<i64>,
        #[garde(length(min = 1), inner(length(min = 1), prefix("a")))]
        inner: Vec<String>,
        #[garde(inner(inner(range(min = 1))))]
        nested: Vec<Vec<i64>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        never_null: Option<i64>,
        #[serde(default)]
        by_key: BTreeMap<String, i64>,
    }

    fn odd(number: &Option<i64>, _: &()) -> Result<(), &'static str> {
        match number {
            Some(even) if even % 2 == 0 => Err("must be odd"),
            _ => Ok(()),
        }
    }

    #[schema]
    #[serde(tag = "kind", rename_all = "snake_case")]
    pub(super) enum Tagged {
        Unit,
        Named {
            #[garde(range(min = 1))]
            value: i64,
        },
    }

    #[schema(request)]
    #[serde(try_from = "Ruled")]
    pub(super) struct Converted(#[allow(dead_code, reason = "only converted")] String);

    impl TryFrom<Ruled> for Converted {
        type Error = String;

        fn try_from(value: Ruled) -> Result<Self, String> {
            Ok(Self(value.prefixed))
        }
    }

    #[schema]
    pub(super) struct Page<T> {
        items: Vec<T>,
    }

    #[derive(Debug, thiserror::Error, ApiError)]
    pub(super) enum Deep {
        #[error("gone: {0}")]
        #[status(410)]
        Gone(String),
    }

    #[derive(Debug, thiserror::Error, ApiError)]
    pub(super) enum Failure {
        #[error("not here")]
        #[status(404)]
        NotHere,
        #[error(transparent)]
        #[status(transparent)]
        Deep(#[from] Deep),
        #[error("deep within")]
        #[status(transparent)]
        Within { inner: Deep },
    }

    #[derive(Reply)]
    pub(super) enum BodyReply {
        Page(Json<Page<Tagged>>),
        Made {
            reply: Created<Page<u8>>,
        },
        /// Nothing to return.
        #[status(204)]
        Nothing,
    }

    #[schema(request)]
    pub(super) struct Numbers {
        #[garde(range(min = 1))]
        page: Option<i64>,
    }

    /// A handler with the name of its argument.
    #[get("/page", tags = ["pages"])]
    pub(super) async fn page(page: Query<Numbers>) -> Result<Json<Page<Tagged>>, Failure> {
        match page.page {
            None => Err(Failure::NotHere),
            Some(1) => Err(Deep::Gone("one".to_owned()).into()),
            Some(2) => Err(Failure::Within {
                inner: Deep::Gone("two".to_owned()),
            }),
            Some(value) => Ok(Json(Page {
                items: vec![Tagged::Named { value }, Tagged::Unit],
            })),
        }
    }

    #[post("/body/{id}")]
    pub(super) async fn body(id: Path<i64>, body: Json<Ruled>) -> BodyReply {
        match *id {
            0 => BodyReply::Nothing,
            1 => BodyReply::Page(Json(Page { items: Vec::new() })),
            _ => BodyReply::Made {
                reply: Created::new(Page {
                    items: body.into_inner().prefixed.into_bytes(),
                }),
            },
        }
    }

    #[put("/converted")]
    pub(super) async fn converted(converted: Json<Converted>) -> NoContent {
        drop_it(converted.into_inner());
        NoContent
    }

    #[patch("/self")]
    pub(super) async fn r#self_() -> NoContent {
        NoContent
    }

    #[delete("/loop")]
    pub(super) async fn r#loop() -> NoContent {
        // Patterns bind variables instead of referring to the handler `e`.
        let e: Result<i64, i64> = Err(1);
        match e {
            Ok(value) => drop_it(value),
            Err(e) => drop_it(e),
        }
        NoContent
    }

    fn drop_it<T>(_: T) {}
}

#[test]
fn handlers_of_any_name_are_declared_and_respond() {
    let registry = Registry::new("Names", "1")
        .operation(api::page)
        .operation(api::body)
        .operation(api::converted)
        .operation(api::self_)
        .operation(api::r#loop);
    let client = support::client(&registry);
    assert_eq!(client.get("/page").send().status(), 404);
    assert_eq!(client.get("/page?page=1").send().status(), 410);
    assert_eq!(client.get("/page?page=2").send().status(), 410);
    assert_eq!(client.get("/page?page=3").send().status(), 200);
    assert_eq!(client.get("/page?page=0").send().status(), 400);
    assert_eq!(client.delete("/loop").send().status(), 204);
    for (name, declare) in api::ALL {
        let router = support::router(&Registry::new("Names", "1").operation(declare));
        let ids: Vec<_> = router
            .operations()
            .map(|one| one.operation_id().to_owned())
            .collect();
        assert_eq!(ids, [name.trim_start_matches("r#")]);
        assert_eq!(TestClient::new(&router).get("/plain").send().status(), 204);
    }
}

/// A declared handler is a function that returns its operation, and can be called.
#[test]
fn handler_is_a_value_and_can_be_called() {
    let _ = Registry::new("Names", "1").operation(api::e());
    let text: fn() -> purlin_router::Operation = api::text;
    assert!(Registry::new("Names", "1").operation(text).build().is_ok());
    let mut response = std::pin::pin!(api::r#type::call());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(std::future::Future::poll(response.as_mut(), &mut context).is_ready());
}
