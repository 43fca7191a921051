//! The recording and alert rules of Prometheus, which a service has under its own names.

use minijinja::context;

use super::Deployment;
use crate::{Result, template};

/// Where each alert is explained.
const RUNBOOK: &str = "https://github.com/purlin-rs/purlin/blob/main/docs/runbook.md";

/// Returns the file of rules.
pub(super) fn render(deployment: &Deployment) -> Result<String> {
    let context = context! {
        name => &deployment.name,
        title => title(&deployment.name),
        metrics => metrics(&deployment.variables),
        runbook => RUNBOOK,
    };
    let template = include_str!("templates/prometheus/rules.yml");
    template::render("prometheus/rules.yml", template, &context)
}

/// Returns the groups of the file, without the comment above them and the last line end.
pub(super) fn groups(deployment: &Deployment) -> Result<String> {
    let text = render(deployment)?;
    let begin = text.find("groups:").unwrap_or_default();
    let groups = text.get(begin..).unwrap_or_default();
    Ok(groups.trim_end().to_owned())
}

/// Returns a name as alerts have it: `OrderDesk` for `order-desk`.
fn title(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    let capital = |part: &str| {
        let mut letters = part.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    parts.map(capital).collect()
}

/// Returns what the names of metrics begin with, as `purlin-app` derives it from the same prefix as the variables.
fn metrics(variables: &str) -> String {
    let prefix = variables.trim_end_matches('_').to_lowercase();
    match prefix.as_bytes().first() {
        Some(b'0'..=b'9') => format!("_{prefix}"),
        _ => prefix,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_from_those_of_the_service() {
        assert_eq!(title("order-desk"), "OrderDesk");
        assert_eq!(title("purlin"), "Purlin");
        assert_eq!(metrics("ORDER_DESK_"), "order_desk");
        assert_eq!(metrics("9LIVES_"), "_9lives");
    }
}
