//! The requests whose cost is compared, and those that have to be rejected by all programs.

use std::fmt::Write as _;

/// A request that is sent again and again.
pub(in crate::bench) struct Request {
    /// A short name, for the command line and the data of the charts.
    pub(in crate::bench) name: &'static str,
    /// What it is.
    pub(in crate::bench) what: &'static str,
    /// The status of the response.
    pub(in crate::bench) status: u16,
    /// The method and the path with its query.
    line: &'static str,
    fields: Vec<(&'static str, &'static str)>,
    body: Option<Vec<u8>>,
}

impl Request {
    fn get(name: &'static str, line: &'static str, what: &'static str) -> Self {
        Self {
            name,
            what,
            status: 200,
            line,
            fields: Vec::new(),
            body: None,
        }
    }

    fn post(
        name: &'static str,
        line: &'static str,
        what: &'static str,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        let body = Some(body.into());
        Self {
            body,
            ..Self::get(name, line, what)
        }
        .with("Content-Type", JSON)
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.fields.retain(|(other, _)| *other != name);
        self.fields.push((name, value));
        self
    }

    fn expect(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Returns whether the request is rejected.
    pub(in crate::bench) fn is_rejected(&self) -> bool {
        self.status >= 400
    }

    /// Returns the bytes of the request on a persistent connection.
    pub(in crate::bench) fn bytes(&self) -> Vec<u8> {
        self.with_fields(&self.fields, self.body.as_deref())
    }

    fn with_fields(&self, fields: &[(&str, &str)], body: Option<&[u8]>) -> Vec<u8> {
        let mut head = format!("{} HTTP/1.1\r\nHost: a\r\n", self.line);
        head.push_str("User-Agent: curl/8.5.0\r\nAccept: */*\r\n");
        for (name, value) in fields {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if let Some(body) = body {
            let _ = write!(head, "Content-Length: {}\r\n", body.len());
        }
        head.push_str("\r\n");
        [head.as_bytes(), body.unwrap_or_default()].concat()
    }

    /// Returns requests that differ in one thing, for which they are rejected, with their status.
    pub(in crate::bench) fn invalid(&self) -> Vec<(&'static str, u16, Vec<u8>)> {
        let mut invalid = Vec::new();
        let without = |name: &str| -> Vec<_> {
            let fields = self.fields.iter().copied();
            fields.filter(|(other, _)| *other != name).collect()
        };
        for (name, what) in [(KEY.0, "no key"), (TOKEN.0, "no token")] {
            if self.fields.iter().any(|(other, _)| *other == name) {
                let request = self.with_fields(&without(name), self.body.as_deref());
                invalid.push((what, 401, request));
            }
        }
        let Some(body) = &self.body else {
            return invalid;
        };
        let mut fields = without("Content-Type");
        fields.push(("Content-Type", "text/plain"));
        let request = self.with_fields(&fields, Some(body));
        invalid.push(("another media type", 415, request));
        if let Some(members) = body.strip_prefix(b"{") {
            let unknown = [br#"{"unknown":1,"#, members].concat();
            let request = self.with_fields(&self.fields, Some(&unknown));
            invalid.push(("an unknown field", 400, request));
            let cut = body.strip_suffix(b"}").unwrap_or(body);
            let request = self.with_fields(&self.fields, Some(cut));
            invalid.push(("JSON that ends too early", 400, request));
        }
        invalid
    }
}

const JSON: &str = "application/json";

const KEY: (&str, &str) = ("X-Api-Key", "0123456789abcdef0123456789abcdef");

/// A token that expires in the year 2100.
const TOKEN: (&str, &str) = (
    "Authorization",
    "Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJiZW5jaGVzIiwiZXhw\
     Ijo0MTAyNDQ0ODAwfQ.QFgY8tAkMRsXDtElK_xQoVoOEBrQ4X4Tq59652e6-Mc",
);

/// Returns the requests, in the order of the page.
pub(in crate::bench) fn all() -> Vec<Request> {
    let booking = r#"{"guest":"Ada Lovelace","email":"ada.lovelace@example.com","seats":4,"price":19.95,"vegetarian":true,"starts_at":"2026-12-24T18:30:00Z"}"#;
    let wrong = r#"{"guest":"","email":"ada.lovelace@example.com","seats":0,"price":-19.95,"vegetarian":true,"starts_at":"2026-12-24T18:30:00Z"}"#;
    let visit = r#"{"guest":"Ada Lovelace","email":"ada.lovelace@example.com","seats":4,"price":19.95,"vegetarian":true}"#;
    let transfer = r#"{"id":"8c5f2f4e-6d0e-4b61-9a43-1c3c1b5d7e21","from":"f81d4fae-7dec-41d0-a765-00a0c91e6bf6","to":"6ba7b810-9dad-41d1-80b4-00c04fd430c8","cents":129900,"note":"rent of December"}"#;
    let figure =
        r#"{"kind":"rectangle","x":12.5,"y":40.0,"width":200.0,"height":80.25,"label":"the barn"}"#;
    let invitation = r#"{"title":"Housewarming","seats":40,"street":"12 St James's Square","city":"London","zip":"12345"}"#;
    vec![
        Request::get("root", "GET /", "GET `/`, returning a one-field object"),
        Request::get(
            "query",
            "GET /items/4711?limit=50&verbose=true",
            "GET with a number in the path and two parameters in the query",
        ),
        Request::get(
            "lists",
            "GET /search?tag=barn&tag=roof&tag=oak&year=1998&year=2024&page=3",
            "GET with lists in the query",
        ),
        Request::get(
            "guarded",
            "GET /guarded",
            "GET with an API key and a header of a declared type",
        )
        .with(KEY.0, KEY.1)
        .with("X-Client-Version", "42"),
        Request::get("token", "GET /me", "GET with a JSON Web Token").with(TOKEN.0, TOKEN.1),
        Request::post(
            "date-time",
            "POST /bookings",
            "POST of 6 fields, one an optional date-time, with an API key, echoed with 201 and `Location`",
            booking,
        )
        .with(KEY.0, KEY.1)
        .expect(201),
        Request::post("plain", "POST /visits", "the same without the date-time", visit)
            .with(KEY.0, KEY.1)
            .expect(201),
        Request::post(
            "uuid",
            "POST /transfers",
            "POST of 5 fields, three of them UUIDs, echoed",
            transfer,
        ),
        Request::post(
            "tagged",
            "POST /figures",
            "POST of an enum with its tag among the fields, echoed",
            figure,
        ),
        Request::post(
            "flatten",
            "POST /invitations",
            "POST of a struct with a flattened one, echoed",
            invitation,
        ),
        Request::post("map", "POST /stock", "POST of a map of 12 numbers, echoed", stock()),
        Request::post(
            "order",
            "POST /orders",
            "POST of 14 fields in two levels, 310 bytes, echoed with 201",
            order("ada.lovelace@example.com", "3", "19.95", "12345", "Book"),
        )
        .expect(201),
        Request::post(
            "list",
            "POST /baskets",
            "POST of a list of 100 objects of 4 fields",
            basket(),
        ),
        Request::post("large", "POST /articles", "POST of a text of 64 KB", article()),
        Request::post(
            "multipart",
            "POST /files",
            "POST of a multipart form: a text, a number, and a file of 4 KB",
            form(),
        )
        .with("Content-Type", "multipart/form-data; boundary=----BoundaryOfTheForm"),
        Request::post(
            "3-violations",
            "POST /bookings",
            "POST of the 6 fields with 3 violations, all named",
            wrong,
        )
        .with(KEY.0, KEY.1)
        .expect(400),
        Request::post(
            "5-violations",
            "POST /orders",
            "POST of the 14 fields with 5 violations, all named",
            order("ada.lovelace.example", "0", "-1.5", "1234", "Tool"),
        )
        .expect(400),
    ]
}

fn stock() -> String {
    let articles: Vec<_> = [
        "anvil", "beam", "chisel", "drill", "easel", "file", "gimlet", "hammer", "iron", "jack",
        "kettle", "lathe",
    ]
    .iter()
    .zip(7..)
    .map(|(article, count)| format!(r#""{article}":{}"#, count * 13))
    .collect();
    format!(r#"{{"articles":{{{}}}}}"#, articles.join(","))
}

fn order(email: &str, quantity: &str, price: &str, zip: &str, kind: &str) -> String {
    format!(
        r#"{{"id":"ord-000123","customer":"Ada Lovelace","email":"{email}","quantity":{quantity},"price":{price},"express":true,"note":"leave it at the back door, behind the pots","address":{{"street":"12 St James's Square","city":"London","zip":"{zip}","country":"GB"}},"tags":["fragile","gift","blue"],"kind":"{kind}"}}"#
    )
}

fn basket() -> String {
    let line = |nth: u32| {
        let (quantity, price, gift) = (nth % 9 + 1, nth * 3, nth.is_multiple_of(7));
        format!(
            r#"{{"article":"article-{nth:04}","quantity":{quantity},"price":{price}.25,"gift":{gift}}}"#
        )
    };
    let lines: Vec<_> = (1..=100).map(line).collect();
    format!(r#"{{"lines":[{}]}}"#, lines.join(","))
}

/// A text with the line breaks and the letters outside ASCII that texts have.
fn article() -> String {
    let line =
        r"The purlin carries the rafters; so it is as long as the roof – café, naïve, Ærø.\n";
    let text = line.repeat(64 * 1024 / line.len());
    format!(r#"{{"title":"On roofs","tags":["oak","larch"],"text":"{text}"}}"#)
}

fn form() -> Vec<u8> {
    let part = |head: &str, body: &str| {
        format!(
            "------BoundaryOfTheForm\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n"
        )
    };
    let line = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\n";
    let file = "name=\"file\"; filename=\"plan.txt\"\r\nContent-Type: text/plain";
    let parts = [
        part("name=\"title\"", "Plan of the roof"),
        part("name=\"pages\"", "12"),
        part(file, &line.repeat(64)),
        "------BoundaryOfTheForm--\r\n".to_owned(),
    ];
    parts.concat().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_as_large_as_described() {
        assert_eq!(
            order("ada.lovelace@example.com", "3", "19.95", "12345", "Book").len(),
            310
        );
        assert!((64_000..66_000).contains(&article().len()));
        assert!(serde_json::from_str::<serde_json::Value>(&article()).is_ok());
        assert!(serde_json::from_str::<serde_json::Value>(&basket()).is_ok());
        assert!(serde_json::from_str::<serde_json::Value>(&stock()).is_ok());
    }
}
