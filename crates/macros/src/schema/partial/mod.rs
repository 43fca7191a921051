//! The partial twin of a struct: `#[schema(partial = UpdateTodo)]` makes a second
//! one of which fields may be left out, for bodies that change what is there.

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
    schemars_attributes::says_its_schema,
    types::{argument, inside_option, is_wrapper},
};
use crate::mistakes::Mistakes;
use apply::Change;
use attributes::{derives, filtered, keeps_of_container, says_serde};

const FORM: &str = "name the second struct: `partial = UpdateTodo`, or `partial(UpdateTodo, fields = [title, done])` where only some fields may be left out; `description = \"…\"` may follow";

/// What `partial` says.
pub(super) struct Partial {
    name: Ident,
    /// The fields that may be left out; nothing for all of them.
    fields: Option<Vec<Ident>>,
    description: Option<LitStr>,
}

impl Partial {
    pub(super) fn read(meta: &Meta, mistakes: &mut Mistakes) -> Option<Self> {
        let read = match meta {
            Meta::NameValue(pair) => match &pair.value {
                Expr::Path(path) => path.path.get_ident().map(|name| Self {
                    name: name.clone(),
                    fields: None,
                    description: None,
                }),
                _ => None,
            },
            Meta::List(list) => return mistakes.keep(list.parse_args()),
            Meta::Path(_) => None,
        };
        if read.is_none() {
            mistakes.add(meta, FORM);
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

/// A twin as it would be written by hand.
pub(super) struct Twin {
    /// The struct, for `#[schema]` to go on with.
    pub(super) item: DeriveInput,
    /// Its method that changes a value of the first struct.
    pub(super) apply: TokenStream,
}

/// The twin of a struct, where it can have one.
pub(super) fn twin(
    partial: &Partial,
    input: &DeriveInput,
    schemas: &TokenStream,
    mistakes: &mut Mistakes,
) -> Option<Twin> {
    let name = &partial.name;
    let Data::Struct(data) = &input.data else {
        mistakes.add(
            name,
            "an enum has no fields to leave out: make the twin of a struct",
        );
        return None;
    };
    let Fields::Named(fields) = &data.fields else {
        mistakes.add(
            name,
            "only fields with names can be left out: write the struct as `{ name: Type }`",
        );
        return None;
    };
    if !input.generics.params.is_empty() {
        mistakes.add(
            name,
            "a generic struct has no twin: declare one of its own with `Option` and `Patch` fields",
        );
        return None;
    }
    if *name == input.ident {
        mistakes.add(name, "the second struct needs a name of its own");
        return None;
    }
    check_names(partial, fields.named.iter(), mistakes);
    let maker = Maker { partial, schemas };
    let made: Vec<Made> = fields
        .named
        .iter()
        .filter_map(|field| maker.field(field, mistakes))
        .collect();
    let keeps_some = made.iter().any(|made| made.is_kept);
    let attributes = maker.container(input, keeps_some, mistakes);
    let visibility = &input.vis;
    let fields = made.iter().map(|made| &made.field);
    let item: TokenStream = quote!(#(#attributes)* #visibility struct #name { #(#fields),* });
    Some(Twin {
        item: mistakes.keep(syn::parse2(item))?,
        apply: apply::method(name, input, &made, schemas),
    })
}

fn check_names<'f>(
    partial: &Partial,
    fields: impl Iterator<Item = &'f Field> + Clone,
    mistakes: &mut Mistakes,
) {
    let Some(wanted) = &partial.fields else {
        return;
    };
    if wanted.is_empty() {
        mistakes.add(
            &partial.name,
            "name the fields that may be left out, or all of them by `partial = …`",
        );
    }
    for (index, name) in wanted.iter().enumerate() {
        let known = fields.clone().find(|f| f.ident.as_ref() == Some(name));
        if wanted[..index].contains(name) {
            mistakes.add(name, format!("`{name}` is named twice"));
        } else if let Some(field) = known {
            if says_serde(&field.attrs, &["skip", "skip_deserializing"])
                || is_wrapper(&field.ty, "ReadOnly")
            {
                mistakes.add(name, "this field is not read in any case: do not name it");
            }
        } else {
            let known: Vec<_> = fields
                .clone()
                .filter_map(|field| field.ident.as_ref())
                .map(|name| format!("`{name}`"))
                .collect();
            let words = match known.as_slice() {
                [] => "there are no fields: take `partial` out".to_owned(),
                _ => format!("not a field: there are {}", known.join(", ")),
            };
            mistakes.add(name, words);
        }
    }
}

/// A field of the twin.
struct Made {
    field: Field,
    /// It is read, and as it is in the struct.
    is_kept: bool,
    change: Change,
}

struct Maker<'m> {
    partial: &'m Partial,
    schemas: &'m TokenStream,
}

impl Maker<'_> {
    fn container(
        &self,
        input: &DeriveInput,
        keeps_some: bool,
        mistakes: &mut Mistakes,
    ) -> Vec<Attribute> {
        let derives = derives(&input.attrs);
        let words = match &self.partial.description {
            Some(words) => words.value(),
            None => format!(
                "A change of `{}`: what is left out stays as it is.",
                input.ident.unraw()
            ),
        };
        let mut attributes: Vec<Attribute> = vec![
            parse_quote!(#[doc = #words]),
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
                    keeps_of_container(meta, &derives, keeps_some, mistakes)
                }));
            }
        }
        attributes
    }

    /// The twin's field; nothing for one that requests cannot say.
    fn field(&self, field: &Field, mistakes: &mut Mistakes) -> Option<Made> {
        let mut twin = field.clone();
        twin.attrs.retain(|attribute| {
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
        let is_skipped = says_serde(&field.attrs, &["skip", "skip_deserializing"]);
        let is_patch = is_wrapper(&field.ty, "Patch");
        if !is_wanted || is_skipped || is_patch {
            let change = match (is_skipped, is_patch) {
                (true, _) => Change::None,
                (false, true) => Change::UnlessAbsent,
                (false, false) => Change::Always,
            };
            return Some(Made {
                field: twin,
                is_kept: !is_skipped,
                change,
            });
        }
        if says_serde(&field.attrs, &["flatten"]) {
            mistakes.add(
                &field.ident,
                "a flattened field cannot be left out as a whole: leave it out of `fields = […]`, or declare the twin by hand",
            );
        } else if says_serde(
            &field.attrs,
            &["with", "serialize_with", "deserialize_with"],
        ) || says_its_schema(&field.attrs)
        {
            mistakes.add(
                &field.ident,
                "what is read by a function or described as another type cannot be made optional: leave the field out of `fields = […]`, or declare the twin by hand",
            );
        }
        let change = self.make_optional(&mut twin, mistakes);
        Some(Made {
            field: twin,
            is_kept: false,
            change,
        })
    }

    /// `T` becomes an `Option` that is not null, `Option<T>` a `Patch`.
    fn make_optional(&self, field: &mut Field, mistakes: &mut Mistakes) -> Change {
        let schemas = self.schemas;
        let is_write_only = is_wrapper(&field.ty, "WriteOnly");
        let held = match argument(&field.ty) {
            Some(inside) if is_write_only => inside,
            _ => &field.ty,
        };
        let is_required = rules::are_required(&field.attrs);
        let option = inside_option(held).cloned();
        let around = |kind: &Type| match is_write_only {
            true => quote!(#schemas::WriteOnly<#kind>),
            false => kind.to_token_stream(),
        };
        let span = field.ty.span();
        let (kind, is_patch): (Type, bool) = match &option {
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
        // A rule of the program's own was made for what the field was.
        let wrap = |function: &TokenStream| match &option {
            Some(_) => function.clone(),
            None => quote_spanned! {span=>
                |__value: &#kind, __context: &()| match __value {
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
                attributes.extend(rules::loosened(attribute, custom, mistakes));
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
        field.ty = kind;
        match (option.is_some(), is_patch) {
            (false, _) => Change::IfGiven,
            (true, false) => Change::IfGivenToOption,
            (true, true) => Change::Patch { is_write_only },
        }
    }
}
