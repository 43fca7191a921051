//! Media types known when the program is compiled, so that the document knows them too.

/// A media type with a name for Rust: what a [`Binary`](crate::Binary) is of, and what a [`File`](crate::File) has to
/// be of.
///
/// Common ones are in [`media_types`](crate::media_types); another one is two lines.
///
/// ```
/// use purlin_router::{Binary, MediaType};
///
/// struct Wav;
///
/// impl MediaType for Wav {
///     const NAME: &'static str = "audio/wav";
/// }
///
/// async fn bell() -> Binary<Wav> {
///     Binary::new(&b"RIFF"[..])
/// }
/// ```
///
/// A name that is none does not compile where it is used:
///
/// ```compile_fail
/// # use purlin_router::{Binary, MediaType};
/// struct Wrong;
/// impl MediaType for Wrong {
///     const NAME: &'static str = "no media type";
/// }
/// let reply = Binary::<Wrong>::new(&b""[..]);
/// ```
pub trait MediaType: 'static {
    /// Its name: `image/png`. The types a file has to be of may have a star for the second half: `image/*`.
    const NAME: &'static str;
}

/// The media types a [`File`](crate::File) may be of: one, a tuple of several, or [`AnyMedia`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not the media types a file may be of",
    label = "not media types",
    note = "they are a `MediaType`, a tuple of up to four, or `AnyMedia`"
)]
pub trait MediaTypes: 'static {
    /// Their names; none for any.
    fn names() -> Vec<&'static str>;
}

/// Whatever a client says a file is.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnyMedia;

impl MediaTypes for AnyMedia {
    fn names() -> Vec<&'static str> {
        Vec::new()
    }
}

#[diagnostic::do_not_recommend]
impl<M: MediaType> MediaTypes for M {
    fn names() -> Vec<&'static str> {
        const {
            assert!(
                is_name(M::NAME),
                "the name of a media type is `type/subtype`"
            )
        }
        vec![M::NAME]
    }
}

macro_rules! several {
    ($($media:ident)+) => {
        #[diagnostic::do_not_recommend]
        impl<$($media: MediaType),+> MediaTypes for ($($media,)+) {
            fn names() -> Vec<&'static str> {
                [$($media::names()),+].concat()
            }
        }
    };
}

several!(A B);
several!(A B C);
several!(A B C D);

/// Whether a text is `type/subtype` (RFC 6838 section 4.2).
pub(crate) const fn is_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut slashes = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'/' if at > 0 && at + 1 < bytes.len() => slashes += 1,
            b'!' | b'#' | b'$' | b'&' | b'-' | b'^' | b'_' | b'.' | b'+' | b'*' => {}
            byte if byte.is_ascii_alphanumeric() => {}
            _ => return false,
        }
        at += 1;
    }
    slashes == 1
}

/// Common media types.
pub mod media_types {
    use super::MediaType;

    macro_rules! media_types {
        ($($name:ident $media_type:literal),+ $(,)?) => {$(
            #[doc = concat!("`", $media_type, "`")]
            #[derive(Clone, Copy, Debug, Default)]
            pub struct $name;

            impl MediaType for $name {
                const NAME: &'static str = $media_type;
            }
        )+};
    }

    media_types! {
        OctetStream "application/octet-stream",
        Pdf "application/pdf",
        Zip "application/zip",
        Gzip "application/gzip",
        Xml "application/xml",
        Csv "text/csv",
        Html "text/html",
        Gif "image/gif",
        Jpeg "image/jpeg",
        Png "image/png",
        Svg "image/svg+xml",
        Webp "image/webp",
        AnyImage "image/*",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_two_halves() {
        for name in ["image/png", "image/*", "application/vnd.api+json"] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "", "/", "image", "image/", "/png", "a/b/c", "a b/c", "a/b;c=d",
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
