//! Calm tables: columns by two spaces, headings in the first line, no rules and no colours.

/// A table in the making.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With these headings.
    pub fn new(head: &[&str]) -> Self {
        Self { rows: vec![head.iter().map(|h| (*h).to_owned()).collect()] }
    }

    /// Without headings.
    pub fn bare() -> Self {
        Self::default()
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        // A cell is one line: what a ticket says must not look like another row.
        let line = |c: String| c.split_whitespace().collect::<Vec<_>>().join(" ");
        self.rows.push(cells.into_iter().map(|c| line(c.into())).collect());
    }

    /// The lines, each column as wide as its widest cell.
    pub fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |i: usize| self.rows.iter().filter_map(|r| r.get(i)).map(|c| c.chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut out = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(&format!("{cell:width$}  "));
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

/// At most `most` characters, with an ellipsis where something was cut.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// A number with what it counts, as it is said of one and of more.
pub fn counted<N: std::fmt::Display + PartialEq + From<u8>>(n: N, one: &str, more: &str) -> String {
    let words = if n == N::from(1) { one } else { more };
    format!("{n} {words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_a_cell_stays_one_line() {
        let mut table = Table::new(&["Key", "Title"]);
        table.row(["CHG-1", "One\nCHG-2  forged"]);
        table.row(["CHG-103", "Two"]);
        assert_eq!(table.text(), "Key      Title\nCHG-1    One CHG-2 forged\nCHG-103  Two\n");
    }

    #[test]
    fn one_is_said_as_one() {
        for (n, said) in [(0_usize, "0 changes"), (1, "1 change"), (2, "2 changes"), (21, "21 changes")] {
            assert_eq!(counted(n, "change", "changes"), said);
        }
        assert_eq!(counted(1_u32, "blob was lost", "blobs were lost"), "1 blob was lost");
    }

    #[test]
    fn a_long_title_is_cut_where_letters_end() {
        assert_eq!(cut("Übergröße", 5), "Über…");
        assert_eq!(cut("kurz", 5), "kurz");
    }
}
