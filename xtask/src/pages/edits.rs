//! Changes of a file, as a page shows them: lines that begin with a space stay, with `-` go, with `+` come.

use anyhow::{Result, ensure};

/// Returns the text with the lines changed. What stays and goes has to be in the text once, without lines in between.
pub(super) fn apply(text: &str, diff: &str) -> Result<String> {
    let side = |excluded: char| {
        let lines = diff.lines().filter(|line| !line.starts_with(excluded));
        let lines = lines.map(|line| line.get(1..).unwrap_or_default());
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    let (old, new) = (side('+'), side('-'));
    let found: Vec<_> = text
        .match_indices(&old)
        .filter(|(at, _)| *at == 0 || text[..*at].ends_with('\n'))
        .collect();
    ensure!(
        found.len() == 1,
        "these lines occur {} times in it:\n{old}",
        found.len()
    );
    let at = found[0].0;
    Ok(format!("{}{new}{}", &text[..at], &text[at + old.len()..]))
}

#[cfg(test)]
mod tests {
    use super::apply;

    #[test]
    fn lines_are_changed_in_their_place() {
        let text = "a\n  b\n\nc\n";
        assert_eq!(apply(text, "   b\n+  x\n").unwrap(), "a\n  b\n  x\n\nc\n");
        assert_eq!(apply(text, "-  b\n \n+y\n c\n").unwrap(), "a\n\ny\nc\n");
        for diff in ["-b\n", "+x\n", "-a\n-c\n"] {
            assert!(apply(text, diff).is_err(), "{diff}");
        }
    }
}
