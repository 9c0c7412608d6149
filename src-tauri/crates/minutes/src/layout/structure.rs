//! What a document is made of, in reading order: the tree that archives keep and that readers for the blind walk
//! (ISO 32000-1, 14.7 and 14.8; ISO 14289-1).

use std::collections::BTreeMap;

/// A standard structure type (ISO 32000-1, 14.8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// 1 for the document's title, then without a gap.
    Heading(u8),
    Paragraph,
    Code,
    Table,
    Head,
    Body,
    Row,
    /// Heads the cells below it.
    ColumnHeader,
    /// Heads the cells beside it.
    RowHeader,
    Cell,
    /// Holds a field.
    Form,
    /// Drawn, and said in other words by its `alt`.
    Figure,
    /// Words that lead elsewhere, and the annotations over them. It stands among the words of its parent, where its own
    /// words do.
    Link,
}

impl Kind {
    /// Its name in the file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Heading(0 | 1) => "H1",
            Self::Heading(2) => "H2",
            Self::Heading(3) => "H3",
            Self::Heading(_) => "H4",
            Self::Paragraph => "P",
            Self::Code => "Code",
            Self::Table => "Table",
            Self::Head => "THead",
            Self::Body => "TBody",
            Self::Row => "TR",
            Self::ColumnHeader | Self::RowHeader => "TH",
            Self::Cell => "TD",
            Self::Form => "Form",
            Self::Figure => "Figure",
            Self::Link => "Link",
        }
    }

    /// Which cells a header speaks for (ISO 32000-1, table 349).
    pub(crate) const fn scope(self) -> Option<&'static str> {
        match self {
            Self::ColumnHeader => Some("Column"),
            Self::RowHeader => Some("Row"),
            Self::Heading(_)
            | Self::Paragraph
            | Self::Code
            | Self::Table
            | Self::Head
            | Self::Body
            | Self::Row
            | Self::Cell
            | Self::Form
            | Self::Figure
            | Self::Link => None,
        }
    }
}

/// An element's number in its [`Structure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ElementId(pub(crate) u32);

/// What a drawn thing belongs to; `None` for what is no content: running heads, rules, panels, repeated headers, and
/// shapes that repeat what the words beside them say.
pub(crate) type Tag = Option<ElementId>;

/// One element. There are tens of thousands: what few of them have stands in the [`Structure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) kind: Kind,
    /// The element it stands in; `None` in the document itself.
    pub(crate) parent: Tag,
}

/// What is said of a figure to whoever does not see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    /// In words.
    pub(crate) alt: String,
    /// Left, bottom, right, top on its page, in hundredths of a point from the bottom left; known once it is placed.
    pub(crate) bounds: Option<[i32; 4]>,
}

/// All elements of a document in reading order: each after the one it stands in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Structure {
    pub(crate) elements: Vec<Element>,
    /// What a bookmark to each heading says.
    pub(crate) titles: Titles,
    /// What each figure shows, and where it stands.
    pub(crate) figures: BTreeMap<ElementId, Figure>,
    /// The links and the items they lead to, in the order of their elements.
    pub(crate) links: Vec<(ElementId, u32)>,
    /// The heading of each item, sorted by its number.
    anchors: Vec<(u32, ElementId)>,
}

/// Words of headings, in one text: each on its own would stand among the words of pages in memory, and what these leave behind
/// would be no room for anything else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Titles {
    text: String,
    /// Where the words of each heading end, in the order of their elements.
    ends: Vec<(ElementId, usize)>,
}

impl Titles {
    /// Those of a heading that was made after all others: elements are numbered as they are made.
    fn add(&mut self, of: ElementId, title: &str) {
        self.text.push_str(title);
        self.ends.push((of, self.text.len()));
    }

    /// What a bookmark to a heading says.
    pub(crate) fn get(&self, of: ElementId) -> Option<&str> {
        let at = self.ends.binary_search_by_key(&of, |(element, _)| *element).ok()?;
        let from = at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |(_, end)| *end);
        self.text.get(from..self.ends.get(at)?.1)
    }
}

impl Structure {
    /// A new element at the end of `parent`.
    pub(crate) fn add(&mut self, kind: Kind, parent: Tag) -> ElementId {
        let id = ElementId(u32::try_from(self.elements.len()).unwrap_or(u32::MAX));
        self.elements.push(Element { kind, parent });
        id
    }

    /// A heading, which becomes a bookmark as well.
    pub(crate) fn heading(&mut self, level: u8, title: &str) -> ElementId {
        let id = self.add(Kind::Heading(level), None);
        self.titles.add(id, title);
        id
    }

    /// A figure with what it says in words.
    pub(crate) fn figure(&mut self, alt: String) -> ElementId {
        let id = self.add(Kind::Figure, None);
        self.figures.insert(id, Figure { alt, bounds: None });
        id
    }

    /// A link to an item, among the words of `parent`.
    pub(crate) fn link(&mut self, item: u32, parent: Tag) -> ElementId {
        let id = self.add(Kind::Link, parent);
        self.links.push((id, item));
        id
    }

    /// Says where an item begins: where it is headed first.
    pub(crate) fn anchor(&mut self, item: u32, heading: ElementId) {
        if let Err(at) = self.anchors.binary_search_by_key(&item, |(item, _)| *item) {
            self.anchors.insert(at, (item, heading));
        }
    }

    /// The heading of an item, if it has one.
    pub(crate) fn anchor_of(&self, item: u32) -> Option<ElementId> {
        let at = self.anchors.binary_search_by_key(&item, |(item, _)| *item).ok()?;
        self.anchors.get(at).map(|(_, heading)| *heading)
    }
}
