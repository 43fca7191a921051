//! Reads the modules of a crate: what each declares, imports and mentions.
//!
//! Code under `#[cfg(test)]` is left out: a unit test may use anything.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::{
    Attribute, Expr, ExprLit, File, Item, ItemUse, Lit, Meta, UseTree, Visibility,
    ext::IdentExt,
    spanned::Spanned,
    visit::{self, Visit},
};

/// The path of a module from the root of its crate; empty for the root.
pub(super) type ModulePath = Vec<String>;

/// Returns the text of a file, or nothing if it does not exist.
pub(super) type ReadFile<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A path as it is written in the source.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
}

/// A module, with a file of its own or inline.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) file: String,
    /// Names that this module defines, other than modules.
    pub(super) items: BTreeSet<String>,
    /// Names that `use` brings into scope, with the path of each.
    pub(super) imports: BTreeMap<String, Vec<String>>,
    /// The paths of `use path::*`.
    pub(super) globs: Vec<Vec<String>>,
    pub(super) mentions: Vec<Mention>,
}

/// All modules of one crate.
#[derive(Debug, Default)]
pub(super) struct Modules(pub(super) BTreeMap<ModulePath, Module>);

/// Reads a crate from its root file (`src/lib.rs`) on.
pub(super) fn read(root: &str, read_file: ReadFile<'_>) -> Result<Modules, String> {
    let mut modules = Modules::default();
    read_module(root, folder_of(root), Vec::new(), read_file, &mut modules)?;
    Ok(modules)
}

fn folder_of(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn read_module(
    file: &str,
    folder: &str,
    path: ModulePath,
    read_file: ReadFile<'_>,
    modules: &mut Modules,
) -> Result<(), String> {
    let text = read_file(file).ok_or_else(|| format!("{file}: cannot be read"))?;
    let parsed: File = syn::parse_file(&text).map_err(|error| format!("{file}: {error}"))?;
    read_items(&parsed.items, file, folder, path, read_file, modules)
}

fn read_items(
    items: &[Item],
    file: &str,
    folder: &str,
    path: ModulePath,
    read_file: ReadFile<'_>,
    modules: &mut Modules,
) -> Result<(), String> {
    let mut module = Module {
        file: file.to_owned(),
        ..Module::default()
    };
    for item in items.iter().filter(|item| !is_test(attributes(item))) {
        let Item::Mod(inner) = item else {
            module.add(item);
            continue;
        };
        let name = inner.ident.unraw().to_string();
        let folder = format!("{folder}/{name}");
        let mut path = path.clone();
        path.push(name);
        if let Some((_, items)) = &inner.content {
            read_items(items, file, &folder, path, read_file, modules)?;
            continue;
        }
        if let Some(written) = written_path(&inner.attrs) {
            let file = format!("{}/{written}", folder_of(file));
            read_module(&file, folder_of(&file), path, read_file, modules)?;
            continue;
        }
        let candidates = [format!("{folder}.rs"), format!("{folder}/mod.rs")];
        let found = candidates.iter().find(|file| read_file(file).is_some());
        let found = found.ok_or_else(|| format!("{file}: no file for `mod {}`", inner.ident))?;
        read_module(found, &folder, path, read_file, modules)?;
    }
    modules.0.insert(path, module);
    Ok(())
}

impl Module {
    fn add(&mut self, item: &Item) {
        self.items
            .extend(name(item).map(|name| name.unraw().to_string()));
        if let Item::Use(import) = item {
            self.import(import);
        } else {
            Scanner(self).visit_item(item);
        }
    }

    fn import(&mut self, import: &ItemUse) {
        let mut leaves = Vec::new();
        flatten(&import.tree, &mut Vec::new(), &mut leaves);
        for leaf in leaves {
            self.mention(leaf.segments.clone(), leaf.span);
            match leaf.name {
                Some(name) => {
                    self.imports.insert(name, leaf.segments);
                }
                None => self.globs.push(leaf.segments),
            }
        }
    }

    fn mention(&mut self, segments: Vec<String>, span: Span) {
        let line = span.start().line;
        self.mentions.push(Mention { segments, line });
    }
}

/// One path of a `use`; without a name for a glob.
struct Leaf {
    name: Option<String>,
    segments: Vec<String>,
    span: Span,
}

fn flatten(tree: &UseTree, before: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
    let text = |ident: &Ident| ident.unraw().to_string();
    match tree {
        UseTree::Path(path) => {
            before.push(text(&path.ident));
            flatten(&path.tree, before, leaves);
            before.pop();
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, leaves);
            }
        }
        UseTree::Glob(glob) => leaves.push(Leaf {
            name: None,
            segments: before.clone(),
            span: glob.span(),
        }),
        UseTree::Name(name) => leaves.push(leaf(before, &name.ident, &name.ident)),
        UseTree::Rename(rename) => leaves.push(leaf(before, &rename.ident, &rename.rename)),
    }
}

