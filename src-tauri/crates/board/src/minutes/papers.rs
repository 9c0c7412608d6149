//! What the window writes out beside minutes: extracts by a list that somebody pasted, the agenda before the meeting, and by
//! way of the signing window the approved plan of a change.
use std::path::PathBuf;

use domain::ids::MemberId;
use domain::roster::Role;
use domain::text::mark_invisible;

use super::approved_plan::{PLAN_MEANING, manager};
use super::phrases::Words;
use super::{AgendaPaperRequest, ExportPlanRequest, ExtractsRequest};
use crate::approvals::Handing;
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::paths;
use crate::requests::{AgendaOnPaper, ExtractsByList};
use crate::signing_hands::Prepared;
use crate::state::BoardState;
use crate::views::{AgendaWritten, ExtractLine, ExtractsWritten, Fact, SigningSubject};

/// Bytes of a pasted list of changes, at most.
const LONGEST_LIST: usize = 64 << 10;

/// The keys of a pasted list: a line each, or with blanks, commas or semicolons between them.
fn listed(text: &str) -> Answer<Vec<String>> {
    if text.len() > LONGEST_LIST {
        let why = format!("It has more than {LONGEST_LIST} bytes; name fewer changes at a time.");
        return Err(BoardError::invalid("keys", why));
    }
    let between = |letter: char| letter.is_whitespace() || letter == ',' || letter == ';';
    let keys = text.trim_start_matches('\u{feff}').split(between).filter(|key| !key.is_empty());
    Ok(keys.map(str::to_uppercase).collect())
}

/// A path that somebody typed for a new file.
fn new_file(text: &str) -> Answer<PathBuf> {
    let path = paths::whole("path", text)?;
    if path.exists() {
        let there = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        return Err(paths::unwritable(&path, &there));
    }
    Ok(path)
}

fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: value.into() }
}

impl Cabinet {
    /// Writes the sealed extracts of the changes that somebody listed into a folder that they typed, with the index. A
    /// change without one has a line that says why.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] with the field `path` or `keys`; what [`Cabinet::collect_extracts`] refuses.
    pub async fn write_extracts(&self, request: ExtractsByList) -> Answer<ExtractsWritten> {
        let to = paths::whole("path", &request.path)?;
        let done = self.collect_extracts(ExtractsRequest { keys: listed(&request.keys)?, to }).await?;
        let lines = done.rows.into_iter().map(|row| ExtractLine {
            key: row.key,
            title: row.title.unwrap_or_default(),
            file: row.file.unwrap_or_default(),
            why: row.why.unwrap_or_default(),
        });
        Ok(ExtractsWritten { folder: done.folder.display().to_string(), lines: lines.collect() })
    }

    /// Writes the agenda of a meeting into a new file that somebody typed, alone or with what is to be read for it.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] with the field `path` where it is no whole path; what [`Cabinet::agenda_paper`] refuses.
    pub async fn write_agenda(&self, request: AgendaOnPaper) -> Answer<AgendaWritten> {
        let path = paths::whole("path", &request.path)?;
        let AgendaOnPaper { meeting, pre_read, .. } = request;
        let done = self.agenda_paper(AgendaPaperRequest { meeting, path, pre_read }).await?;
        Ok(AgendaWritten {
            path: done.path.display().to_string(),
            items: done.items,
            read: done.read,
            restricted: done.restricted,
        })
    }

    /// What the signing window shows before the approved plan of a change is sealed.
    pub(crate) async fn prepare_plan(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        (change, path): (&str, &str),
    ) -> Answer<Prepared> {
        let path = new_file(path)?;
        let Handing { present, until, .. } = self.handing(board, state, change).await?;
        manager(board, state, None)?;
        let here = |id: &MemberId| board.is_enrolled_here(*id);
        let managers = state.roster().members.iter().filter(|member| member.has(Role::ReleaseManager));
        let managers = managers.filter(|member| member.signature_key().is_some());
        let key = &present.change.key;
        Ok(Prepared {
            subject: subject.clone(),
            title: format!("Approved plan of {key}"),
            meaning: PLAN_MEANING.in_words(Words::of(&state.policy)).to_owned(),
            facts: vec![
                fact("Change", format!("{key}: {}", mark_invisible(&present.change.title))),
                fact("File", mark_invisible(&path.display().to_string())),
                fact("Inside", "approval.json, which the pipeline's gate takes, and the evidence of the change"),
                fact("Good until", format!("{}, if it is sealed now", crate::words::time(until))),
            ],
            // Until when it is good moves with every moment, and is no part of it.
            digest: present.content.digest,
            manifest: vec![fact("Content", present.content.digest.to_string())],
            signers: managers.map(|manager| manager.id).filter(here).collect(),
        })
    }

    /// Seals the approved plan, with the PIN of the release manager who was shown it.
    pub(crate) async fn write_plan(
        &self,
        (change, path): (&str, &str),
        by: String,
        pin: vault::SecretString,
    ) -> Answer<()> {
        let request = ExportPlanRequest { change: change.to_owned(), path: new_file(path)?, by: Some(by), pin };
        Box::pin(self.export_plan(request)).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_list_is_read_however_its_keys_are_set_apart() {
        let keys = ["CHG-1", "CHG-2", "CHG-3"];
        for text in ["CHG-1\r\nchg-2\nCHG-3\n", "\u{feff}CHG-1, CHG-2;CHG-3", " chg-1\tchg-2  chg-3 "] {
            assert_eq!(listed(text).expect("read"), keys, "{text:?}");
        }
        assert!(listed(" \n").expect("read").is_empty());
        let long = listed(&"CHG-1\n".repeat(20_000)).expect_err("it has an end");
        assert!(matches!(long, BoardError::Invalid { field, .. } if field == "keys"));
    }
}
