//! Beginning a folder with entries of others: written and folded as what comes through a relay is.
use std::collections::{BTreeMap, BTreeSet};

use record::gather::{Gathered, Parcels};
use record::verify::Checked;
use store::Append;

use super::{Exchanged, Known, adopted, write_gathered};
use crate::cabinet::stored;
use crate::error::Answer;
use crate::state::{BoardState, Stored};
use crate::writer::projection_rows;

/// Writes what was gathered into an empty store, with everything that follows from it. Answers with the state of the record,
/// and whether bytes are to be removed that an entry disposed of.
pub(crate) async fn begin_with(
    tx: &mut Append,
    parcels: &Parcels,
    gathered: Gathered,
    now: chrono::DateTime<chrono::Utc>,
) -> Answer<(BoardState, bool)> {
    let (documents, kept, own) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    let known = Known { parcels, documents: &documents, kept: &kept, relay: None, own: &own };
    write_gathered(tx, &known, &gathered, now, &mut Exchanged::default()).await?;
    let entries = tx.entries_after(0, u32::MAX).await.map_err(stored)?;
    let whole = Stored {
        rosters: gathered.rosters.versions().iter().map(|version| version.bytes().to_vec()).collect(),
        policies: adopted(&gathered).iter().filter_map(|digest| parcels.policies.get(digest)).cloned().collect(),
        last_position: entries.last().map_or(0, |entry| entry.position),
        envelopes: entries.into_iter().map(|entry| entry.envelope).collect(),
        witnessed: BTreeMap::new(),
    };
    let state = BoardState::load_checked(&whole, &Checked::default(), gathered.entries)?;
    tx.project(&projection_rows(&state, &state.ledger.all())?).await.map_err(stored)?;
    let gone = crate::disposals::note(tx, &state).await?;
    Ok((state, gone))
}
