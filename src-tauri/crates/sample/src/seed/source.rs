//! Reads the data files: text that people can write and review, instead of code.
//!
//! ```text
//! === Title of the change
//! kind: Normal
//! service: gateway
//! window: tue+1 22:00 90
//! --- description
//! Paragraphs of textile.
//! --- backout
//! …
//! ```
use std::collections::BTreeMap;

use crate::error::SampleError;

/// One block of a data file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    pub(crate) title: String,
    /// Keys that may come more than once keep their order.
    pub(crate) keys: Vec<(String, String)>,
    pub(crate) sections: BTreeMap<String, String>,
    /// Where it starts, for messages.
    pub(crate) file: &'static str,
    pub(crate) line: usize,
}

impl Block {
    pub(crate) fn key(&self, name: &str) -> Option<&str> {
        self.keys.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn all<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b str> {
        self.keys.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn wrong(&self, why: impl Into<String>) -> SampleError {
        SampleError::Data { file: self.file, line: self.line, why: format!("{}: {}", self.title, why.into()) }
    }

    pub(crate) fn need(&self, name: &str) -> Result<&str, SampleError> {
        self.key(name).ok_or_else(|| self.wrong(format!("no {name}")))
    }
}

/// Splits a file into blocks.
pub(crate) fn blocks(file: &'static str, text: &str) -> Result<Vec<Block>, SampleError> {
    let mut out: Vec<Block> = Vec::new();
    let mut section: Option<String> = None;
    for (line, content) in (1usize..).zip(text.lines()) {
        let wrong = |why: &str| SampleError::Data { file, line, why: why.to_owned() };
        if let Some(title) = content.strip_prefix("=== ") {
            out.push(Block { title: title.trim().to_owned(), file, line, ..Block::default() });
            section = None;
            continue;
        }
        let Some(block) = out.last_mut() else {
            if content.trim().is_empty() || content.starts_with('#') {
                continue;
            }
            return Err(wrong("text before the first block"));
        };
        if let Some(name) = content.strip_prefix("--- ") {
            block.sections.insert(name.trim().to_owned(), String::new());
            section = Some(name.trim().to_owned());
        } else if let Some(name) = &section {
            if let Some(text) = block.sections.get_mut(name) {
                text.push_str(content);
                text.push('\n');
            }
        } else if !content.trim().is_empty() {
            let (key, value) = content.split_once(':').ok_or_else(|| wrong("neither key nor section"))?;
            block.keys.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    for block in &mut out {
        for text in block.sections.values_mut() {
            *text = text.trim().to_owned();
        }
    }
    Ok(out)
}
