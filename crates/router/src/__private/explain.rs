//! Why an argument or a reply of a handler does not fit, in one error that names the type to change.
//!
//! The attributes of operations emit, for each argument and for the reply, `(&&&&&Incoming::<T>::new().fits()).explain()`.
//! Method calls choose among implementations by what holds: `fits` is the inherent method where `T` is an extractor, and
//! then `explain` does nothing. Otherwise the implementations of `explain` are tried from the one with the most
//! references to the one with the fewest; each requires a bound that does not hold, and the message of that bound is
//! what the compiler reports.

use std::marker::PhantomData;

use purlin_schemas::Schema;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::ApiError,
    extract,
    extractor::Extractor,
    json::Json,
    pagination::Paged,
    replies::{Accepted, Created, EventStream, Reply},
};

/// An argument of a handler.
#[derive(Debug)]
pub struct Incoming<T>(PhantomData<T>);

/// The reply of a handler.
#[derive(Debug)]
pub struct Output<T>(PhantomData<T>);

/// An argument or a reply that fits.
#[derive(Debug)]
pub struct Fit;

/// An argument or a reply that does not fit; `K` is [`Incoming`] or [`Output`].
#[derive(Debug)]
pub struct Unfit<T, K>(PhantomData<(T, K)>);

impl Fit {
    pub fn explain(&self) {}
}

macro_rules! fits {
    ($name:ident: $bound:ident else $unfit:ident) => {
        impl<T> $name<T> {
            #[allow(clippy::new_without_default, reason = "called by generated code alone")]
            pub const fn new() -> Self {
                Self(PhantomData)
            }
        }

        impl<T: $bound> $name<T> {
            pub const fn fits(self) -> Fit {
                Fit
            }
        }

        pub trait $unfit<T>: Sized {
            fn fits(self) -> Unfit<T, Self> {
                Unfit(PhantomData)
            }
        }

        impl<T> $unfit<T> for $name<T> {}
    };
}

fits!(Incoming: Extractor else UnfitArgument);
fits!(Output: Reply else UnfitOutput);

/// An extractor or a reply around a value of a declared type.
pub trait Carrier {
    /// The type of the value.
    type Content;
}

macro_rules! carriers {
    ($($carrier:ty),+ $(,)?) => {$(
        impl<T> Carrier for $carrier {
            type Content = T;
        }
    )+};
}

carriers!(
    Json<T>,
    Accepted<T>,
    Created<T>,
    EventStream<T>,
    Paged<T>,
    extract::Cookies<T>,
    extract::Form<T>,
    extract::Headers<T>,
    extract::Path<T>,
    extract::Query<T>,
);

#[cfg(feature = "multipart")]
carriers!(extract::Multipart<T>);

impl<C: Carrier> Carrier for Option<C> {
    type Content = C::Content;
}

#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a request: it, or a type in it, is declared for responses only",
    label = "not read",
    note = "declare it with `#[schema]` for both directions, or with `#[schema(request)]`"
)]
pub trait Read {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Read for T {}

#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written in a response: it, or a type in it, is declared for requests only",
    label = "not written",
    note = "declare it with `#[schema]` for both directions, or with `#[schema(response)]`"
)]
pub trait Written {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Written for T {}

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an argument a handler can take",
    label = "a value, and no extractor",
    note = "take it from the body with `Json<{Self}>` or `Form<{Self}>`, from the path with `Path<{Self}>`, or from the query with `Query<{Self}>`"
)]
pub trait ValueAsArgument {}

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reply a handler can give",
    label = "a value, and no reply",
    note = "return `Json<{Self}>`; `Text` for a text, `Created<{Self}>` for a new resource, `NoContent` for nothing"
)]
pub trait ValueAsReply {}

/// Declares the levels of explanation: of which `T` one speaks, and the bound that does not hold.
macro_rules! levels {
    ($($level:ident: [$($of:tt)*] [$($receiver:tt)+] [$($required:tt)+];)+) => {$(
        pub trait $level<T: $($of)*> {
            fn explain(self)
            where
                $($required)+;
        }

        impl<T: $($of)*> $level<T> for $($receiver)+ {
            fn explain(self)
            where
                $($required)+,
            {
            }
        }
    )+};
}

levels! {
    // The value has everything it needs, so something else of the extractor is missing.
    ArgumentOfASchema: [Carrier<Content: Schema + DeserializeOwned>] [&&&&&Unfit<T, Incoming<T>>] [T: Extractor];
    ContentIsRead: [Carrier<Content: Schema>] [&&&&Unfit<T, Incoming<T>>] [T::Content: Read];
    ContentOfAnArgument: [Carrier] [&&&Unfit<T, Incoming<T>>] [T::Content: Schema];
    ArgumentIsAnExtractor: [Schema] [&&Unfit<T, Incoming<T>>] [T: ValueAsArgument];
    AnyArgument: [] [&Unfit<T, Incoming<T>>] [T: Extractor];

    ReplyOfASchema: [Carrier<Content: Schema + Serialize>] [&&&&&Unfit<T, Output<T>>] [T: Reply];
    ContentIsWritten: [Carrier<Content: Schema>] [&&&&Unfit<T, Output<T>>] [T::Content: Written];
    ContentOfAReply: [Carrier] [&&&Unfit<T, Output<T>>] [T::Content: Schema];
    OutputIsAReply: [Schema] [&&Unfit<T, Output<T>>] [T: ValueAsReply];
    AnyReply: [] [&Unfit<T, Output<T>>] [T: Reply];
}

/// The traits whose methods are called, without their names.
pub mod methods {
    pub use super::{
        AnyArgument as _, AnyReply as _, ArgumentIsAnExtractor as _, ArgumentOfASchema as _,
        ContentIsRead as _, ContentIsWritten as _, ContentOfAReply as _, ContentOfAnArgument as _,
        OutputIsAReply as _, ReplyOfASchema as _, UnfitArgument as _, UnfitOutput as _,
        UnfitResult as _,
    };
}

/// A reply that looks like a `Result`, whose types are explained each by itself.
#[derive(Debug)]
pub struct ResultOf<T, R, E>(PhantomData<(T, R, E)>);

impl<T, R, E> ResultOf<T, R, E> {
    #[allow(clippy::new_without_default, reason = "called by generated code alone")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T, R: Reply, E: ApiError> ResultOf<T, R, E> {
    pub fn explain(&self)
    where
        T: Reply,
    {
    }
}

/// Says nothing of a result whose types do not fit.
pub trait UnfitResult: Sized {
    fn explain(self) {}
}

impl<T, R, E> UnfitResult for ResultOf<T, R, E> {}

pub const fn error<E: ApiError>() {}
