//! `#[schema(partial = UpdateTodo)]`: a partial struct, whose fields are optional, for
//! bodies that update a value.

mod apply;
mod attributes;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{
    Attribute, Data, DeriveInput, Expr, Field, Fields, LitStr, Meta, Token, Type, bracketed,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    parse_quote,
    punctuated::Punctuated,
    spanned::Spanned,
};

use super::{
    rules,
    schemars_attributes::overrides_schema,
    types::{argument, inside_option, is_wrapper},
};
use crate::diagnostics::Diagnostics;
use apply::Change;
use attributes::{derives, filtered, has_serde_key, keeps_of_container};

const FORM: &str = "expected the name of the partial struct: `partial = UpdateTodo`, or `partial(UpdateTodo, fields = [title, done])` to make only some fields optional; `description = \"…\"` may follow";

/// The option `partial`.
pub(super) struct Partial {
    name: Ident,
    /// The fields that become optional; `None` for all of them.
    fields: Option<Vec<Ident>>,
    description: Option<LitStr>,
}

impl Partial {
    pub(super) fn read(meta: &Meta, diagnostics: &mut Diagnostics) -> Option<Self> {
        let read = match meta {
            Meta::NameValue(pair) => match &pair.value {
                Expr::Path(path) => path.path.get_ident().map(|name| Self {
                    name: name.clone(),
                    fields: None,
                    description: None,
                }),
                _ => None,
            },
            Meta::List(list) => return diagnostics.capture(list.parse_args()),
            Meta::Path(_) => None,
        };
        if read.is_none() {
            diagnostics.push(meta, FORM);
        }
        read
    }
}

impl Parse for Partial {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), FORM))?;
        let mut partial = Self {
            name,
            fields: None,
            description: None,
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let key: Ident = input.parse()?;
            input
                .parse::<Token![=]>()
                .map_err(|error| syn::Error::new(error.span(), FORM))?;
            if key == "fields" && partial.fields.is_none() {
                let list;
                bracketed!(list in input);
                let names = Punctuated::<Ident, Token![,]>::parse_terminated(&list)?;
                partial.fields = Some(names.into_iter().collect());
            } else if key == "description" && partial.description.is_none() {
                partial.description = Some(input.parse()?);
            } else {
                return Err(syn::Error::new(key.span(), FORM));
            }
        }
        Ok(partial)
    }
}

/// A partial struct as it would be written by hand.
pub(super) struct PartialStruct {
    /// The struct, for `#[schema]` to go on with.
    pub(super) item: DeriveInput,
    /// Its method that changes a value of the first struct.
    pub(super) apply: TokenStream,
}

