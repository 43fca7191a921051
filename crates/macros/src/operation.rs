//! `#[get]`, `#[post]`, `#[put]`, `#[patch]`, `#[delete]`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{
    Expr, ExprArray, ExprLit, FnArg, GenericArgument, ItemFn, Lit, LitStr, Meta, PathArguments,
    ReturnType, Signature, Token, Type,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    spanned::Spanned,
};

use crate::{crate_path, diagnostics::Diagnostics, doc::Doc, template};

/// `"/todos/{id}", tags = ["todos"], deprecated`
struct Arguments {
    template: LitStr,
    options: Punctuated<Meta, Token![,]>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let template = input.parse().map_err(|error| {
            syn::Error::new(
                error.span(),
                "the first argument must be the path template, a string literal such as `\"/todos/{id}\"`",
            )
        })?;
        let options = if input.is_empty() {
            Punctuated::new()
        } else {
            input.parse::<Token![,]>()?;
            Punctuated::parse_terminated(input)?
        };
        Ok(Self { template, options })
    }
}

pub(crate) fn expand(method: &str, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(_) => {
            let message = format!("`#[{method}]` is for async functions");
            let error = syn::Error::new_spanned(&item, message).to_compile_error();
            return quote!(#error #item);
        }
    };
    let mut diagnostics = Diagnostics::default();
    check_function(&function, &mut diagnostics);
    let router = crate_path::router();
    let operation = diagnostics
        .capture(syn::parse2::<Arguments>(arguments))
        .map(|arguments| {
            template::check(&arguments.template, &mut diagnostics);
            let builder = options(&function, &arguments, &mut diagnostics);
            let operation = new_operation(method, &function, &arguments.template, &router);
            quote!(#operation #builder.source(::core::file!(), ::core::line!()))
        })
        .filter(|_| diagnostics.is_empty())
        .unwrap_or_else(|| quote!(#router::__private::stand_in()));
    let emitted = if diagnostics.is_fatal() {
        item
    } else {
        emit(&function, &operation, &router)
    };
    let errors = diagnostics.into_compile_errors();
    quote!(#errors #emitted)
}

fn check_function(function: &ItemFn, diagnostics: &mut Diagnostics) {
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        diagnostics.push(
            signature.fn_token,
            "a handler must be async: write `async fn`",
        );
    }
    check_qualifiers(signature, diagnostics);
    check_name(&signature.ident, diagnostics);
    if !signature.generics.params.is_empty() {
        diagnostics.push(
            &signature.generics,
            "a handler cannot be generic: the document needs concrete types",
        );
    }
    for input in &signature.inputs {
        match input {
            // Only an `impl` block can contain it, and no type can be declared there.
            FnArg::Receiver(receiver) => diagnostics.push_fatal(
                receiver,
                "a handler cannot be a method: pass its state as `web::Data<T>`",
            ),
            FnArg::Typed(argument) if has_impl_trait(&argument.ty) => {
                diagnostics.push(
                    &argument.ty,
                    "write a concrete type instead of `impl …`: the document needs it",
                );
            }
            FnArg::Typed(_) => {}
        }
    }
    if signature.inputs.len() > 12 {
        diagnostics.push(
            &signature.inputs,
            "a handler takes at most 12 extractors: combine parameters into one struct",
        );
    }
}

/// Names of primitive types and of the standard crates, which generated code uses.
const RESERVED: [&str; 19] = [
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
    "i128", "isize", "f32", "f64", "std", "core",
];

fn is_reserved(name: &Ident) -> bool {
    RESERVED.iter().any(|reserved| name == reserved)
}

/// Rejects names that the type for `name::call` would shadow.
fn check_name(name: &Ident, diagnostics: &mut Diagnostics) {
    if is_reserved(name) {
        diagnostics.push(
            name,
            format!(
                "a handler of this name shadows Rust's `{name}` in its module: rename it and write `operation_id = \"{name}\"`"
            ),
        );
    }
}

fn check_qualifiers(signature: &Signature, diagnostics: &mut Diagnostics) {
    let message = "a handler is a plain `async fn`: remove this";
    if let Some(unsafety) = &signature.unsafety {
        diagnostics.push(unsafety, message);
    }
    if let Some(abi) = &signature.abi {
        diagnostics.push(abi, message);
    }
}

/// Returns whether a type contains `impl Trait`.
fn has_impl_trait(ty: &Type) -> bool {
    fn mentions_impl(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(word) => word == "impl",
            TokenTree::Group(group) => mentions_impl(group.stream()),
            _ => false,
        })
    }
    mentions_impl(ty.to_token_stream())
}

fn options(function: &ItemFn, arguments: &Arguments, diagnostics: &mut Diagnostics) -> TokenStream {
    let mut doc = Doc::of(&function.attrs);
    let name = function.sig.ident.to_string();
    let mut id = LitStr::new(name.trim_start_matches("r#"), function.sig.ident.span());
    let mut more = TokenStream::new();
    let mut seen: Vec<String> = Vec::new();
    for option in &arguments.options {
        let key = option
            .path()
            .get_ident()
            .map(Ident::to_string)
            .unwrap_or_default();
        if !key.is_empty() && seen.contains(&key) {
            diagnostics.push(option, format!("duplicate option `{key}`"));
            continue;
        }
        match (key.as_str(), option) {
            ("tags", Meta::NameValue(pair)) => {
                for tag in list(&pair.value, diagnostics) {
                    more.extend(quote!(.tag(#tag)));
                }
            }
            ("authenticators", Meta::NameValue(pair)) => {
                let alternatives = list(&pair.value, diagnostics);
                if matches!(&pair.value, Expr::Array(array) if array.elems.is_empty()) {
                    diagnostics.push(
                        &pair.value,
                        "no authenticator is named: name at least one, or use `public`",
                    );
                }
                let router = crate_path::router();
                more.extend(quote! {
                    .authenticators([#(#router::__private::Requirement::from(#alternatives)),*]
                        as [#router::__private::Requirement; _])
                });
            }
            ("operation_id", Meta::NameValue(pair)) => {
                if let Some(text) = text(&pair.value, diagnostics) {
                    id = text;
                }
            }
            ("summary", Meta::NameValue(pair)) => {
                doc.summary = text(&pair.value, diagnostics).map(|text| text.value());
            }
            ("description", Meta::NameValue(pair)) => {
                doc.description = text(&pair.value, diagnostics).map(|text| text.value());
            }
            ("body_limit", Meta::NameValue(pair)) => {
                let bytes = &pair.value;
                more.extend(quote!(.body_limit(#bytes)));
            }
            ("media_type", Meta::NameValue(pair)) => {
                let media_type = &pair.value;
                more.extend(quote!(.media_type(#media_type)));
            }
            ("public", Meta::Path(_)) => more.extend(quote!(.public())),
            ("uploads", Meta::NameValue(pair)) => {
                let uploads = &pair.value;
                more.extend(quote!(.uploads(#uploads)));
            }
            ("unknown_parameters", Meta::NameValue(pair)) => {
                let policy = &pair.value;
                more.extend(quote!(.unknown_parameters(#policy)));
            }
            ("deprecated", Meta::Path(_)) => more.extend(quote!(.deprecated())),
            ("deprecated", Meta::NameValue(pair)) if !is_other_literal(&pair.value) => {
                let since = &pair.value;
                more.extend(quote!(.deprecated_since(#since)));
            }
            ("sunset", Meta::NameValue(pair)) => {
                let date = &pair.value;
                more.extend(quote!(.sunset(#date)));
            }
            ("deprecation_link", Meta::NameValue(pair)) => {
                let uri = &pair.value;
                more.extend(quote!(.deprecation_link(#uri)));
            }
            ("hidden", Meta::Path(_)) => more.extend(quote!(.hidden())),
            ("deprecated", _) => {
                diagnostics.push(option, "write `deprecated`, or `deprecated = \"2026-11-30\"`");
            }
            ("hidden" | "public", _) => {
                diagnostics.push(option, format!("`{key}` takes no value"));
            }
            _ => diagnostics.push(
                option,
                "unknown option: the options are `tags = [\"…\"]`, `authenticators = [\"…\"]`, `operation_id = \"…\"`, `summary = \"…\"`, `description = \"…\"`, `body_limit = BYTES`, `media_type = \"…\"`, `uploads = UPLOADS`, `unknown_parameters = POLICY`, `public`, `deprecated`, `deprecated = \"DATE\"`, `sunset = \"DATE\"`, `deprecation_link = \"URI\"` and `hidden`",
            ),
        }
        seen.push(key);
    }
    let summary = doc.summary.map(|summary| quote!(.summary(#summary)));
    let description = doc.description.map(|text| quote!(.description(#text)));
    quote!(.operation_id(#id) #summary #description #more)
}

/// Returns whether an expression is a literal that is no string.
fn is_other_literal(value: &Expr) -> bool {
    matches!(value, Expr::Lit(ExprLit { lit, .. }) if !matches!(lit, Lit::Str(_)))
}

fn list(value: &Expr, diagnostics: &mut Diagnostics) -> Vec<Expr> {
    match value {
        Expr::Array(ExprArray { elems, .. }) => {
            for element in elems {
                if is_other_literal(element) {
                    diagnostics.push(element, "expected a string literal");
                }
            }
            elems.iter().cloned().collect()
        }
        other => {
            diagnostics.push(other, "expected a list such as `[\"one\", \"two\"]`");
            Vec::new()
        }
    }
}

fn text(value: &Expr, diagnostics: &mut Diagnostics) -> Option<LitStr> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.clone()),
        other => {
            diagnostics.push(other, "expected a string literal");
            None
        }
    }
}

/// Returns the expression that creates the operation, before its options are applied.
fn new_operation(
    method: &str,
    function: &ItemFn,
    template: &LitStr,
    router: &TokenStream,
) -> TokenStream {
    let method = format_ident!("{}", method.to_uppercase());
    let method = quote!(#router::__private::actix_web::http::Method::#method);
    let name = &function.sig.ident;
    match &function.sig.output {
        // `impl Trait` cannot be named in an assertion.
        ReturnType::Type(_, ty) if has_impl_trait(ty) => {
            quote!(#router::Operation::new(#method, #template, #name::call))
        }
        _ => quote! {
            #router::__private::Declared::new(#name::call).operation(#method, #template)
        },
    }
}

/// Returns a function that creates the operation and a type of the same name that
/// holds the handler. Only the function is in the value namespace, and a function's
/// name, unlike that of a unit struct, a constant or a static, is not a pattern: the
/// name can still be bound as a variable.
fn emit(function: &ItemFn, operation: &TokenStream, router: &TokenStream) -> TokenStream {
    let ItemFn {
        attrs,
        vis,
        sig,
        block,
    } = function;
    let name = &sig.ident;
    let (docs, others): (Vec<_>, Vec<_>) = attrs
        .iter()
        .partition(|attribute| attribute.path().is_ident("doc"));
    let (conditions, others): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|attribute| attribute.path().is_ident("cfg"));
    let docs = if docs.is_empty() {
        let message = format!("The operation `{name}`.");
        quote!(#[doc = #message])
    } else {
        quote!(#(#docs)*)
    };
    let call = Signature {
        ident: Ident::new("call", Span::call_site()),
        asyncness: Some(Token![async](Span::call_site())),
        unsafety: None,
        abi: None,
        ..sig.clone()
    };
    let asserts = asserts(function, router);
    let holder = quote! {
        #(#conditions)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, reason = "named like its function")]
        #[allow(dead_code, reason = "the lint reports the function")]
        #[derive(Clone, Copy, Debug)]
        #vis enum #name {}

        #(#conditions)*
        impl #name {
            /// Calls the handler itself, e.g. from a unit test.
            #[allow(dead_code, reason = "the lint reports the function")]
            #(#others)*
            #vis #call #block
        }
    };
    let holder = (!is_reserved(name)).then_some(holder);
    quote! {
        #(#conditions)*
        #docs
        #[must_use = "an operation has no effect until it is passed to `Registry::operation`"]
        #[allow(unused_imports, reason = "only used for handlers that do not fit")]
        #vis fn #name() -> #router::Operation {
            use #router::__private::StandIn as _;
            #asserts
            #operation
        }

        #holder
    }
}

/// Asserts the traits of each extractor and of the reply, so that the compiler names
/// the type that does not fit instead of the whole handler.
fn asserts(function: &ItemFn, router: &TokenStream) -> TokenStream {
    let signature = &function.sig;
    if !signature.generics.params.is_empty() {
        return TokenStream::new();
    }
    let explain = quote!(#router::__private::explain);
    let arguments = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(argument) if !has_impl_trait(&argument.ty) => Some(&argument.ty),
        _ => None,
    });
    let arguments = arguments.map(|ty| assert("Incoming", ty, ty.span(), &explain));
    let reply = match &signature.output {
        ReturnType::Default => {
            let span = signature.ident.span();
            assert("Output", quote_spanned!(span=> ()), span, &explain)
        }
        ReturnType::Type(_, ty) if has_impl_trait(ty) => TokenStream::new(),
        ReturnType::Type(_, ty) => match result_of(ty) {
            Some((reply, error)) => {
                let reply_fits = assert("Output", reply, reply.span(), &explain);
                let error_fits = quote_spanned!(error.span()=> #explain::error::<#error>(););
                let both_fit = quote_spanned! {ty.span()=>
                    #explain::ResultOf::<#ty, #reply, #error>::new().explain();
                };
                quote!(#reply_fits #error_fits #both_fit)
            }
            None => assert("Output", ty, ty.span(), &explain),
        },
    };
    quote! {
        use #explain::methods::*;
        #(#arguments)*
        #reply
    }
}

/// Returns the types in what is written as a `Result<R, E>`.
fn result_of(ty: &Type) -> Option<(&Type, &Type)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let mut types = arguments.args.iter();
    match (types.next(), types.next(), types.next()) {
        (Some(GenericArgument::Type(reply)), Some(GenericArgument::Type(error)), None)
            if last.ident == "Result" =>
        {
            Some((reply, error))
        }
        _ => None,
    }
}

/// Returns an expression that compiles only for a type with the trait; the error is
/// reported at the type.
fn assert(name: &str, ty: impl ToTokens, span: Span, explain: &TokenStream) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=> (&&&&&#explain::#name::<#ty>::new().fits()).explain();)
}
