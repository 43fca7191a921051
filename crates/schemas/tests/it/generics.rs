//! Generic schemas: each is named by its arguments, so that one document can contain several of them.

use std::collections::{BTreeMap, HashMap};

use purlin_schemas::{
    CommaSeparated, Direction, JsonSchema, Schema, Validator, decode, describe, schema,
};

#[schema]
struct Todo {
    title: String,
}

#[schema]
struct User {
    name: String,
}

#[schema]
struct Page<T> {
    items: Vec<T>,
}

#[schema]
struct Pair<A, B> {
    first: A,
    second: Option<B>,
}

#[schema]
struct Grid<T, const N: usize> {
    size: [u8; 2],
    cell: T,
}

#[schema(rename = "{T}.Box-{N}")]
struct Boxed<T, const N: i8> {
    inside: T,
}

#[schema]
enum Either<L, R> {
    Left(L),
    Right { right: R },
}

#[schema]
#[serde(rename = "Named")]
struct Renamed<T> {
    value: T,
}

/// Returns the name of a type's schema.
fn name<T: Schema>() -> String {
    let root = describe::<T>(Direction::Output).unwrap().root;
    let reference = root["$ref"].as_str().unwrap();
    let name = reference.strip_prefix("#/components/schemas/").unwrap();
    name.to_owned()
}

#[test]
fn generic_schemas_are_named_by_their_arguments() {
    assert_eq!(name::<Page<Todo>>(), "PageOfTodo");
    assert_eq!(name::<Page<Page<User>>>(), "PageOfPageOfUser");
    assert_eq!(name::<Pair<Todo, User>>(), "PairOfTodoAndUser");
    assert_eq!(name::<Grid<Todo, 3>>(), "GridOfTodoAnd3");
    assert_eq!(name::<Either<Todo, bool>>(), "EitherOfTodoAndboolean");
}

#[test]
fn explicit_name_of_a_generic_schema_is_kept() {
    assert_eq!(name::<Boxed<Todo, -1>>(), "Todo.Box--1");
    assert_eq!(name::<Renamed<Todo>>(), "Named");
}

#[test]
fn names_are_valid_component_keys_for_any_argument() {
    let names = [
        name::<Page<u8>>(),
        name::<Page<f32>>(),
        name::<Page<()>>(),
        name::<Page<char>>(),
        name::<Page<String>>(),
        name::<Page<&'static str>>(),
        name::<Page<Box<Todo>>>(),
        name::<Page<Option<Vec<u8>>>>(),
        name::<Page<(u8, String)>>(),
        name::<Page<[u8; 4]>>(),
        name::<Page<BTreeMap<String, u8>>>(),
        name::<Page<HashMap<u8, Option<Todo>>>>(),
        name::<Page<std::collections::BTreeSet<i64>>>(),
        name::<Page<std::net::IpAddr>>(),
        name::<Page<std::time::Duration>>(),
        name::<Page<std::num::NonZeroU8>>(),
        name::<Page<serde_json::Value>>(),
        name::<Page<serde_json::Map<String, serde_json::Value>>>(),
        name::<Page<uuid::Uuid>>(),
        name::<Page<chrono::DateTime<chrono::Utc>>>(),
        name::<Page<jiff::civil::Date>>(),
        name::<Page<CommaSeparated<u8>>>(),
    ];
    for name in names {
        assert!(
            name.chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.'),
            "{name}"
        );
    }
}

#[test]
fn one_type_can_contain_several_instances_of_a_generic() {
    #[schema]
    struct Both {
        todos: Page<Todo>,
        users: Page<User>,
    }
    let described = describe::<Both>(Direction::Input).unwrap();
    let names: Vec<_> = described.definitions.keys().collect();
    assert_eq!(names, ["Both", "PageOfTodo", "PageOfUser", "Todo", "User"]);
    let both: Both =
        decode(br#"{"todos": {"items": [{"title": "a"}]}, "users": {"items": []}}"#).unwrap();
    assert_eq!(both.todos.items.len(), 1);
}

#[test]
fn name_conflict_lists_the_types_with_their_arguments() {
    #[schema]
    struct Both {
        one: Renamed<Todo>,
        other: Renamed<User>,
    }
    let error = Validator::of::<Both>().unwrap_err().to_string();
    assert_eq!(
        error,
        "two types have the schema name `Named`, `it::generics::Renamed<it::generics::Todo>` and \
         `it::generics::Renamed<it::generics::User>`; rename one with `#[schema(rename = \"…\")]`"
    );
}

#[test]
fn name_that_resembles_a_numbered_one_is_no_conflict() {
    #[schema]
    struct Todo2 {
        todo: Todo,
    }
    assert_eq!(name::<Todo2>(), "Todo2");
    // schemars itself would give this name to the other `Todo`.
    mod other {
        #[super::schema]
        pub(super) struct Todo {
            pub(super) other: super::Todo,
        }
    }
    let error = Validator::of::<other::Todo>().unwrap_err().to_string();
    assert!(
        error.contains("two types have the schema name `Todo`"),
        "{error}"
    );
    assert!(error.contains("other::Todo`"), "{error}");
}

#[test]
fn invalid_component_key_is_rejected() {
    #[derive(JsonSchema)]
    #[schemars(rename = "A <b>")]
    #[allow(dead_code, reason = "described only")]
    struct Odd {
        a: u8,
    }
    impl Schema for Odd {}
    let error = describe::<Page<Odd>>(Direction::Output).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("`PageOfA <b>` is not a valid schema name"),
        "{text}"
    );
    assert!(
        text.contains("`A <b>` is not a valid schema name"),
        "{text}"
    );
    assert!(text.contains("#[schema(rename = "), "{text}");
}
