//! What stands for a file in a declared type.

use std::{borrow::Cow, fmt, fs, io, marker::PhantomData, path::Path, path::PathBuf, sync::Arc};

use actix_web::web::{self, Bytes};
use purlin_schemas::{
    __router::{FileRules, file_schema},
    JsonSchema, Schema,
    schemars::{self, SchemaGenerator},
};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::received::{self, Content, Received};
use crate::media::{AnyMedia, MediaTypes};

/// A file of a [`Multipart`](crate::extract::Multipart) body, stored on the disk as it came in, and deleted when this is dropped.
///
/// `File` is of any media type; `File<Png>` and `File<(Png, Jpeg)>` are of those alone. That goes by what the client
/// states: the content is not inspected.
///
/// How large it may be is a matter of [`Uploads`](crate::extract::Uploads).
pub struct File<M = AnyMedia> {
    received: Arc<Received>,
    media: PhantomData<fn() -> M>,
}

/// A file of a [`Multipart`](crate::extract::Multipart) body, kept in memory. It counts with the operation's body limit.
///
/// ```
/// use purlin_router::{schema, extract::{InMemory, Multipart}, media::Csv, reply::Text};
///
/// #[schema(request)]
/// struct Import {
///     table: InMemory<Csv>,
/// }
///
/// async fn import(import: Multipart<Import>) -> Text {
///     Text::new(String::from_utf8_lossy(import.table.bytes()).into_owned())
/// }
/// ```
pub struct InMemory<M = AnyMedia> {
    received: Arc<Received>,
    media: PhantomData<fn() -> M>,
}

impl<M> File<M> {
    /// Where it is, until this is dropped.
    #[must_use]
    pub fn path(&self) -> &Path {
        match &self.received.content {
            Content::Stored(path) => path,
            // It was looked at when this was made.
            Content::Held(_) => Path::new(""),
        }
    }

    /// The whole file, read on a blocking thread.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub async fn read(&self) -> io::Result<Bytes> {
        let path = self.path().to_owned();
        let bytes = web::block(move || fs::read(path)).await;
        bytes.map_err(io::Error::other).flatten().map(Bytes::from)
    }

    /// Moves the file to where it is to stay, in place of what is there. Between file systems it is copied.
    ///
    /// Only the server's user can read it, as with any temporary file.
    ///
    /// # Errors
    ///
    /// The disk's; the file is gone then.
    pub async fn keep(self, path: impl Into<PathBuf>) -> io::Result<()> {
        let path = path.into();
        let kept = web::block(move || keep(self.received, &path)).await;
        kept.map_err(io::Error::other).flatten()
    }
}

fn keep(received: Arc<Received>, to: &Path) -> io::Result<()> {
    let from = match Arc::try_unwrap(received) {
        Ok(Received {
            content: Content::Stored(from),
            ..
        }) => from,
        Ok(_) => return Err(not_stored()),
        Err(shared) => {
            let Content::Stored(from) = &shared.content else {
                return Err(not_stored());
            };
            return fs::copy(from, to).map(drop);
        }
    };
    match from.persist(to) {
        Ok(()) => Ok(()),
        Err(failed) if failed.error.kind() == io::ErrorKind::CrossesDevices => {
            fs::copy(&failed.path, to).map(drop)
        }
        Err(failed) => Err(failed.error),
    }
}

/// The error of a file in memory, which no [`File`] is.
fn not_stored() -> io::Error {
    io::Error::other("the file is in memory")
}

impl<M> InMemory<M> {
    /// The whole file.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        static NONE: Bytes = Bytes::new();
        match &self.received.content {
            Content::Held(bytes) => bytes,
            // It was looked at when this was made.
            Content::Stored(_) => &NONE,
        }
    }
}

const NO_FILE: &str = "a file comes in `multipart/form-data`";

/// Takes the file of a number.
struct Number;

impl Visitor<'_> for Number {
    type Value = Arc<Received>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the number of a file")
    }

    fn visit_str<E: Error>(self, number: &str) -> Result<Arc<Received>, E> {
        received::file(number).ok_or_else(|| E::custom(NO_FILE))
    }
}

macro_rules! stands_for_a_file {
    ($name:ident, $title:literal, $content:pat, in_memory: $in_memory:literal) => {
        impl<M> $name<M> {
            /// Its name, as the client sent it: anything at all. For use in paths there is
            /// [`safe_name`](Self::safe_name).
            #[must_use]
            pub fn name(&self) -> Option<&str> {
                self.received.name.as_deref()
            }

            /// Its name without folders, control characters, leading dots and whatever else has a meaning in paths;
            /// at most 255 bytes. `None` when nothing is left.
            #[must_use]
            pub fn safe_name(&self) -> Option<String> {
                self.name().and_then(safe_name)
            }

            /// The media type the client says it is of.
            #[must_use]
            pub fn content_type(&self) -> Option<&str> {
                self.received.content_type.as_deref()
            }

            /// How many bytes it has.
            #[must_use]
            pub fn size(&self) -> u64 {
                self.received.size
            }
        }

        impl<M> fmt::Debug for $name<M> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("name", &self.name())
                    .field("content_type", &self.content_type())
                    .field("size", &self.size())
                    .finish_non_exhaustive()
            }
        }

        impl<'de, M> Deserialize<'de> for $name<M> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let received = deserializer.deserialize_str(Number)?;
                match received.content {
                    $content => Ok(Self {
                        received,
                        media: PhantomData,
                    }),
                    _ => Err(D::Error::custom(NO_FILE)),
                }
            }
        }

        impl<M: MediaTypes> JsonSchema for $name<M> {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                $title.into()
            }

            fn schema_id() -> Cow<'static, str> {
                format!("{}::{}<{:?}>", module_path!(), $title, M::names()).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> schemars::Schema {
                file_schema(&FileRules {
                    media_types: M::names().into_iter().map(ToOwned::to_owned).collect(),
                    in_memory: $in_memory,
                })
            }
        }

        impl<M: MediaTypes> Schema for $name<M> {}
    };
}

stands_for_a_file!(File, "File", Content::Stored(_), in_memory: false);
stands_for_a_file!(InMemory, "InMemory", Content::Held(_), in_memory: true);

fn safe_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut safe: String = last
        .chars()
        .filter(|character| !character.is_control() && !r#"<>:"|?*"#.contains(*character))
        .collect();
    let start = safe.len() - safe.trim_start_matches(['.', ' ']).len();
    safe.drain(..start);
    while safe.len() > 255 || safe.ends_with(['.', ' ']) {
        safe.pop();
    }
    (!safe.is_empty()).then_some(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_means_something_in_paths() {
        let cases = [
            ("a.png", Some("a.png")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\Users\\ada\\a.png", Some("a.png")),
            (".htaccess", Some("htaccess")),
            ("..", None),
            ("a/", None),
            ("a\0b\r\nc.txt", Some("abc.txt")),
            ("Æther 7.pdf", Some("Æther 7.pdf")),
            ("con:x. ", Some("conx")),
        ];
        for (name, expected) in cases {
            assert_eq!(safe_name(name).as_deref(), expected, "{name:?}");
        }
        let long = safe_name(&"é".repeat(300)).expect("a name");
        assert_eq!(long.len(), 254);
    }
}
