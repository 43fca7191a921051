//! A multipart form by hand: a title, a number and a file, each once.

use serde::Serialize;

use crate::problem::Failure;

/// The parts received so far.
#[derive(Default)]
pub struct Form {
    title: Option<String>,
    pages: Option<u32>,
    file: Option<(String, usize)>,
}

/// What is known of an uploaded file.
#[derive(Serialize)]
pub struct Uploaded {
    title: String,
    pages: u32,
    name: String,
    bytes: usize,
}

impl Form {
    /// Adds a part.
    ///
    /// # Errors
    ///
    /// Returns a failure when the part is unknown, repeated, or of another type.
    pub fn add(&mut self, name: &str, file: Option<&str>, bytes: &[u8]) -> Result<(), Failure> {
        let wrong = |reason| Failure::Part(name.to_owned(), reason);
        let text = || std::str::from_utf8(bytes).map_err(|_| wrong("is not UTF-8"));
        let is_new = match (name, file) {
            ("title", None) => self.title.replace(text()?.to_owned()).is_none(),
            ("pages", None) => {
                let pages = text()?.parse().map_err(|_| wrong("is not a number"))?;
                self.pages.replace(pages).is_none()
            }
            ("file", Some(file)) => self.file.replace((file.to_owned(), bytes.len())).is_none(),
            ("title" | "pages" | "file", _) => return Err(wrong("is a file, or should be one")),
            _ => return Err(wrong("is unknown")),
        };
        is_new.then_some(()).ok_or_else(|| wrong("is repeated"))
    }

    /// Returns the whole form.
    ///
    /// # Errors
    ///
    /// Returns a failure when a part is missing or breaks a rule.
    pub fn finish(self) -> Result<Uploaded, Failure> {
        let missing = |name: &str| Failure::Part(name.to_owned(), "is required");
        let title = self.title.ok_or_else(|| missing("title"))?;
        let pages = self.pages.ok_or_else(|| missing("pages"))?;
        let (name, bytes) = self.file.ok_or_else(|| missing("file"))?;
        if !(1..=80).contains(&title.chars().count()) {
            return Err(Failure::Part("title".to_owned(), "has a wrong length"));
        }
        if pages == 0 {
            return Err(Failure::Part("pages".to_owned(), "is less than 1"));
        }
        Ok(Uploaded {
            title,
            pages,
            name,
            bytes,
        })
    }
}
