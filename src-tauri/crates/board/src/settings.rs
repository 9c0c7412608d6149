//! Preferences of this device, and whose eyes are in front of it.
use domain::ids::MemberId;
use domain::roster::{KeyUse, Member};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::views::{Noun, Preferences, PreferencesTheme};

const PREFERENCES: &str = "preferences";
pub(crate) const ME: &str = "me";
const SCALES: std::ops::RangeInclusive<u32> = 80..=250;

fn defaults() -> Preferences {
    Preferences { theme: PreferencesTheme::System, scale_percent: 100, single_keys: true }
}

impl OpenBoard {
    /// A setting of this device. One that cannot be read any more counts as not set: it is a convenience.
    pub(crate) async fn setting<T: DeserializeOwned>(&self, key: &str) -> Answer<Option<T>> {
        let json = self.store.setting(key).await.map_err(stored)?;
        Ok(json.and_then(|json| match serde_json::from_str(&json) {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::warn!(%error, key, "a setting cannot be read; its default holds");
                None
            }
        }))
    }

    /// Keeps a setting; `None` takes it away.
    pub(crate) async fn put_setting<T: Serialize>(&self, key: &str, value: Option<&T>) -> Answer<()> {
        let json = value.map(serde_json::to_string).transpose().map_err(|e| BoardError::internal(&e))?;
        self.store.put_setting(key, json.as_deref()).await.map_err(stored)
    }
}

impl Cabinet {
    /// How this device shows things.
    pub async fn preferences(&self) -> Answer<Preferences> {
        match self.board() {
            Ok(board) => Ok(board.setting(PREFERENCES).await?.unwrap_or_else(defaults)),
            // Before there is a board there is nowhere to keep them.
            Err(_) => Ok(defaults()),
        }
    }

    /// Changes how this device shows things.
    pub async fn set_preferences(&self, request: Preferences) -> Answer<Preferences> {
        if !SCALES.contains(&request.scale_percent) {
            return Err(BoardError::invalid("scale_percent", "Choose a size between 80 and 250 percent."));
        }
        self.board()?.put_setting(PREFERENCES, Some(&request)).await?;
        self.changed(&[Noun::Preferences], &[]);
        Ok(request)
    }

    /// The member in front of this device: as chosen, else the first one with a key here.
    pub(crate) async fn me(&self, board: &OpenBoard, state: &BoardState) -> Answer<Option<Member>> {
        let chosen: Option<MemberId> = board.setting(ME).await?;
        let members = &state.roster().members;
        let me = chosen
            .and_then(|id| members.iter().find(|m| m.id == id))
            .or_else(|| members.iter().find(|m| m.signature_key().is_some() && board.is_enrolled_here(m.id)))
            .or_else(|| members.first());
        Ok(me.cloned())
    }

    /// As [`Cabinet::me`], refused when the roster is empty.
    pub(crate) async fn my_id(&self, board: &OpenBoard, state: &BoardState) -> Answer<MemberId> {
        self.me(board, state).await?.map(|m| m.id).ok_or_else(|| BoardError::not_found("member", "at this device"))
    }

    /// Whose device this is: what it tells without a PIN it tells in their name.
    ///
    /// # Errors
    /// [`BoardError::Refused`] where the board has not admitted it.
    pub(crate) fn device_owner(&self, board: &OpenBoard, state: &BoardState) -> Answer<MemberId> {
        let owner = state
            .roster()
            .members
            .iter()
            .find(|m| m.keys.iter().any(|k| k.id == board.device && k.usage == KeyUse::Recording));
        owner.map(|m| m.id).ok_or_else(|| {
            BoardError::refused(
                "not_admitted",
                "The board has not admitted this device yet.",
                Some("R68"),
                "Give the enrolment file to the chair and compare the six words.",
            )
        })
    }

    /// As [`Cabinet::my_id`], of whoever owns the device: no verifier takes from it what it tells in another's name.
    ///
    /// # Errors
    /// [`BoardError::Refused`] where somebody else is in front of it.
    pub(crate) async fn my_id_on_my_device(&self, board: &OpenBoard, state: &BoardState) -> Answer<MemberId> {
        let (me, owner) = (self.my_id(board, state).await?, self.device_owner(board, state)?);
        if me == owner {
            return Ok(me);
        }
        let (me, owner) = (state.name(me), state.name(owner));
        Err(BoardError::refused(
            "not_own_device",
            format!("This is the device of {owner}: what it tells without a PIN it does not tell in the name of {me}."),
            None,
            format!("{me} says it on a device of their own, or {owner} says it here."),
        ))
    }

    /// Chooses whose eyes these are; says who it was before.
    pub(crate) async fn choose_me(&self, board: &OpenBoard, state: &BoardState, member: MemberId) -> Answer<()> {
        state.member(member)?;
        board.put_setting(ME, Some(&member)).await?;
        self.changed(&[Noun::Preferences, Noun::Changes], &[]);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_is_read_back_in_the_words_of_the_window() {
        let saved = serde_json::to_string(&Preferences { theme: PreferencesTheme::HighContrast, ..defaults() })
            .expect("plain values");
        assert!(saved.contains("\"high_contrast\""), "{saved}");
        let read: Preferences = serde_json::from_str(&saved).expect("as written");
        assert_eq!(read.theme, PreferencesTheme::HighContrast);
    }
}
