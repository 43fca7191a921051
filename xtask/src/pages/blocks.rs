//! The fenced blocks of a page that are run.

use anyhow::{Context as _, Result, bail};

/// A block, with the number of the line that opens it.
pub(super) struct Block {
    pub(super) line: usize,
    pub(super) content: Content,
}

pub(super) enum Content {
    /// Commands for the shell, and lines that their output has.
    Commands {
        text: String,
        mode: Mode,
        output: String,
    },
    /// A text to add at the end of a file.
    Addition { path: String, text: String },
    /// Lines to change in a file.
    Diff { path: String, text: String },
}

/// What is expected of commands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Succeeds,
    Fails,
    /// They run until they are stopped.
    Server,
    /// They are not run here.
    Later,
}

/// Returns the blocks that are run, in their order.
pub(super) fn read(page: &str) -> Result<Vec<Block>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines = page.lines().enumerate();
    // Output belongs to the block of commands before it.
    let mut may_have_output = false;
    while let Some((index, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let line = index + 1;
        let mut text = String::new();
        loop {
            let (_, next) = lines
                .next()
                .with_context(|| format!("line {line}: the block has no end"))?;
            if next == "```" {
                break;
            }
            text.push_str(next);
            text.push('\n');
        }
        let (language, rest) = info.split_once(' ').unwrap_or((info, ""));
        let content = match (language, rest) {
            ("sh", mode) => Content::Commands {
                text,
                mode: match mode {
                    "" => Mode::Succeeds,
                    "fails" => Mode::Fails,
                    "server" => Mode::Server,
                    "later" => Mode::Later,
                    _ => bail!("line {line}: `{mode}` is no way to run commands"),
                },
                output: String::new(),
            },
            ("text", "") if may_have_output => {
                if let Some(Content::Commands { output, .. }) =
                    blocks.last_mut().map(|it| &mut it.content)
                {
                    *output = text;
                }
                may_have_output = false;
                continue;
            }
            (_, "") => continue,
            ("diff", path) => Content::Diff {
                path: path.to_owned(),
                text,
            },
            (_, path) => Content::Addition {
                path: path.to_owned(),
                text,
            },
        };
        may_have_output = matches!(content, Content::Commands { .. });
        blocks.push(Block { line, content });
    }
    Ok(blocks)
}