/// Returns the partial struct of a struct, if it can have one.
pub(super) fn partial_struct(
    partial: &Partial,
    input: &DeriveInput,
    schemas: &TokenStream,
    diagnostics: &mut Diagnostics,
) -> Option<PartialStruct> {
    let name = &partial.name;
    let Data::Struct(data) = &input.data else {
        diagnostics.push(name, "`partial` is for structs");
        return None;
    };
    let Fields::Named(fields) = &data.fields else {
        diagnostics.push(
            name,
            "`partial` needs named fields: write the struct as `{ name: Type }`",
        );
        return None;
    };
    if !input.generics.params.is_empty() {
        diagnostics.push(
            name,
            "a generic struct cannot be `partial`: write the partial struct by hand with `Option` and `Patch` fields",
        );
        return None;
    }
    if *name == input.ident {
        diagnostics.push(name, "the partial struct needs a name of its own");
        return None;
    }
    check_names(partial, fields.named.iter(), diagnostics);
    let builder = Builder { partial, schemas };
    let partial_fields: Vec<PartialField> = fields
        .named
        .iter()
        .filter_map(|field| builder.field(field, diagnostics))
        .collect();
    let keeps_some = partial_fields.iter().any(|field| field.is_kept);
    let attributes = builder.container(input, keeps_some, diagnostics);
    let visibility = &input.vis;
    let fields = partial_fields.iter().map(|partial| &partial.field);
    let item: TokenStream = quote!(#(#attributes)* #visibility struct #name { #(#fields),* });
    Some(PartialStruct {
        item: diagnostics.capture(syn::parse2(item))?,
        apply: apply::method(name, input, &partial_fields, schemas),
    })
}

fn check_names<'f>(
    partial: &Partial,
    fields: impl Iterator<Item = &'f Field> + Clone,
    diagnostics: &mut Diagnostics,
) {
    let Some(wanted) = &partial.fields else {
        return;
    };
    if wanted.is_empty() {
        diagnostics.push(
            &partial.name,
            "name the fields that become optional, or write `partial = …` for all of them",
        );
    }
    for (index, name) in wanted.iter().enumerate() {
        let known = fields.clone().find(|f| f.ident.as_ref() == Some(name));
        if wanted[..index].contains(name) {
            diagnostics.push(name, format!("duplicate field `{name}`"));
        } else if let Some(field) = known {
            if has_serde_key(&field.attrs, &["skip", "skip_deserializing"])
                || is_wrapper(&field.ty, "ReadOnly")
            {
                diagnostics.push(
                    name,
                    "this field is never deserialized: remove it from the list",
                );
            }
        } else {
            let known: Vec<_> = fields
                .clone()
                .filter_map(|field| field.ident.as_ref())
                .map(|name| format!("`{name}`"))
                .collect();
            let message = match known.as_slice() {
                [] => "this struct has no fields: remove `partial`".to_owned(),
                _ => format!("unknown field: the fields are {}", known.join(", ")),
            };
            diagnostics.push(name, message);
        }
    }
}

/// A field of the partial struct.
struct PartialField {
    field: Field,
    /// It is deserialized as in the struct.
    is_kept: bool,
    change: Change,
}

struct Builder<'m> {
    partial: &'m Partial,
    schemas: &'m TokenStream,
}

