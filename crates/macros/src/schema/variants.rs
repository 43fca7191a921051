//! Reads the variants of enums that serde buffers, each as a type of its own.
//!
//! - An untagged variant is read if its own schema accepts the value. serde would take the first variant that can be
//!   read, which is not always one that the document allows: it reads a struct from an array, ignores what flattening
//!   leaves over, and knows no limits.
//! - The content of a tagged variant is read like a whole body. serde would read it from its buffer, which has no
//!   integer keys and is out of reach of the strict deserializer.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{
    Attribute, Data, DataEnum, DeriveInput, Fields, GenericParam, Generics, Meta, Token, Variant,
    parse_quote, punctuated::Punctuated,
};

use super::{
    Plan, field_plan,
    options::Options,
    schemars_attributes::{has_key, overrides_schema},
    serde_attributes::{self, Tagging},
    types::is_wrapper,
};
use crate::diagnostics::Diagnostics;

/// Emits `impl Deserialize` of an enum with untagged variants, or nothing where the derive of serde serves.
pub(super) fn read(input: &DeriveInput, plan: &Plan) -> Option<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return None;
    };
    let is_untagged = |variant: &Variant| {
        matches!(plan.container.tagging, Tagging::Untagged) || own(variant).is_untagged
    };
    let may_generate = plan.options.reads
        && plan.container.read_as.is_none()
        && data.variants.iter().any(is_untagged)
        && !data.variants.iter().any(is_custom);
    if !may_generate {
        return None;
    }
    let contents = Contents { input, plan };
    let (untagged, tagged): (Vec<&Variant>, Vec<&Variant>) = data
        .variants
        .iter()
        .filter(|variant| !own(variant).is_skipped)
        .partition(|variant| is_untagged(variant));
    let by_tag = (!tagged.is_empty()).then(|| contents.by_tag(data, &tagged));
    let by_trial = untagged
        .into_iter()
        .map(|variant| contents.by_trial(variant));
    let schemas = &plan.options.schemas;
    let private = quote!(#schemas::__private);
    let name = &input.ident;
    let none = format!("data did not match any variant of untagged enum {name}");
    let mut generics = contents.read_generics();
    generics.params.insert(0, parse_quote!('de));
    let (generics, _, wheres) = generics.split_for_impl();
    let (_, of, _) = input.generics.split_for_impl();
    Some(quote! {
        #[automatically_derived]
        impl #generics #private::serde::Deserialize<'de> for #name #of #wheres {
            fn deserialize<__D: #private::serde::Deserializer<'de>>(
                __deserializer: __D,
            ) -> ::std::result::Result<Self, __D::Error> {
                #[allow(unused_mut, reason = "unit variants alone change nothing")]
                let mut __value = #private::check::Undecided::read(__deserializer)?;
                #by_tag
                #(#by_trial)*
                ::std::result::Result::Err(__value.refuse(#none))
            }
        }
    })
}

pub(super) fn own(variant: &Variant) -> serde_attributes::VariantAttributes {
    serde_attributes::variant(&variant.attrs, &mut Diagnostics::default())
}

/// Makes the derive of serde read the content of each tagged variant as a type of its own; returns the functions.
/// `original` is the item with all its attributes.
pub(super) fn read_contents(
    original: &DeriveInput,
    input: &mut DeriveInput,
    plan: &Plan,
) -> Option<TokenStream> {
    let is_buffered = matches!(
        plan.container.tagging,
        Tagging::Internal { .. } | Tagging::Adjacent { .. }
    );
    let may_generate = is_buffered
        && plan.options.reads
        && plan.container.read_as.is_none()
        && !has_key(&input.attrs, "bound");
    let Data::Enum(data) = &mut input.data else {
        return None;
    };
    if !may_generate {
        return None;
    }
    let contents = Contents {
        input: original,
        plan,
    };
    let (name, (_, of, _)) = (&original.ident, original.generics.split_for_impl());
    let mut functions = Vec::new();
    for variant in &mut data.variants {
        let has_conditions = |field: &syn::Field| !field_plan::conditions(&field.attrs).is_empty();
        if variant.fields.is_empty()
            || own(variant).is_skipped
            || is_custom(variant)
            || variant.fields.iter().any(has_conditions)
        {
            continue;
        }
        let function = format_ident!("__read_{}", variant.ident);
        functions.push(contents.function(&function, variant));
        let path = super::compact(&quote!(<#name #of>::#function));
        variant
            .attrs
            .push(parse_quote!(#[serde(deserialize_with = #path)]));
    }
    if functions.is_empty() {
        return None;
    }
    let generics = contents.read_generics();
    let (generics, _, wheres) = generics.split_for_impl();
    Some(quote! {
        #[automatically_derived]
        #[allow(non_snake_case, reason = "the functions have the names of the variants")]
        impl #generics #name #of #wheres {
            #(#functions)*
        }
    })
}

/// Returns whether a function of the author reads a variant, or its schema is not that of its fields.
pub(super) fn is_custom(variant: &Variant) -> bool {
    has_key(&variant.attrs, "with")
        || has_key(&variant.attrs, "deserialize_with")
        || overrides_schema(&variant.attrs)
}

/// Declares the contents of variants as types of their own.
pub(super) struct Contents<'p> {
    pub(super) input: &'p DeriveInput,
    pub(super) plan: &'p Plan,
}

impl Contents<'_> {
    /// Returns the statement that reads an untagged variant, if its schema accepts the value.
    fn by_trial(&self, variant: &Variant) -> TokenStream {
        let conditions = field_plan::conditions(&variant.attrs);
        let (enumeration, name) = (&self.input.ident, &variant.ident);
        if matches!(variant.fields, Fields::Unit) {
            return quote! {
                #(#conditions)*
                if __value.is_null() {
                    return ::std::result::Result::Ok(#enumeration::#name);
                }
            };
        }
        let (content, declared) = self.content(variant);
        let fields = parts(&variant.fields);
        let parts = pattern(&content, &fields);
        quote! {
            #(#conditions)*
            {
                #declared
                if let ::std::option::Option::Some(__content) = __value.accepted::<#content>() {
                    let #parts = __content;
                    return ::std::result::Result::Ok(#enumeration::#name #fields);
                }
            }
        }
    }

    /// Returns the function that reads the content of a tagged variant, for serde.
    fn function(&self, name: &Ident, variant: &Variant) -> TokenStream {
        let schemas = &self.plan.options.schemas;
        let private = quote!(#schemas::__private);
        let (content, declared) = self.content(variant);
        let conditions = field_plan::conditions(&variant.attrs);
        let types = variant.fields.iter().map(|field| &field.ty);
        let values = (0..variant.fields.len()).map(|index| format_ident!("__{index}"));
        let values: Vec<_> = match &variant.fields {
            Fields::Named(named) => named
                .named
                .iter()
                .filter_map(|it| it.ident.clone())
                .collect(),
            _ => values.collect(),
        };
        let parts = pattern(&content, &parts(&variant.fields));
        let is_beside_tag = matches!(self.plan.container.tagging, Tagging::Internal { .. });
        let read = match &variant.fields {
            Fields::Unnamed(_) if is_beside_tag => quote!(content_beside_tag),
            _ => quote!(content),
        };
        quote! {
            #(#conditions)*
            fn #name<'de, __D: #private::serde::Deserializer<'de>>(
                __deserializer: __D,
            ) -> ::std::result::Result<(#(#types),*), __D::Error> {
                #declared
                let #parts = #private::check::#read::<#content, __D>(__deserializer)?;
                ::std::result::Result::Ok((#(#values),*))
            }
        }
    }

    /// Returns the parameters of the enum, bounded so that their types can be read and have a schema.
    pub(super) fn read_generics(&self) -> Generics {
        let schemas = &self.plan.options.schemas;
        let mut generics = self.input.generics.clone();
        for parameter in generics.type_params_mut() {
            parameter.bounds.push(parse_quote!(#schemas::Schema));
            parameter
                .bounds
                .push(parse_quote!(#schemas::__private::serde::de::DeserializeOwned));
        }
        generics
    }

    /// Declares the fields of a variant as a struct; returns its type, with arguments, and the declaration.
    pub(super) fn content(&self, variant: &Variant) -> (syn::Type, TokenStream) {
        let content = format_ident!("__{}{}", self.input.ident, variant.ident);
        let (generics, arguments) = self.generics(&variant.fields.to_token_stream());
        let mut attributes = kept(&variant.attrs, &["rename_all"]);
        if !has_key(&variant.attrs, "rename_all") {
            for mut attribute in kept(&self.input.attrs, &["rename_all_fields"]) {
                if let Ok(Meta::NameValue(rule)) = attribute.parse_args::<Meta>() {
                    let rule = rule.value;
                    attribute = parse_quote!(#[serde(rename_all = #rule)]);
                }
                attributes.push(attribute);
            }
        }
        let mut fields = variant.fields.clone();
        for field in &mut fields {
            field.vis = syn::Visibility::Inherited;
        }
        let declared = self.declare(DeriveInput {
            attrs: attributes,
            vis: syn::Visibility::Inherited,
            ident: content.clone(),
            generics,
            data: Data::Struct(syn::DataStruct {
                struct_token: Token![struct](Span::call_site()),
                semi_token: matches!(fields, Fields::Unnamed(_))
                    .then(|| Token![;](Span::call_site())),
                fields,
            }),
        });
        (parse_quote!(#content #arguments), declared)
    }

    /// Returns the statement that reads the tagged variants, which serde tries first.
    fn by_tag(&self, data: &DataEnum, tagged: &[&Variant]) -> TokenStream {
        let enumeration = &self.input.ident;
        let content = format_ident!("__{}Tagged", enumeration);
        let variants: Punctuated<Variant, Token![,]> =
            tagged.iter().map(|variant| (*variant).clone()).collect();
        let (generics, arguments) = self.generics(&variants.to_token_stream());
        let keys = ["tag", "content", "rename_all", "rename_all_fields"];
        let declared = self.declare(DeriveInput {
            attrs: kept(&self.input.attrs, &keys),
            vis: syn::Visibility::Inherited,
            ident: content.clone(),
            generics,
            data: Data::Enum(DataEnum {
                variants,
                ..data.clone()
            }),
        });
        let arms = tagged.iter().map(|variant| {
            let conditions = field_plan::conditions(&variant.attrs);
            let (name, parts) = (&variant.ident, parts(&variant.fields));
            quote!(#(#conditions)* #content::#name #parts => #enumeration::#name #parts,)
        });
        quote! {
            {
                #declared
                if let ::std::option::Option::Some(__content) = __value.accepted::<#content #arguments>() {
                    return ::std::result::Result::Ok(match __content { #(#arms)* });
                }
            }
        }
    }

    /// Declares a type like every other, in which `Self` is the enum.
    fn declare(&self, item: DeriveInput) -> TokenStream {
        let (name, (_, of, _)) = (&self.input.ident, self.input.generics.split_for_impl());
        let itself = quote!(#name #of);
        let item = replace_self(item.to_token_stream(), &itself);
        let Ok(item) = syn::parse2::<DeriveInput>(item) else {
            return TokenStream::new();
        };
        let options = Options {
            writes: self.plan.options.writes && has_read_only(&item),
            ..self.plan.options.of_partial()
        };
        // Its errors are those of the enum, and reported there.
        super::declare(item, options, &mut Diagnostics::default())
    }

    /// Returns the parameters of the enum that some of its fields use, and as arguments.
    fn generics(&self, used_in: &TokenStream) -> (Generics, TokenStream) {
        let mut generics = self.input.generics.clone();
        let is_used = |parameter: &GenericParam| match parameter {
            GenericParam::Type(parameter) => contains(used_in, &parameter.ident),
            GenericParam::Const(parameter) => contains(used_in, &parameter.ident),
            GenericParam::Lifetime(_) => true,
        } || contains(used_in, &Ident::new("Self", Span::call_site()));
        let (used, unused): (Vec<_>, Vec<_>) = generics.params.into_iter().partition(is_used);
        generics.params = used.into_iter().collect();
        if let Some(wheres) = &mut generics.where_clause {
            let is_about_used = |predicate: &syn::WherePredicate| {
                let tokens = predicate.to_token_stream();
                !unused.iter().any(|parameter| match parameter {
                    GenericParam::Type(parameter) => contains(&tokens, &parameter.ident),
                    GenericParam::Const(parameter) => contains(&tokens, &parameter.ident),
                    GenericParam::Lifetime(_) => false,
                })
            };
            let predicates = std::mem::take(&mut wheres.predicates);
            wheres.predicates = predicates.into_iter().filter(is_about_used).collect();
        }
        let (_, arguments, _) = generics.split_for_impl();
        let arguments = arguments.to_token_stream();
        (generics, arguments)
    }
}

/// Returns the pattern of a struct with some fields; patterns have no arguments.
pub(super) fn pattern(content: &syn::Type, fields: &TokenStream) -> TokenStream {
    match content {
        syn::Type::Path(path) => {
            let name = path.path.segments.first().map(|segment| &segment.ident);
            quote!(#name #fields)
        }
        _ => fields.clone(),
    }
}

/// Returns the fields of a variant as a pattern and an expression: `{ a, b }` or `(__0, __1)`.
pub(super) fn parts(fields: &Fields) -> TokenStream {
    match fields {
        Fields::Unit => TokenStream::new(),
        Fields::Named(named) => {
            let members = named.named.iter().map(|field| {
                let (name, conditions) = (&field.ident, field_plan::conditions(&field.attrs));
                quote!(#(#conditions)* #name)
            });
            quote!({ #(#members),* })
        }
        Fields::Unnamed(unnamed) => {
            let names = (0..unnamed.unnamed.len()).map(|index| format_ident!("__{index}"));
            quote!((#(#names),*))
        }
    }
}

/// Returns the settings of serde with one of the keys, and all attributes of schemars.
fn kept(attributes: &[Attribute], keys: &[&str]) -> Vec<Attribute> {
    let mut kept: Vec<Attribute> = Vec::new();
    for attribute in attributes {
        if attribute.path().is_ident("schemars") {
            kept.push(attribute.clone());
        } else if attribute.path().is_ident("serde") {
            let metas = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            let metas = metas.into_iter().flatten();
            let metas = metas.filter(|meta| keys.iter().any(|key| meta.path().is_ident(key)));
            kept.extend(metas.map(|meta| -> Attribute { parse_quote!(#[serde(#meta)]) }));
        }
    }
    kept
}

fn has_read_only(item: &DeriveInput) -> bool {
    let is_read_only = |field: &syn::Field| is_wrapper(&field.ty, "ReadOnly");
    match &item.data {
        Data::Struct(data) => data.fields.iter().any(is_read_only),
        Data::Enum(data) => {
            let mut fields = data.variants.iter().flat_map(|variant| &variant.fields);
            fields.any(is_read_only)
        }
        Data::Union(_) => false,
    }
}

fn contains(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => contains(&group.stream(), name),
        _ => false,
    })
}

fn replace_self(tokens: TokenStream, itself: &TokenStream) -> TokenStream {
    let replace = |token| match token {
        TokenTree::Ident(ident) if ident == "Self" => itself.clone(),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), replace_self(group.stream(), itself));
            inner.set_span(group.span());
            TokenTree::from(inner).into()
        }
        other => other.into(),
    };
    tokens.into_iter().map(replace).collect::<TokenStream>()
}
