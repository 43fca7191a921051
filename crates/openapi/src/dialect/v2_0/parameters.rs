//! Path, query and header parameters. Swagger 2.0 has no cookie parameters.

use serde_json::{Map, Value};

use super::{
    non_body::{CollectionFormat, flattened, non_body_schema},
    schema::Schemas,
};
use crate::{Example, Parameter, ParameterLocation, ParameterStyle};

/// Returns the parameters that are equivalent to a parameter of the model.
pub(super) fn parameters(parameter: &Parameter, schemas: &Schemas) -> Vec<Value> {
    let lowered = schemas.lowered(&parameter.schema);
    let flat = lowered.as_object().map(|it| flattened(it, schemas));
    let flat = flat.unwrap_or_default();
    let in_query = parameter.location == ParameterLocation::Query;
    if parameter.location == ParameterLocation::Cookie {
        Vec::new()
    } else if in_query && flat.get("type").is_some_and(|it| it == "object") {
        members(parameter, &flat, schemas)
    } else {
        vec![single(parameter, &flat, schemas)]
    }
}

fn single(parameter: &Parameter, flat: &Map<String, Value>, schemas: &Schemas) -> Value {
    let lists = match parameter.location {
        ParameterLocation::Query => CollectionFormat::of(parameter.style, parameter.explode),
        _ => CollectionFormat::Csv,
    };
    let mut written = non_body_schema(flat, schemas, lists);
    let mut put = |key: &str, value: Value| written.insert(key.to_owned(), value);
    put("name", parameter.name.as_str().into());
    put("in", crate::dialect::value(&parameter.location));
    if parameter.required {
        put("required", true.into());
    }
    let described = parameter.description.as_deref();
    if let Some(description) = described.or_else(|| flat.get("description")?.as_str()) {
        put("description", description.into());
    }
    if parameter.deprecated {
        put("x-deprecated", true.into());
    }
    let example = example(parameter.example.as_ref(), parameter.examples.values());
    if let Some(example) = example.or_else(|| flat.get("example")) {
        put("x-example", example.clone());
    }
    Value::Object(written)
}

/// Returns the example to write where only one is possible.
pub(super) fn example<'e>(
    unnamed: Option<&'e Value>,
    mut named: impl Iterator<Item = &'e Example>,
) -> Option<&'e Value> {
    unnamed.or_else(|| named.next().map(|example| &example.value))
}

/// Converts an object in the query to a parameter for each of its properties.
/// Properties without a name are omitted.
fn members(parameter: &Parameter, flat: &Map<String, Value>, schemas: &Schemas) -> Vec<Value> {
    let name: &dyn Fn(&str) -> String = match (parameter.style, parameter.explode) {
        (Some(ParameterStyle::DeepObject), _) => &|member| format!("{}[{member}]", parameter.name),
        (_, Some(false)) => return vec![single(parameter, flat, schemas)],
        _ => &str::to_owned,
    };
    let required = flat.get("required").and_then(Value::as_array);
    let required =
        |member| parameter.required && required.is_some_and(|it| it.contains(&Value::from(member)));
    let properties = flat.get("properties").and_then(Value::as_object);
    let properties = properties.into_iter().flatten();
    properties
        .map(|(member, schema)| {
            let mut of_member = Parameter::new(
                name(member),
                ParameterLocation::Query,
                parameter.schema.clone(),
            );
            of_member.required = required(member.as_str());
            of_member.deprecated = parameter.deprecated;
            if schema.get("description").is_none() {
                of_member.description.clone_from(&parameter.description);
            }
            let flat = schema.as_object().map(|it| flattened(it, schemas));
            single(&of_member, &flat.unwrap_or_default(), schemas)
        })
        .collect()
}