impl Builder<'_> {
    fn container(
        &self,
        input: &DeriveInput,
        keeps_some: bool,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Attribute> {
        let derives = derives(&input.attrs);
        let message = match &self.partial.description {
            Some(message) => message.value(),
            None => format!(
                "An update of `{}`: fields that are absent keep their values.",
                input.ident.unraw()
            ),
        };
        let mut attributes: Vec<Attribute> = vec![
            parse_quote!(#[doc = #message]),
            parse_quote!(#[derive(#(#derives),*)]),
        ];
        for attribute in &input.attrs {
            let path = attribute.path();
            if ["cfg", "allow", "non_exhaustive"]
                .iter()
                .any(|kept| path.is_ident(kept))
            {
                attributes.push(attribute.clone());
            } else if path.is_ident("schemars") {
                attributes.extend(filtered(attribute, &mut |meta| {
                    !meta.path().is_ident("rename")
                }));
            } else if path.is_ident("serde") {
                attributes.extend(filtered(attribute, &mut |meta| {
                    keeps_of_container(meta, &derives, keeps_some, diagnostics)
                }));
            }
        }
        attributes
    }

    /// Returns the field of the partial struct, or nothing for one that requests cannot contain.
    fn field(&self, field: &Field, diagnostics: &mut Diagnostics) -> Option<PartialField> {
        let mut partial = field.clone();
        partial.attrs.retain(|attribute| {
            [
                "doc", "cfg", "cfg_attr", "allow", "serde", "schemars", "garde",
            ]
            .iter()
            .any(|kept| attribute.path().is_ident(kept))
        });
        if is_wrapper(&field.ty, "ReadOnly") {
            return None;
        }
        let is_wanted = match &self.partial.fields {
            Some(wanted) => field
                .ident
                .as_ref()
                .is_some_and(|name| wanted.contains(name)),
            None => true,
        };
        let is_skipped = has_serde_key(&field.attrs, &["skip", "skip_deserializing"]);
        let is_patch = is_wrapper(&field.ty, "Patch");
        if !is_wanted || is_skipped || is_patch {
            let change = match (is_skipped, is_patch) {
                (true, _) => Change::None,
                (false, true) => Change::UnlessAbsent,
                (false, false) => Change::Always,
            };
            return Some(PartialField {
                field: partial,
                is_kept: !is_skipped,
                change,
            });
        }
        if has_serde_key(&field.attrs, &["flatten"]) {
            diagnostics.push(
                &field.ident,
                "a flattened field cannot be optional: remove it from `fields = […]`, or write the partial struct by hand",
            );
        } else if has_serde_key(
            &field.attrs,
            &["with", "serialize_with", "deserialize_with"],
        ) || overrides_schema(&field.attrs)
        {
            diagnostics.push(
                &field.ident,
                "a field that a function reads or writes, or that is described as another type, cannot be made optional: remove it from `fields = […]`, or write the partial struct by hand",
            );
        }
        let change = self.make_optional(&mut partial, diagnostics);
        Some(PartialField {
            field: partial,
            is_kept: false,
            change,
        })
    }

    /// Turns `T` into an `Option` that cannot be null, and `Option<T>` into a `Patch`.
    fn make_optional(&self, field: &mut Field, diagnostics: &mut Diagnostics) -> Change {
        let schemas = self.schemas;
        let is_write_only = is_wrapper(&field.ty, "WriteOnly");
        let held = match argument(&field.ty) {
            Some(inside) if is_write_only => inside,
            _ => &field.ty,
        };
        let is_required = rules::are_required(&field.attrs);
        let option = inside_option(held).cloned();
        let around = |ty: &Type| match is_write_only {
            true => quote!(#schemas::WriteOnly<#ty>),
            false => ty.to_token_stream(),
        };
        let span = field.ty.span();
        let (ty, is_patch): (Type, bool) = match &option {
            Some(inside) if is_required => {
                let inside = around(inside);
                (parse_quote!(::std::option::Option<#inside>), false)
            }
            Some(inside) => {
                let inside = around(inside);
                let patch = format_ident!("Patch", span = span);
                (parse_quote!(#schemas::#patch<#inside>), true)
            }
            None => {
                let whole = &field.ty;
                (parse_quote!(::std::option::Option<#whole>), false)
            }
        };
        // A custom rule takes the type that the field has in the struct.
        let wrap = |function: &TokenStream| match &option {
            Some(_) => function.clone(),
            None => quote_spanned! {span=>
                |__value: &#ty, __context: &()| match __value {
                    ::std::option::Option::Some(__value) => (#function)(__value, __context),
                    ::std::option::Option::None => ::std::result::Result::Ok(()),
                }
            },
        };
        let custom: Option<&dyn Fn(&TokenStream) -> TokenStream> =
            if is_patch { None } else { Some(&wrap) };
        let mut attributes = Vec::new();
        for attribute in &field.attrs {
            if attribute.path().is_ident("garde") {
                attributes.extend(rules::for_optional_field(attribute, custom, diagnostics));
            } else if attribute.path().is_ident("serde") {
                attributes.extend(filtered(attribute, &mut |meta| {
                    !meta.path().is_ident("default") && !meta.path().is_ident("skip_serializing_if")
                }));
            } else {
                attributes.push(attribute.clone());
            }
        }
        if !is_patch {
            attributes.push(parse_quote!(#[serde(skip_serializing_if = "Option::is_none")]));
        }
        if is_write_only {
            attributes.push(parse_quote!(#[serde(skip_serializing)]));
        }
        field.attrs = attributes;
        field.ty = ty;
        match (option.is_some(), is_patch) {
            (false, _) => Change::IfGiven,
            (true, false) => Change::IfGivenToOption,
            (true, true) => Change::Patch { is_write_only },
        }
    }
}
