//! `#[get]`, `#[post]`, `#[put]`, `#[patch]`, `#[delete]`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{
    Expr, ExprArray, ExprLit, FnArg, ItemFn, Lit, LitStr, Meta, ReturnType, Signature, Token, Type,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    spanned::Spanned,
};

use crate::{crate_path, doc::Doc, mistakes::Mistakes, template};

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
                "begin with the path template, a text such as `\"/todos/{id}\"`",
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
            let words = format!("`#[{method}]` declares an async function as an operation");
            let error = syn::Error::new_spanned(&item, words).to_compile_error();
            return quote!(#error #item);
        }
    };
    let mut mistakes = Mistakes::default();
    check_function(&function, &mut mistakes);
    let router = crate_path::router();
    let operation = mistakes
        .keep(syn::parse2::<Arguments>(arguments))
        .map(|arguments| {
            template::check(&arguments.template, &mut mistakes);
            let builder = options(&function, &arguments, &mut mistakes);
            let made = made(method, &function, &arguments.template, &router);
            quote!(#made #builder.source(::core::file!(), ::core::line!()))
        })
        .filter(|_| mistakes.is_empty())
        .unwrap_or_else(|| quote!(#router::__private::stand_in()));
    let emitted = if mistakes.is_grave() {
        item
    } else {
        emit(&function, &operation, &router)
    };
    let errors = mistakes.into_tokens();
    quote!(#errors #emitted)
}

fn check_function(function: &ItemFn, mistakes: &mut Mistakes) {
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        mistakes.add(signature.fn_token, "a handler is async: write `async fn`");
    }
    check_qualifiers(signature, mistakes);
    check_name(&signature.ident, mistakes);
    if !signature.generics.params.is_empty() {
        mistakes.add(
            &signature.generics,
            "a handler has no generic parameters: name the types, so that the document can",
        );
    }
    for input in &signature.inputs {
        match input {
            // Only an `impl` block can hold it, and no type besides.
            FnArg::Receiver(receiver) => mistakes.add_grave(
                receiver,
                "a handler takes no `self`: take what it needs as `web::Data<T>`",
            ),
            FnArg::Typed(argument) if is_nameless(&argument.ty) => {
                mistakes.add(
                    &argument.ty,
                    "name the type instead of `impl …`, so that the document can",
                );
            }
            FnArg::Typed(_) => {}
        }
    }
    if signature.inputs.len() > 12 {
        mistakes.add(
            &signature.inputs,
            "a handler takes up to twelve arguments: put parameters of one section into one struct",
        );
    }
}

/// What code calls by one word everywhere: types of the language, and the crates
/// that come with it.
const TAKEN: [&str; 19] = [
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
    "i128", "isize", "f32", "f64", "std", "core",
];

fn is_taken(name: &Ident) -> bool {
    TAKEN.iter().any(|taken| name == taken)
}

/// `name::call` takes a type of that name.
fn check_name(name: &Ident, mistakes: &mut Mistakes) {
    if is_taken(name) {
        mistakes.add(
            name,
            format!(
                "a handler of this name hides Rust's own `{name}` in its module: call it otherwise and write `operation_id = \"{name}\"`"
            ),
        );
    }
}

fn check_qualifiers(signature: &Signature, mistakes: &mut Mistakes) {
    let words = "a handler is a plain `async fn`: take this out";
    if let Some(unsafety) = &signature.unsafety {
        mistakes.add(unsafety, words);
    }
    if let Some(abi) = &signature.abi {
        mistakes.add(abi, words);
    }
}

/// Whether `impl Trait` stands anywhere in a type.
fn is_nameless(kind: &Type) -> bool {
    fn mentions_impl(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(word) => word == "impl",
            TokenTree::Group(group) => mentions_impl(group.stream()),
            _ => false,
        })
    }
    mentions_impl(kind.to_token_stream())
}

