//! `#[get]`, `#[post]`, `#[put]`, `#[patch]`, `#[delete]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{
    Expr, ExprArray, ExprLit, FnArg, ItemFn, Lit, LitStr, Meta, ReturnType, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    spanned::Spanned,
};

use crate::{crate_path, doc::Doc, mistakes::Mistakes};

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
                "begin with the path template: `#[get(\"/todos/{id}\")]`",
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
    let Some(arguments) = mistakes.keep(syn::parse2::<Arguments>(arguments)) else {
        let errors = mistakes.into_tokens();
        return quote!(#errors #item);
    };
    check_template(&arguments.template, &mut mistakes);
    let builder = options(&function, &arguments, &mut mistakes);
    if !mistakes.is_empty() {
        let errors = mistakes.into_tokens();
        return quote!(#errors #item);
    }
    emit(method, &function, &arguments.template, &builder)
}

fn check_function(function: &ItemFn, mistakes: &mut Mistakes) {
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        mistakes.add(signature.fn_token, "a handler is async: write `async fn`");
    }
    if !signature.generics.params.is_empty() {
        mistakes.add(
            &signature.generics,
            "a handler has no generic parameters: name the types, so that the document can",
        );
    }
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(receiver) => mistakes.add(
                receiver,
                "a handler takes no `self`: take what it needs as `web::Data<T>`",
            ),
            FnArg::Typed(argument) => {
                if let syn::Type::ImplTrait(kind) = &*argument.ty {
                    mistakes.add(kind, "name the type, so that the document can");
                }
            }
        }
    }
    if signature.inputs.len() > 12 {
        mistakes.add(
            &signature.inputs,
            "a handler takes up to twelve arguments: put parameters of one section into one struct",
        );
    }
}

/// The mistakes that can be told without the rest of the registry.
fn check_template(template: &LitStr, mistakes: &mut Mistakes) {
    let text = template.value();
    if !text.starts_with('/') {
        mistakes.add(template, "a path template begins with `/`");
    }
    if text.contains('?') {
        mistakes.add(
            template,
            "leave the query out of the path: take a `Query<T>`",
        );
    }
    let (open, close) = (text.matches('{').count(), text.matches('}').count());
    if open != close {
        mistakes.add(template, "every `{` of a path template has its `}`");
    }
    if let Some(at) = text.find("{*")
        && text[at..]
            .find('}')
            .is_some_and(|end| at + end + 1 != text.len())
    {
        mistakes.add(template, "`{*rest}` takes all the rest: put it last");
    }
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
        if seen.contains(&key) {
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
                let names = list(&pair.value, mistakes);
                more.extend(quote! {
                    .authenticators([#(::std::borrow::Cow::<'static, str>::from(#names)),*]
                        as [::std::borrow::Cow<'static, str>; _])
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
            ("deprecated", Meta::Path(_)) => more.extend(quote!(.deprecated())),
            ("hidden", Meta::Path(_)) => more.extend(quote!(.hidden())),
            _ => mistakes.add(
                option,
                "not an option: there are `tags = [\"…\"]`, `authenticators = [\"…\"]`, `operation_id = \"…\"`, `summary = \"…\"`, `description = \"…\"`, `body_limit = BYTES`, `deprecated` and `hidden`",
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
        Expr::Array(ExprArray { elems, .. }) => elems.iter().cloned().collect(),
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

fn emit(method: &str, function: &ItemFn, template: &LitStr, builder: &TokenStream) -> TokenStream {
    let router = crate_path::router();
    let method = format_ident!("{method}");
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
    let docs = if docs.is_empty() {
        let words = format!("The operation `{name}`.");
        quote!(#[doc = #words])
    } else {
        quote!(#(#docs)*)
    };
    let (inputs, output) = (&sig.inputs, &sig.output);
    let asserts = asserts(function, &router);
    quote! {
        #docs
        #[allow(non_camel_case_types)] // An operation bears the name of its function.
        #[derive(Clone, Copy, Debug)]
        #vis struct #name;

        impl #name {
            /// Calls the handler itself, e.g. from a unit test.
            #(#others)*
            #vis async fn call(#inputs) #output #block
        }

        impl #router::Declare for #name {
            fn declare(self) -> #router::Operation {
                #asserts
                #router::Operation::#method(#template, Self::call)
                    #builder
                    .source(file!(), line!())
            }
        }
    }
}

/// Says of each argument and of the reply what is wrong with it, where the
/// handler as a whole would only be "not a handler".
fn asserts(function: &ItemFn, router: &TokenStream) -> TokenStream {
    let arguments = function.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(argument) => Some(&argument.ty),
        FnArg::Receiver(_) => None,
    });
    let arguments = arguments.map(|kind| {
        quote_spanned! {kind.span()=>
            #router::__private::assert_argument::<#kind>();
        }
    });
    let reply = match &function.sig.output {
        ReturnType::Default => quote_spanned! {Span::call_site()=>
            #router::__private::assert_reply::<()>();
        },
        ReturnType::Type(_, kind) => quote_spanned! {kind.span()=>
            #router::__private::assert_reply::<#kind>();
        },
    };
    quote!(#(#arguments)* #reply)
}
