//! Which drawing a file follows. Whoever verifies minutes draws them again and compares the bytes, which only an edition of
//! Cabinet can that draws alike: so a file says by a number how it was drawn.

use crate::pdf::file::PdfFile;
use crate::pdf::value::{Value, get};

/// The number of the drawing: of whatever makes the bytes of an unsigned document from its content, down to fonts, packing
/// and the appearances of signatures. Whoever changes one byte that any document would have counts it up, once an edition
/// with this number is published; `tests/pinned.rs` fails where one forgets.
pub const LAYOUT: u32 = 1;

/// What goes before the number.
const BEFORE: &str = "Cabinet, layout ";

/// The producer as Info and XMP name it: Cabinet, and how it draws.
pub(crate) fn producer() -> String {
    named(LAYOUT)
}

fn named(layout: u32) -> String {
    format!("{BEFORE}{layout}")
}

/// The number that a file says in the base revision, which no later one may replace; `None` where it says none as it is
/// written.
pub(crate) fn layout_of(file: &PdfFile<'_>) -> Option<u32> {
    let info = get(&file.base().trailer, "Info").and_then(|info| file.resolve(info)).and_then(Value::as_dict)?;
    read(&get(info, "Producer")?.as_words()?)
}

fn read(producer: &str) -> Option<u32> {
    let layout = producer.strip_prefix(BEFORE)?.parse().ok()?;
    (named(layout) == producer).then_some(layout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written_and_in_no_other_way() {
        assert_eq!(read(&producer()), Some(LAYOUT));
        assert_eq!(read("Cabinet, layout 4294967295"), Some(u32::MAX));
        for number in ["", " ", "01", "+1", "-1", "1 ", "1.0", "4294967296"] {
            assert_eq!(read(&format!("Cabinet, layout {number}")), None, "{number:?}");
        }
        for other in ["", "Cabinet", "cabinet, layout 1", "Other, layout 1"] {
            assert_eq!(read(other), None, "{other:?}");
        }
    }
}
