//! Responses and headers that several operations have are components.

use purlin_openapi::{
    Dialect, Document, Header, Info, MediaType, Method, Operation, Response, Schema,
};
use serde_json::{Value, json};

fn error(description: &str) -> Response {
    let mut response = Response::new(description);
    let schema = Schema(json!({"type": "string"}));
    let content = MediaType::new(schema.clone()).example("too much");
    response.content.insert("text/plain".to_owned(), content);
    let header = Header::new(schema).description("When.").required();
    response.headers.insert("Retry-After".to_owned(), header);
    response
}

/// A document of operations that have these responses.
fn document(operations: &[&[(&str, Response)]]) -> Document {
    let mut document = Document::new(Info::new("Shared", "1"));
    for (nth, responses) in operations.iter().enumerate() {
        let mut operation = Operation::new(format!("op{nth}"));
        let responses = responses.iter();
        operation.responses = responses
            .map(|(status, it)| ((*status).to_owned(), it.clone()))
            .collect();
        document.operation(format!("/{nth}"), Method::Get, operation);
    }
    document
}

fn response<'v>(written: &'v Value, path: &str, status: &str) -> &'v Value {
    &written["paths"][path]["get"]["responses"][status]
}

#[test]
fn response_of_three_operations_is_a_component_in_every_dialect() {
    let busy = [("503", error("Busy."))];
    let document = document(&[&busy, &busy, &busy]);
    for (dialect, at, reference) in [
        (
            Dialect::V3_1,
            "/components/responses",
            "#/components/responses/ServiceUnavailable",
        ),
        (
            Dialect::V3_0,
            "/components/responses",
            "#/components/responses/ServiceUnavailable",
        ),
        (
            Dialect::V2_0,
            "/responses",
            "#/responses/ServiceUnavailable",
        ),
    ] {
        let written = document.to_value(dialect);
        for path in ["/0", "/1", "/2"] {
            let expected = json!({"$ref": reference});
            assert_eq!(*response(&written, path, "503"), expected, "{dialect}");
        }
        let shared = written.pointer(at).unwrap();
        assert_eq!(shared.as_object().unwrap().len(), 1, "{dialect}");
        let shared = &shared["ServiceUnavailable"];
        assert_eq!(shared["description"], "Busy.");
        let header = &shared["headers"]["Retry-After"];
        match dialect {
            // Swagger 2.0 has no components for headers.
            Dialect::V2_0 => assert_eq!(header["description"], "When."),
            _ => {
                let reference = "#/components/headers/Retry-After";
                assert_eq!(*header, json!({"$ref": reference}));
                let header = &written["components"]["headers"]["Retry-After"];
                assert_eq!(header["required"], true);
            }
        }
    }
}

#[test]
fn responses_of_two_operations_and_successes_stay_in_place() {
    let (ok, busy) = (("200", error("Ok.")), ("503", error("Busy.")));
    let both = [ok.clone(), busy];
    let written = document(&[&both, &both, &[ok]]).to_value(Dialect::V3_1);
    assert_eq!(response(&written, "/0", "503")["description"], "Busy.");
    assert_eq!(response(&written, "/0", "200")["description"], "Ok.");
    assert!(written["components"]["responses"].is_null());
}

#[test]
fn different_responses_of_a_status_have_numbered_names() {
    let (one, two) = (("418", error("One.")), ("418", error("Two.")));
    let operations = [&[one][..], &[two][..]];
    let operations: Vec<_> = operations.into_iter().cycle().take(6).collect();
    let written = document(&operations).to_value(Dialect::V3_1);
    for (path, name, description) in [("/0", "ImATeapot", "One."), ("/1", "ImATeapot2", "Two.")] {
        let reference = format!("#/components/responses/{name}");
        let expected = json!({"$ref": reference});
        assert_eq!(*response(&written, path, "418"), expected);
        let shared = &written["components"]["responses"][name];
        assert_eq!(shared["description"], description);
    }
}
