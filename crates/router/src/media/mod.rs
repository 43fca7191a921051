//! Media types: those that are Rust types, so that the document knows them too, and how the others are read.

mod accept;
mod parse;
mod types;
mod weight;

pub use types::{AnyImage, Csv, Gif, Gzip, Html, Jpeg, OctetStream, Pdf, Png, Svg, Webp, Xml, Zip};

pub(crate) use accept::Accept;
pub(crate) use parse::{
    EVENTS, FORM, JSON, JSON_LINES, TEXT, essence, is_json, is_json_essence, is_json_name, is_name,
    is_one, is_utf8,
};
#[cfg(feature = "multipart")]
pub(crate) use parse::{MULTIPART, foreign_charset, is_in_range};
#[cfg(feature = "compression")]
pub(crate) use weight::thousandths;

/// A media type as a Rust type: that of a [`Binary`](crate::reply::Binary), and the one a [`File`](crate::extract::File) has to have.
///
/// Common ones are in [`media`](crate::media); another takes two lines.
///
/// ```
/// use purlin_router::{media::MediaType, reply::Binary};
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
/// An invalid name does not compile where it is used:
///
/// ```compile_fail
/// # use purlin_router::{media::MediaType, reply::Binary};
/// struct Wrong;
/// impl MediaType for Wrong {
///     const NAME: &'static str = "no media type";
/// }
/// let reply = Binary::<Wrong>::new(&b""[..]);
/// ```
pub trait MediaType: 'static {
    /// The name: `image/png`. For files it may be a range: `image/*`.
    const NAME: &'static str;
}

/// The media types a [`File`](crate::extract::File) may have: one, a tuple of several, or [`AnyMedia`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not the media types of a file",
    label = "not media types",
    note = "they are a `MediaType`, a tuple of up to four, or `AnyMedia`"
)]
pub trait MediaTypes: 'static {
    /// Returns their names; none for any media type.
    fn names() -> Vec<&'static str>;
}

/// Any media type.
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
