//! Finds the paths of `purlin-schemas` and `purlin-router` for generated code, through
//! whichever of Purlin's crates the user depends on.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// Returns the path of `purlin-schemas`.
pub(crate) fn schemas() -> TokenStream {
    find(&[
        ("purlin-schemas", quote!()),
        ("purlin-router", quote!(::schemas)),
        ("purlin-app", quote!(::router::schemas)),
    ])
}

/// Returns the path of `purlin-router`.
pub(crate) fn router() -> TokenStream {
    find(&[
        ("purlin-router", quote!()),
        ("purlin-app", quote!(::router)),
    ])
}

fn find(candidates: &[(&str, TokenStream)]) -> TokenStream {
    for (package, rest) in candidates {
        let name = match crate_name(package) {
            Ok(FoundCrate::Name(name)) => name,
            // The crate itself has an alias of its own name, for itself as for its
            // tests, examples and doctests.
            Ok(FoundCrate::Itself) => package.replace('-', "_"),
            Err(_) => continue,
        };
        let name = Ident::new(&name, Span::call_site());
        return quote!(::#name #rest);
    }
    // The compiler then reports which crate is missing.
    let name = candidates
        .first()
        .map_or("purlin_router", |(package, _)| package);
    let name = Ident::new(&name.replace('-', "_"), Span::call_site());
    quote!(::#name)
}
