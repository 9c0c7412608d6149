//! What the readers of JSON share: texts that are cut, and lists that are folded instead of kept.
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use domain::evidence::Tool;

use crate::bounds::cut;

/// Tools that are named one by one.
const TOOLS: usize = 8;

/// A string, cut.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Whole;
        impl Visitor<'_> for Whole {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text(cut(text)))
            }
        }
        from.deserialize_str(Whole)
    }
}

/// The text, or nothing where there is none.
pub(crate) fn or_empty(text: Option<Text>) -> String {
    text.unwrap_or_default().0
}

/// What takes the items of a list one by one.
pub(crate) trait Sink: Default {
    /// One item.
    type Item: DeserializeOwned;
    /// Takes it; a text says why it cannot be.
    fn take(&mut self, item: Self::Item) -> Result<(), String>;
}

/// A list that was folded into what takes its items.
#[derive(Debug, Default)]
pub(crate) struct Fold<S>(pub S);

impl<'de, S: Sink> Deserialize<'de> for Fold<S> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Items<S>(PhantomData<S>);
        impl<'de, S: Sink> Visitor<'de> for Items<S> {
            type Value = Fold<S>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Fold<S>, A::Error> {
                let mut sink = S::default();
                while let Some(item) = list.next_element()? {
                    sink.take(item).map_err(A::Error::custom)?;
                }
                Ok(Fold(sink))
            }
        }
        from.deserialize_seq(Items::<S>(PhantomData))
    }
}

/// One more; what does not fit a count stays at its end.
pub(crate) fn add(count: &mut u32, more: u32) {
    *count = count.saturating_add(more);
}

/// A tool as SARIF and CycloneDX write it.
#[derive(Debug, Deserialize)]
pub(crate) struct NamedTool {
    name: Option<Text>,
    version: Option<Text>,
}

impl From<NamedTool> for Tool {
    fn from(tool: NamedTool) -> Self {
        Self { name: or_empty(tool.name), version: or_empty(tool.version) }
    }
}

/// The first tools of a list.
#[derive(Debug, Default)]
pub(crate) struct Tools(pub Vec<Tool>);

impl Tools {
    /// Keeps one that is new, while there is room.
    pub fn add(&mut self, tool: Tool) {
        if self.0.len() < TOOLS && !self.0.contains(&tool) {
            self.0.push(tool);
        }
    }
}

impl Sink for Tools {
    type Item = NamedTool;
    fn take(&mut self, item: NamedTool) -> Result<(), String> {
        self.add(item.into());
        Ok(())
    }
}

/// CycloneDX's tools: a list up to 1.4, an object with `components` since.
#[derive(Debug, Default)]
pub(crate) struct EitherTools(pub Tools);

impl<'de> Deserialize<'de> for EitherTools {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = EitherTools;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of tools, or an object that has one")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<EitherTools, A::Error> {
                let mut tools = Tools::default();
                while let Some(tool) = list.next_element::<NamedTool>()? {
                    tools.add(tool.into());
                }
                Ok(EitherTools(tools))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<EitherTools, A::Error> {
                let mut found: Option<Fold<Tools>> = None;
                while let Some(key) = object.next_key::<Text>()? {
                    if key.0 != "components" {
                        object.next_value::<IgnoredAny>()?;
                    } else if found.is_some() {
                        return Err(A::Error::duplicate_field("components"));
                    } else {
                        found = Some(object.next_value()?);
                    }
                }
                Ok(EitherTools(found.unwrap_or_default().0))
            }
        }
        from.deserialize_any(Either)
    }
}
