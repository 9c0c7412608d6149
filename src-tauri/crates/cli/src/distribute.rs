//! `cab minutes distribute` and `cab minutes extracts`: what was sealed, or is a draft yet, into a folder.
use std::io::Read as _;
use std::path::{Path, PathBuf};

use board::views::HandedEdition;
use board::{BoardError, DistributeRequest, Distributed, Extracts, ExtractsRequest, HandedFile, NoExtract};
use serde_json::json;

use crate::exit::{self, CabError, Done};
use crate::host::Host;
use crate::names::{self, Wanted};
use crate::reply::Reply;
use crate::table::counted;

/// Bytes of a file of keys at most.
const LONGEST_KEYS: u64 = 64 * 1024;

/// Runs `cab minutes distribute`.
pub async fn minutes(
    host: &Host,
    meeting: Option<&str>,
    (edition, whole): (Option<HandedEdition>, bool),
    to: PathBuf,
) -> Done<Reply> {
    let cabinet = host.open().await?;
    let meeting = names::meeting(&cabinet, meeting, Wanted::Closed).await?.id;
    let handed = cabinet.distribute_minutes(DistributeRequest { meeting, edition, whole, to }).await?;
    let text = told(&handed);
    Ok(Reply::of(&handed, text))
}

fn told(handed: &Distributed) -> String {
    let file = |f: &HandedFile| {
        let already = if f.already { "  (was there already)" } else { "" };
        format!("\n  {}{already}", f.file)
    };
    let mut text = format!("In {}:{}", handed.folder.display(), file(&handed.minutes));
    for beside in handed.annexes.iter().chain(&handed.errata) {
        text.push_str(&file(beside));
    }
    for extract in &handed.extracts {
        text.push_str(&file(&extract.handed));
    }
    text.push_str(&file(&handed.mail));
    text.push_str(&if handed.to.is_empty() {
        "\nThe mail is addressed to nobody: the roster has no address (cab member change NAME --account mail=ADDRESS)."
            .to_owned()
    } else {
        format!("\nThe mail is addressed to {}.", handed.to.join(", "))
    });
    if !handed.to.is_empty() && !handed.without_address.is_empty() {
        text.push_str(&format!("\nWithout an address on the roster: {}.", handed.without_address.join(", ")));
    }
    if !handed.not_here.is_empty() {
        text.push_str(&format!("\nSealed on another device, and not here: {}.", handed.not_here.join(", ")));
    }
    if !handed.left_out.is_empty() {
        let out = handed.left_out.join(", ");
        text.push_str(&format!("\nNot handed out, for they tell of restricted items: {out}."));
    }
    text
}

/// Runs `cab minutes extracts`.
pub async fn extracts(host: &Host, keys: Vec<String>, from: Option<&Path>, to: PathBuf) -> Done<Reply> {
    let mut keys: Vec<String> = keys.iter().map(|key| names::change(key)).collect();
    if let Some(from) = from {
        keys.extend(in_file(from)?.lines().map(names::change));
    }
    let cabinet = host.open().await?;
    outcome(&cabinet.collect_extracts(ExtractsRequest { keys, to }).await?)
}

/// The keys of a file, a line each.
fn in_file(path: &Path) -> Done<String> {
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(CabError::file(path))?;
    file.take(LONGEST_KEYS + 1).read_to_string(&mut text).map_err(CabError::file(path))?;
    if text.len() as u64 > LONGEST_KEYS {
        let why = format!("{} has more than {LONGEST_KEYS} bytes; name fewer changes at a time.", path.display());
        return Err(BoardError::invalid("keys-from", why).into());
    }
    // What an editor of another system puts in front is no part of the first key.
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// All there: done. Else what is lacking is named, by the number of whatever is worst.
fn outcome(extracts: &Extracts) -> Done<Reply> {
    let lacking: Vec<_> = extracts.rows.iter().filter(|row| row.reason.is_some()).collect();
    let there = extracts.rows.len() - lacking.len();
    let mut text = format!(
        "{} and an index (index.csv, index.json) in {}.",
        counted(there, "extract", "extracts"),
        extracts.folder.display()
    );
    let detail = json!({ "folder": extracts.folder, "schema": extracts.schema, "rows": extracts.rows });
    if lacking.is_empty() {
        return Ok(Reply { result: detail, text });
    }
    let of = counted(lacking.len(), "change has", "changes have");
    text = format!("{of} no extract to hand out. {text}");
    for row in &lacking {
        text.push_str(&format!("\n  {}: {}", row.key, row.why.as_deref().unwrap_or_default()));
    }
    let damaged = lacking.iter().any(|row| row.reason == Some(NoExtract::Damaged));
    let exit = if damaged { exit::VERIFICATION } else { exit::NOT_FOUND };
    Err(CabError::Partly { what: text, detail, exit })
}

#[cfg(test)]
mod tests {
    use super::*;
    use board::ExtractRow;

    fn row(key: &str, reason: Option<NoExtract>) -> ExtractRow {
        ExtractRow {
            key: key.to_owned(),
            title: None,
            decision: None,
            meeting: None,
            date: None,
            file: reason.is_none().then(|| format!("{key}.pdf")),
            sha256: None,
            reason,
            why: reason.map(|_| "Not sealed.".to_owned()),
        }
    }

    fn of(rows: Vec<ExtractRow>) -> Done<Reply> {
        outcome(&Extracts { folder: PathBuf::from("out"), schema: "s", rows })
    }

    #[test]
    fn what_lacks_is_named_by_key_and_the_number_is_that_of_the_worst() {
        let done = of(vec![row("CHG-1", None)]).expect("all there");
        assert_eq!(done.text, "1 extract and an index (index.csv, index.json) in out.");
        for (reason, code) in [
            (NoExtract::UnknownChange, exit::NOT_FOUND),
            (NoExtract::NoDecision, exit::NOT_FOUND),
            (NoExtract::NotSealed, exit::NOT_FOUND),
            (NoExtract::NotHere, exit::NOT_FOUND),
            (NoExtract::Damaged, exit::VERIFICATION),
        ] {
            let rows = vec![row("CHG-1", None), row("CHG-2", Some(reason)), row("CHG-3", Some(NoExtract::NotSealed))];
            let lacks = of(rows).expect_err("two lack");
            assert_eq!(lacks.code(), code);
            let text = lacks.to_text();
            assert!(text.starts_with("2 changes have no extract to hand out. 1 extract and"), "{text}");
            assert!(text.contains("\n  CHG-2: Not sealed.\n  CHG-3: "), "{text}");
            assert_eq!(lacks.to_json()["detail"]["rows"][0]["file"], "CHG-1.pdf", "scripts read what there is");
        }
    }

    #[test]
    fn a_file_of_keys_has_an_end_and_its_mark_is_no_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys.txt");
        std::fs::write(&path, "\u{feff}CHG-1\r\nchg-2\n\n").expect("written");
        let keys: Vec<String> = in_file(&path).expect("read").lines().map(names::change).collect();
        assert_eq!(keys, ["CHG-1", "CHG-2", ""]);
        std::fs::write(&path, "CHG-1\n".repeat(20_000)).expect("written");
        assert_eq!(in_file(&path).expect_err("too long").code(), exit::INVALID);
        assert_eq!(in_file(&folder.path().join("none")).expect_err("none").code(), exit::NOT_FOUND);
    }
}
