//! Cobertura XML. Lines are counted from `class/lines/line`; the sums that newer tools add are held against them.
use domain::evidence::{Coverage, Format, Says};

use crate::Read;
use crate::error::{At, Fault};
use crate::json::add;
use crate::xml::{Listener, Opened};

#[derive(Default)]
struct Report {
    counted: Coverage,
    covered: Option<u32>,
    valid: Option<u32>,
    version: String,
}

impl Listener for Report {
    fn open(&mut self, element: &Opened<'_>) -> Result<(), At> {
        match (element.name, element.around) {
            ("coverage", []) => {
                self.covered = element.count("lines-covered")?;
                self.valid = element.count("lines-valid")?;
                self.version = element.text("version")?.unwrap_or_default();
            }
            // The lines of methods stand in the class once more.
            ("line", [.., class, lines]) if class == "class" && lines == "lines" => {
                add(&mut self.counted.lines_valid, 1);
                let hits = element.count("hits")?;
                let hits = hits.ok_or_else(|| element.fault(Fault::Malformed("a line has no hits".to_owned())))?;
                add(&mut self.counted.lines_covered, u32::from(hits > 0));
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, _: &str, _: usize) {}
}

/// Reads a report of coverage.
pub(crate) fn read(text: &str) -> Result<Read, At> {
    let mut report = Report::default();
    crate::xml::walk(text, &mut report)?;
    let coverage = match (report.covered, report.valid) {
        (Some(lines_covered), Some(lines_valid)) => Coverage { lines_covered, lines_valid },
        (Some(_) | None, _) => report.counted,
    };
    // Some tools count a line of two classes once: fewer is possible, more is not.
    if coverage.lines_covered > coverage.lines_valid || coverage.lines_covered > report.counted.lines_covered {
        return Err(At::whole(Fault::Disagrees(format!(
            "it claims {} of {} lines covered and shows {} of {}",
            coverage.lines_covered, coverage.lines_valid, report.counted.lines_covered, report.counted.lines_valid
        ))));
    }
    Ok(Read { format: Format::Cobertura, version: report.version, tools: Vec::new(), says: Says::Coverage(coverage) })
}
