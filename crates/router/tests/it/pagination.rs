//! Pages of lists: their parameters, bodies and links.

use purlin_router::{
    Json, Operation, Registry, Router,
    extract::Query,
    openapi::Dialect,
    pagination::{ByCursor, ByOffset, CursorPage, Page, Paged},
    schema,
    testing::TestClient,
};
use serde_json::{Value, json};

const COUNT: u32 = 25;

async fn by_offset(page: Query<ByOffset<10, 20>>) -> Paged<Page<u32>> {
    let numbers = (0..COUNT).skip(page.offset() as usize);
    let items = numbers.take(page.limit() as usize).collect();
    page.paged(items, COUNT.into())
}

async fn of_unknown_length(page: Query<ByOffset<10, 20>>) -> Paged<Page<u32>> {
    page.paged_with_more(vec![1], page.offset() < 20)
}

#[schema(request)]
struct Search {
    text: Option<String>,
    #[serde(flatten)]
    page: ByOffset<10, 20>,
}

#[schema(response)]
struct Found {
    found: Vec<u32>,
}

async fn search(search: Query<Search>) -> Paged<Found> {
    let length = search.text.as_ref().map_or(0, String::len);
    Paged::new(Found { found: vec![] }, search.page.links(length as u64))
}

/// Sorted by name, then by id.
#[schema]
struct Position {
    name: String,
    id: u32,
}

async fn by_cursor(page: Query<ByCursor<Position, 2, 3>>) -> Paged<CursorPage<u32, Position>> {
    let after = page.after().map_or(0, |position| position.id);
    let items = (after + 1..=5).take(page.limit() as usize + 1).collect();
    page.paged_by(items, |id| Position {
        name: "ä".to_owned(),
        id: *id,
    })
}

async fn endless(page: Query<ByCursor<String, 1, 1>>) -> Paged<CursorPage<u32, String>> {
    page.paged(vec![1], Some("x".repeat(2000)))
}

fn api() -> Router {
    let operations = [
        Operation::get("/offset", by_offset).operation_id("by_offset"),
        Operation::get("/unknown", of_unknown_length),
        Operation::get("/search", search),
        Operation::get("/cursor", by_cursor),
        Operation::get("/endless", endless),
        Operation::get("/plain", async || Json(1)).operation_id("plain"),
    ];
    let registry = Registry::new("Lists", "1");
    let registry = operations.into_iter().fold(registry, Registry::operation);
    registry.build().unwrap()
}

fn links(path: &str) -> String {
    let response = TestClient::new(&api()).get(path).send();
    assert_eq!(response.status(), 200, "{path}");
    response.header("link").unwrap_or_default().to_owned()
}

#[test]
fn page_by_offset_has_links_to_those_beside_it() {
    for (path, expected) in [
        (
            "/offset",
            "<?offset=0&limit=10>; rel=\"first\", <?offset=10&limit=10>; rel=\"next\", <?offset=20&limit=10>; rel=\"last\"",
        ),
        (
            "/offset?offset=20",
            "<?offset=0&limit=10>; rel=\"first\", <?offset=10&limit=10>; rel=\"prev\", <?offset=20&limit=10>; rel=\"last\"",
        ),
        (
            "/offset?limit=20&offset=5",
            "<?offset=0&limit=20>; rel=\"first\", <?offset=0&limit=20>; rel=\"prev\", <?offset=5&limit=20>; rel=\"last\"",
        ),
        (
            "/unknown",
            "<?offset=0&limit=10>; rel=\"first\", <?offset=10&limit=10>; rel=\"next\"",
        ),
        (
            "/unknown?offset=20",
            "<?offset=0&limit=10>; rel=\"first\", <?offset=10&limit=10>; rel=\"prev\"",
        ),
        (
            "/offset?offset=1000000&limit=1",
            "<?offset=0&limit=1>; rel=\"first\", <?offset=999999&limit=1>; rel=\"prev\", <?offset=24&limit=1>; rel=\"last\"",
        ),
    ] {
        assert_eq!(links(path), expected, "{path}");
    }
}