/// A named path; `self` at its end stands for the path before it.
fn leaf(before: &[String], last: &Ident, name: &Ident) -> Leaf {
    let mut segments = before.to_vec();
    if last != "self" {
        segments.push(last.unraw().to_string());
    }
    let name = match name == "self" {
        true => segments.last().cloned(),
        false => Some(name.unraw().to_string()),
    };
    Leaf {
        name,
        segments,
        span: last.span(),
    }
}

/// Collects the paths in items, in what macros are given and in attributes.
struct Scanner<'m>(&'m mut Module);

impl<'ast> Visit<'ast> for Scanner<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_test(attributes(item)) {
            return;
        }
        match item {
            // In a function; its names are not those of the module.
            Item::Use(import) => {
                let mut leaves = Vec::new();
                flatten(&import.tree, &mut Vec::new(), &mut leaves);
                for leaf in leaves {
                    self.0.mention(leaf.segments, leaf.span);
                }
            }
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_test(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            let segments = path.segments.iter().map(|s| s.ident.unraw().to_string());
            self.0.mention(segments.collect(), path.span());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        visit::visit_macro(self, call);
        self.tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
        }
    }

    // `pub(in crate::a)` opens a module and uses nothing of it.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

impl Scanner<'_> {
    /// Finds paths among tokens: identifiers with `::` between them, also in string literals such as those of serde.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => self.literal(&literal.to_string(), literal.span()),
                TokenTree::Ident(first) => {
                    let end = path_end(&tokens, at);
                    if end > at && !continues(&tokens, at) {
                        let idents = tokens[at..=end].iter().step_by(3);
                        self.0
                            .mention(idents.map(ToString::to_string).collect(), first.span());
                    }
                    at = end;
                }
                TokenTree::Punct(_) => {}
            }
            at += 1;
        }
    }

    fn literal(&mut self, literal: &str, span: Span) {
        let text = literal.trim_matches('"');
        let is_path = ["crate::", "super::", "self::"]
            .iter()
            .any(|root| text.starts_with(root));
        if is_path {
            self.0
                .mention(text.split("::").map(str::to_owned).collect(), span);
        }
    }
}

fn is_colon(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':')
}

/// The index of the last identifier of the path that begins at an index.
fn path_end(tokens: &[TokenTree], start: usize) -> usize {
    let mut end = start;
    while is_colon(tokens.get(end + 1))
        && is_colon(tokens.get(end + 2))
        && matches!(tokens.get(end + 3), Some(TokenTree::Ident(_)))
    {
        end += 3;
    }
    end
}

/// Whether a path goes on from what stands before it: `::a::b`, `#interpolated::a`.
fn continues(tokens: &[TokenTree], start: usize) -> bool {
    let before = |distance: usize| start.checked_sub(distance).and_then(|at| tokens.get(at));
    let is_interpolated =
        matches!(before(1), Some(TokenTree::Punct(punct)) if punct.as_char() == '#');
    // `name: path` is not `::path`.
    is_interpolated || (is_colon(before(1)) && is_colon(before(2)))
}

/// The path of `#[path = "…"]`.
fn written_path(attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("path"))?;
    match &attribute.meta.require_name_value().ok()?.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(path),
            ..
        }) => Some(path.value()),
        _ => None,
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|condition| condition.is_ident("test"))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn name(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}
