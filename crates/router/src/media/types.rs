//! Common media types.

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