#[test]
fn links_keep_the_other_parameters_as_they_were_sent() {
    assert_eq!(
        links("/search?limit=20&text=a%26b+%C3%A4&%6Fffset=0"),
        "<?text=a%26b+%C3%A4&offset=0&limit=20>; rel=\"first\", <?text=a%26b+%C3%A4&offset=0&limit=20>; rel=\"last\""
    );
    // The last page of a list that ends before this page is the first one.
    assert!(
        links("/search?limit=20&offset=25&text=abc")
            .ends_with("<?text=abc&offset=0&limit=20>; rel=\"last\"")
    );
    assert_eq!(links("/search"), "<?offset=0&limit=10>; rel=\"first\"");
}

#[test]
fn every_page_by_cursor_leads_to_the_next_one() {
    let client = TestClient::new(&api());
    let mut path = "/cursor".to_owned();
    let mut items = Vec::new();
    loop {
        let response = client.get(&path).send();
        let page: CursorPage<u32, Position> = response.json();
        let body: Value = response.json();
        items.push(page.items);
        let link = response.header("link").unwrap();
        let Some(next) = body["next"].as_str() else {
            assert!(!link.contains("next"), "{link}");
            break;
        };
        let target = format!("?after={next}&limit=2");
        assert!(
            link.contains(&format!("<{target}>; rel=\"next\"")),
            "{link}"
        );
        path = format!("/cursor{target}");
    }
    assert_eq!(items, [vec![1, 2], vec![3, 4], vec![5]]);
}

#[test]
fn example_of_a_cursor_is_a_cursor_of_the_list() {
    let api = api();
    let document: Value = serde_json::from_str(&api.document().to_json(Dialect::V3_1)).unwrap();
    let parameters = document["paths"]["/cursor"]["get"]["parameters"].as_array();
    let after = parameters.unwrap().iter().find(|it| it["name"] == "after");
    let example = after.unwrap()["schema"]["examples"][0].as_str().unwrap();
    let client = TestClient::new(&api);
    let page = client.get(&format!("/cursor?after={example}")).send();
    assert_eq!(page.status(), 200, "{example}: {}", page.text());
}

#[test]
fn values_beyond_the_limits_of_the_type_are_violations() {
    let client = TestClient::new(&api());
    for (path, pointer) in [
        ("/offset?limit=0", "/limit"),
        ("/offset?limit=21", "/limit"),
        ("/offset?offset=-1", "/offset"),
        ("/offset?offset=1000001", "/offset"),
        ("/search?limit=21", "/limit"),
        ("/cursor?limit=4", "/limit"),
        ("/cursor?after=", "/after"),
        ("/cursor?after=%3D", "/after"),
        ("/cursor?after=e30", "/after"),
        ("/cursor?after=bm8", "/after"),
    ] {
        let response = client.get(path).send();
        assert_eq!(response.status(), 400, "{path}");
        let body: Value = response.json();
        assert_eq!(body["violations"][0]["pointer"], pointer, "{path}: {body}");
    }
}

#[test]
fn cursor_that_is_too_long_is_a_failure_of_the_server() {
    let response = TestClient::new(&api()).get("/endless").send();
    assert_eq!(response.status(), 500);
    assert_eq!(response.header("link"), None);
}

#[test]
fn document_has_the_limits_and_the_links() {
    for dialect in [Dialect::V3_1, Dialect::V3_0, Dialect::V2_0] {
        let document = api().document().to_value(dialect);
        let operation = &document["paths"]["/offset"]["get"];
        let limit = match dialect {
            Dialect::V2_0 => &operation["parameters"][0],
            _ => &operation["parameters"][0]["schema"],
        };
        assert_eq!(limit["default"], 10, "{dialect:?}");
        assert_eq!(limit["maximum"], 20, "{dialect:?}");
        assert!(operation["responses"]["200"]["headers"]["Link"].is_object());
    }
    let document = api().document().to_value(Dialect::V3_1);
    let parameter = &document["paths"]["/cursor"]["get"]["parameters"][0];
    assert_eq!(parameter["schema"]["maxLength"], json!(1024));
    assert_ne!(parameter["required"], json!(true));
}
