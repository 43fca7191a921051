//! Parts: types whose members are members of the object around them. They are flattened fields, and the content of variants that
//! have their tag beside it. The document composes the object of its parts, and each part reads its own members.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Fields, Type, parse_quote};

use super::{
    Plan,
    field_plan::{FieldPlan, Step, variant_step},
    generics,
    serde_attributes::{self, Tagging},
    types::inside_option,
};
use crate::diagnostics::Diagnostics;

/// Returns the attribute of schemars that leaves the composition to the document.
pub(super) fn described(
    ty: &Type,
    is_flattened: bool,
    is_required: bool,
    plan: &Plan,
) -> Attribute {
    let schemas = &plan.options.schemas;
    let flatten = quote!(#schemas::__private::flatten);
    let with = match inside_option(ty) {
        Some(inside) if is_required => quote!(#flatten::Part<#inside>),
        Some(inside) if is_flattened => quote!(#flatten::OptionalPart<#inside>),
        _ if is_flattened => quote!(#flatten::Part<#ty>),
        _ => quote!(#flatten::Content<#ty>),
    };
    let with = with.to_string();
    parse_quote!(#[schemars(with = #with)])
}

/// Adds the attributes of serde by which each flattened field reads its own members, and none of the others'.
pub(super) fn read(fields: &mut Fields, plans: &[FieldPlan], variant: usize, plan: &Plan) {
    let is_described = plan.container.has_bound && plan.is_generic;
    if !plan.options.reads || is_described {
        return;
    }
    let schemas = &plan.options.schemas;
    let owner = &plan.ty;
    for (index, (field, own)) in fields.iter_mut().zip(plans).enumerate() {
        if !own.is_flattened || own.reads_itself {
            continue;
        }
        let function = match inside_option(&field.ty) {
            Some(_) if own.is_required => quote!(required_part),
            Some(_) => quote!(optional_part),
            None => quote!(part),
        };
        let path =
            quote!(#schemas::__private::flatten::#function::<#owner, #variant, #index, _, _>);
        let path = path.to_string();
        field
            .attrs
            .push(parse_quote!(#[serde(deserialize_with = #path)]));
    }
}

/// Marks the variants that have to be closed: serde rejects no unknown members in a type with flattened fields.
pub(super) fn close_variants(input: &mut DeriveInput, plan: &Plan) {
    let Data::Enum(data) = &mut input.data else {
        return;
    };
    let is_open = plan.options.ignores_unknown.is_some();
    if !plan.options.reads || !plan.container.has_flatten || is_open {
        return;
    }
    for variant in &mut data.variants {
        let own = serde_attributes::variant(&variant.attrs, &mut Diagnostics::default());
        let is_struct = matches!(variant.fields, Fields::Named(_));
        let is_unit = matches!(variant.fields, Fields::Unit);
        let closed: Vec<&str> = match &plan.container.tagging {
            _ if own.is_untagged || own.is_skipped => Vec::new(),
            Tagging::External if is_struct => vec!["*"],
            Tagging::Internal { .. } if is_struct || is_unit => vec![""],
            Tagging::Untagged if is_struct => vec![""],
            Tagging::Adjacent { content, .. } if is_struct => vec!["", content],
            Tagging::Adjacent { .. } => vec![""],
            _ => Vec::new(),
        };
        if !closed.is_empty() {
            variant
                .attrs
                .push(parse_quote!(#[schemars(extend("x-purlin-closed" = [#(#closed),*]))]));
        }
    }
}

/// Emits `Schema::declares`: whether a name is that of a member.
pub(super) fn declares(input: &DeriveInput, plan: &Plan, fields: &[Vec<FieldPlan>]) -> TokenStream {
    let private = private(plan);
    let mut names: Vec<TokenStream> = Vec::new();
    if let Some(other) = &plan.container.read_as {
        let ty = &other.ty;
        names.push(
            quote!(#private::probe::Keys::<#ty>(::core::marker::PhantomData).declares(__name)),
        );
    } else {
        match &input.data {
            Data::Enum(data) => {
                for (variant, fields) in data.variants.iter().zip(fields) {
                    names.extend(of_variant(variant, fields, plan));
                }
            }
            _ => names.extend(
                fields
                    .iter()
                    .flatten()
                    .filter_map(|field| of_field(field, plan)),
            ),
        }
    }
    let is_struct = is_struct(input, plan, fields);
    quote! {
        fn declares(__name: &::core::primitive::str) -> ::std::option::Option<::core::primitive::bool> {
            #[allow(unused_imports, reason = "most types are schemas")]
            use #private::probe::SkipKeys as _;
            #private::flatten::any(&[#(#names),*])
        }

        #is_struct
    }
}

/// Emits `Schema::is_struct`, unless it is that of the trait: `false`.
fn is_struct(input: &DeriveInput, plan: &Plan, fields: &[Vec<FieldPlan>]) -> Option<TokenStream> {
    let container = &plan.container;
    let Data::Struct(data) = &input.data else {
        return None;
    };
    if !plan.options.reads || container.read_as.is_some() {
        return None;
    }
    let newtype = match fields {
        [fields] => match fields.as_slice() {
            [only] if !only.is_skipped && !only.reads_itself => only.shares.as_ref(),
            _ => None,
        },
        _ => None,
    };
    let is_struct = match newtype {
        Some(ty) => {
            let private = private(plan);
            quote! {
                #[allow(unused_imports, reason = "most types are schemas")]
                use #private::probe::SkipKeys as _;
                #private::probe::Keys::<#ty>(::core::marker::PhantomData).is_struct()
            }
        }
        None if matches!(data.fields, Fields::Named(_)) && !container.is_transparent => {
            quote!(true)
        }
        None => return None,
    };
    Some(quote! {
        fn is_struct() -> ::core::primitive::bool {
            #is_struct
        }
    })
}

fn of_variant(variant: &syn::Variant, fields: &[FieldPlan], plan: &Plan) -> Vec<TokenStream> {
    let own = serde_attributes::variant(&variant.attrs, &mut Diagnostics::default());
    if own.is_skipped {
        return Vec::new();
    }
    let conditions = super::field_plan::conditions(&variant.attrs);
    let is_name = |name: &str| quote!(#(#conditions)* ::std::option::Option::Some(__name == #name));
    let mut names = Vec::new();
    if !own.is_untagged {
        match &plan.container.tagging {
            Tagging::Internal { tag } => names.push(is_name(tag)),
            Tagging::Adjacent { tag, content } => {
                return vec![is_name(tag), is_name(content)];
            }
            Tagging::External => {
                let step = variant_step(variant, plan);
                return step.iter().map(|name| is_name(name)).collect();
            }
            Tagging::Untagged => {}
        }
    }
    let of_fields = fields.iter().filter_map(|field| of_field(field, plan));
    names.extend(of_fields.map(|name| quote!(#(#conditions)* #name)));
    names
}

fn of_field(field: &FieldPlan, plan: &Plan) -> Option<TokenStream> {
    let conditions = &field.conditions;
    let name = match (&field.step, &field.shares) {
        _ if field.is_skipped => return None,
        (Some(Step::Member(name)), _) => quote!(::std::option::Option::Some(__name == #name)),
        (None, Some(ty)) => {
            let private = private(plan);
            quote!(#private::probe::Keys::<#ty>(::core::marker::PhantomData).declares(__name))
        }
        _ => return None,
    };
    Some(quote!(#(#conditions)* #name))
}

/// Emits `impl Parts`: which names each flattened field declares.
pub(super) fn parts(input: &DeriveInput, plan: &Plan, fields: &[Vec<FieldPlan>]) -> TokenStream {
    if !plan.options.reads || !plan.container.has_flatten {
        return TokenStream::new();
    }
    let (schemas, private) = (&plan.options.schemas, private(plan));
    let mut arms = Vec::new();
    for (variant, fields) in fields.iter().enumerate() {
        for (index, field) in fields.iter().enumerate() {
            if let Some(ty) = field.shares.as_ref().filter(|_| field.is_flattened) {
                let conditions = &field.conditions;
                arms.push(quote! {
                    #(#conditions)*
                    (#variant, #index) => #private::probe::Keys::<#ty>(::core::marker::PhantomData).declares(__name),
                });
            }
        }
    }
    let most = fields.iter().map(Vec::len).max().unwrap_or(0);
    let name = &input.ident;
    let generics = generics::bounded(&input.generics, schemas);
    let (generics, _, wheres) = generics.split_for_impl();
    let (_, of, _) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics #private::flatten::Parts for #name #of #wheres {
            const FIELDS: ::core::primitive::usize = #most;

            fn declares(
                __variant: ::core::primitive::usize,
                __field: ::core::primitive::usize,
                __name: &::core::primitive::str,
            ) -> ::std::option::Option<::core::primitive::bool> {
                #[allow(unused_imports, reason = "most types are schemas")]
                use #private::probe::SkipKeys as _;
                match (__variant, __field) {
                    #(#arms)*
                    _ => ::std::option::Option::Some(false),
                }
            }
        }
    }
}

fn private(plan: &Plan) -> TokenStream {
    let schemas = &plan.options.schemas;
    quote!(#schemas::__private)
}