fn options(function: &ItemFn, arguments: &Arguments, mistakes: &mut Mistakes) -> TokenStream {
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
            mistakes.add(option, format!("`{key}` is given twice"));
            continue;
        }
        match (key.as_str(), option) {
            ("tags", Meta::NameValue(pair)) => {
                for tag in list(&pair.value, mistakes) {
                    more.extend(quote!(.tag(#tag)));
                }
            }
            ("authenticators", Meta::NameValue(pair)) => {
                let alternatives = list(&pair.value, mistakes);
                let router = crate_path::router();
                more.extend(quote! {
                    .authenticators([#(#router::__private::Requirement::from(#alternatives)),*]
                        as [#router::__private::Requirement; _])
                });
            }
            ("operation_id", Meta::NameValue(pair)) => {
                if let Some(text) = text(&pair.value, mistakes) {
                    id = text;
                }
            }
            ("summary", Meta::NameValue(pair)) => {
                doc.summary = text(&pair.value, mistakes).map(|text| text.value());
            }
            ("description", Meta::NameValue(pair)) => {
                doc.description = text(&pair.value, mistakes).map(|text| text.value());
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
            ("deprecated", Meta::Path(_)) => more.extend(quote!(.deprecated())),
            ("hidden", Meta::Path(_)) => more.extend(quote!(.hidden())),
            ("deprecated" | "hidden" | "public", _) => {
                mistakes.add(option, format!("`{key}` stands alone: take the rest out"));
            }
            _ => mistakes.add(
                option,
                "not an option: there are `tags = [\"…\"]`, `authenticators = [\"…\"]`, `operation_id = \"…\"`, `summary = \"…\"`, `description = \"…\"`, `body_limit = BYTES`, `media_type = \"…\"`, `uploads = UPLOADS`, `public`, `deprecated` and `hidden`",
            ),
        }
        seen.push(key);
    }
    let summary = doc.summary.map(|summary| quote!(.summary(#summary)));
    let description = doc.description.map(|text| quote!(.description(#text)));
    quote!(.operation_id(#id) #summary #description #more)
}

fn list(value: &Expr, mistakes: &mut Mistakes) -> Vec<Expr> {
    match value {
        Expr::Array(ExprArray { elems, .. }) => {
            let is_other = |lit: &Lit| !matches!(lit, Lit::Str(_));
            for element in elems {
                if matches!(element, Expr::Lit(ExprLit { lit, .. }) if is_other(lit)) {
                    mistakes.add(element, "write a text: `\"…\"`");
                }
            }
            elems.iter().cloned().collect()
        }
        other => {
            mistakes.add(other, "write a list: `[\"one\", \"two\"]`");
            Vec::new()
        }
    }
}

fn text(value: &Expr, mistakes: &mut Mistakes) -> Option<LitStr> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.clone()),
        other => {
            mistakes.add(other, "write a text: `\"…\"`");
            None
        }
    }
}

/// The operation before anything is said of it.
fn made(method: &str, function: &ItemFn, template: &LitStr, router: &TokenStream) -> TokenStream {
    let method = format_ident!("{}", method.to_uppercase());
    let method = quote!(#router::__private::actix_web::http::Method::#method);
    let name = &function.sig.ident;
    match &function.sig.output {
        // There is no name to hold against the traits beforehand.
        ReturnType::Type(_, kind) if is_nameless(kind) => {
            quote!(#router::Operation::new(#method, #template, #name::call))
        }
        _ => quote! {
            #router::__private::Declared::new(#name::call).operation(#method, #template)
        },
    }
}

/// A function that makes the operation, and a type of the same name that holds
/// the handler. Of the two only the function is a value, and the name of a
/// function, unlike that of a unit struct, a constant or a static, is no pattern:
/// whoever binds the name nearby, as an argument or in a `match`, still may.
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
        let words = format!("The operation `{name}`.");
        quote!(#[doc = #words])
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
        #[allow(non_camel_case_types, reason = "it bears the name of its function")]
        #[allow(dead_code, reason = "of what is not used, the function is told")]
        #[derive(Clone, Copy, Debug)]
        #vis enum #name {}

        #(#conditions)*
        impl #name {
            /// Calls the handler itself, e.g. from a unit test.
            #[allow(dead_code, reason = "of what is not used, the function is told")]
            #(#others)*
            #vis #call #block
        }
    };
    let holder = (!is_taken(name)).then_some(holder);
    quote! {
        #(#conditions)*
        #docs
        #[must_use = "an operation answers nothing before `Registry::operation` has it"]
        #[allow(unused_imports, reason = "a handler whose types fit needs no stand-in")]
        #vis fn #name() -> #router::Operation {
            use #router::__private::StandIn as _;
            #asserts
            #operation
        }

        #holder
    }
}

/// Says of each argument and of the reply what is wrong with it, where the
/// handler as a whole would only be "not a handler".
fn asserts(function: &ItemFn, router: &TokenStream) -> TokenStream {
    let signature = &function.sig;
    if !signature.generics.params.is_empty() {
        return TokenStream::new();
    }
    let arguments = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(argument) if !is_nameless(&argument.ty) => Some(&argument.ty),
        _ => None,
    });
    let arguments = arguments.map(|kind| assert("assert_argument", kind, kind.span(), router));
    let reply = match &signature.output {
        ReturnType::Default => {
            let span = signature.ident.span();
            Some(assert(
                "assert_reply",
                quote_spanned!(span=> ()),
                span,
                router,
            ))
        }
        ReturnType::Type(_, kind) if is_nameless(kind) => None,
        ReturnType::Type(_, kind) => Some(assert("assert_reply", kind, kind.span(), router)),
    };
    quote!(#(#arguments)* #reply)
}

/// A call that compiles only for a type that fits; if not, the type is shown.
fn assert(name: &str, kind: impl ToTokens, span: Span, router: &TokenStream) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=> #router::__private::#name::<#kind>();)
}
