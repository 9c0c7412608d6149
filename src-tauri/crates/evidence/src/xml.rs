//! XML, element by element: no document type is followed, no entity expanded, nothing fetched.
use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::bounds::{DEPTH, cut};
use crate::error::{At, Fault, Place};

/// More than any format has on one element.
const ATTRIBUTES: usize = 64;

/// An element that opens.
pub(crate) struct Opened<'r> {
    /// Its name, without a prefix.
    pub name: &'r str,
    /// The names of the elements around it, the outermost first.
    pub around: &'r [String],
    start: &'r BytesStart<'r>,
    at: u64,
}

impl Opened<'_> {
    /// A fault at this element.
    pub fn fault(&self, fault: Fault) -> At {
        At { place: Place::Byte(self.at), fault }
    }

    fn malformed(&self, why: impl std::fmt::Display) -> At {
        self.fault(Fault::Malformed(format!("it is not as XML asks: {}", cut(&why.to_string()))))
    }

    /// An attribute's text; `None` when it is not there.
    pub fn text(&self, name: &str) -> Result<Option<String>, At> {
        let mut found = None;
        for (n, attribute) in self.start.attributes().with_checks(false).enumerate() {
            let attribute = attribute.map_err(|error| self.malformed(error))?;
            if n >= ATTRIBUTES {
                return Err(self.malformed(format!("<{}> has more than {ATTRIBUTES} attributes", self.name)));
            }
            if attribute.key.0 != name {
                continue;
            }
            if found.is_some() {
                return Err(self.malformed(format!("<{}> has the attribute {name} twice", self.name)));
            }
            let value: Cow<'_, str> =
                attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|error| self.malformed(error))?;
            found = Some(cut(&value));
        }
        Ok(found)
    }

    /// An attribute that counts; `None` when it is not there.
    pub fn count(&self, name: &str) -> Result<Option<u32>, At> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        // `parse` alone would take "+1".
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(count) if plain => Ok(Some(count)),
            Ok(_) | Err(_) => Err(self.malformed(format!("{name}={text:?} on <{}> is no count", self.name))),
        }
    }
}

/// What listens to a document.
pub(crate) trait Listener {
    /// An element opens.
    fn open(&mut self, element: &Opened<'_>) -> Result<(), At>;
    /// The element of this name, with so many around it, closes.
    fn close(&mut self, name: &str, around: usize);
}

/// The name of the outermost element, without a prefix.
pub(crate) fn root(text: &str) -> Result<String, At> {
    struct First(Option<String>);
    impl Listener for First {
        fn open(&mut self, element: &Opened<'_>) -> Result<(), At> {
            self.0 = Some(element.name.to_owned());
            // Enough is known: what this says is not looked at.
            Err(element.fault(Fault::Unrecognised))
        }
        fn close(&mut self, _: &str, _: usize) {}
    }
    let mut first = First(None);
    let ended = walk(text, &mut first);
    match first.0 {
        Some(name) => Ok(name),
        None => Err(ended.err().unwrap_or_else(|| At::whole(Fault::Unrecognised))),
    }
}

/// Reads a document to its end.
pub(crate) fn walk(text: &str, listener: &mut impl Listener) -> Result<(), At> {
    crate::bounds::xml(text)?;
    let mut reader = Reader::from_str(text);
    let mut around: Vec<String> = Vec::new();
    let mut ended = false;
    loop {
        let at = reader.buffer_position();
        let here = |fault| At { place: Place::Byte(at), fault };
        let malformed = |why: &str| here(Fault::Malformed(format!("it is not as XML asks: {why}")));
        let event = reader.read_event().map_err(|error| At {
            place: Place::Byte(reader.error_position()),
            fault: Fault::Malformed(format!("it is not as XML asks: {}", cut(&error.to_string()))),
        })?;
        match event {
            Event::Start(start) => {
                if ended && around.is_empty() {
                    return Err(malformed("a second outermost element"));
                }
                if around.len() >= DEPTH {
                    return Err(here(Fault::TooDeep));
                }
                opened(&start, &around, at, listener)?;
                around.push(start.local_name().into_inner().to_owned());
            }
            Event::Empty(start) => {
                if ended && around.is_empty() {
                    return Err(malformed("a second outermost element"));
                }
                opened(&start, &around, at, listener)?;
                listener.close(start.local_name().into_inner(), around.len());
                ended |= around.is_empty();
            }
            Event::End(_) => {
                // The reader has compared the names.
                let Some(name) = around.pop() else { return Err(malformed("an end without a beginning")) };
                listener.close(&name, around.len());
                ended |= around.is_empty();
            }
            Event::DocType(declared) => doctype(&declared.into_inner()).map_err(here)?,
            Event::GeneralRef(reference) => {
                let name = reference.into_inner();
                let known = name.starts_with('#') || matches!(&*name, "lt" | "gt" | "amp" | "apos" | "quot");
                if !known {
                    return Err(here(Fault::Entity(cut(&name))));
                }
            }
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().and_then(Result::ok).unwrap_or(Cow::Borrowed("UTF-8"));
                if !["utf-8", "us-ascii"].contains(&encoding.to_ascii_lowercase().as_str()) {
                    return Err(here(Fault::NotUtf8));
                }
            }
            Event::Text(said) => {
                if around.is_empty() && !said.into_inner().trim().is_empty() {
                    return Err(malformed("text outside of the outermost element"));
                }
            }
            Event::CData(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof if around.is_empty() && ended => return Ok(()),
            Event::Eof => return Err(malformed("it ends before its outermost element does")),
        }
    }
}

fn opened(start: &BytesStart<'_>, around: &[String], at: u64, listener: &mut impl Listener) -> Result<(), At> {
    let name = start.local_name().into_inner();
    listener.open(&Opened { name, around, start, at })
}

/// Cobertura's files name the DTD they follow. That alone is let pass, and never fetched.
fn doctype(declared: &str) -> Result<(), Fault> {
    let mut words = declared.split_whitespace();
    let named = (words.next(), words.next());
    let harmless =
        matches!(named, (Some("coverage"), Some("SYSTEM" | "PUBLIC"))) && !declared.contains(['[', '<', '%']);
    if harmless { Ok(()) } else { Err(Fault::Doctype) }
}
