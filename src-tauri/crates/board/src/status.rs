//! Where the desk stands: what every screen shows around its content.
use domain::roster::Member;

use crate::cabinet::{Cabinet, OpenBoard, VaultChoice, member_ref, stored};
use crate::error::Answer;
use crate::requests::OfMember;
use crate::state::BoardState;
use crate::views::{
    AppStatus, AppStatusKeystore, BoardSummary, KeySourceKind, LinkStatus, LinkStatusState, Noun, RecordNews,
    SessionView, VaultState,
};

impl Cabinet {
    /// The status; without a board the window shows First run.
    pub async fn app_status(&self) -> Answer<AppStatus> {
        let Ok(board) = self.board() else { return Ok(self.status_without_board()) };
        let state = board.state().await?;
        let me = self.me(&board, &state).await?;
        let now = self.now();
        let session = board.sessions.any(now).and_then(|(member, shown)| {
            state.roster().member(member).map(|m| SessionView {
                member: member_ref(m),
                purpose: shown.purpose,
                ends_at: crate::words::time(shown.ends_at),
            })
        });
        let in_session = state.ledger.meetings.values().find(|m| m.closed.is_none() && m.circular.is_none());
        Ok(AppStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            board: Some(self.summary(&state)),
            link: self.link_status(&board).await?,
            keystore: self.keystore_view(&board, me.as_ref()).await,
            record: self.news(&board, &state, me.as_ref()).await?,
            me: me.as_ref().map(member_ref),
            session,
            meeting_in_session: in_session.map(|m| m.agenda.meeting.to_string()),
            system_dark: None,
        })
    }

    fn summary(&self, state: &BoardState) -> BoardSummary {
        let roster = state.roster();
        let sample = self.is_sample();
        BoardSummary {
            id: roster.board.to_string(),
            name: roster.name.clone(),
            sample,
            sample_pin: self.sample_pin(),
            provisional: roster.provisional(),
            roster_version: roster.version,
            policy_label: state.policy.name.replace('/', " "),
        }
    }

    /// What waits for the person who looks. Whoever cannot admit or sign is not told of it.
    async fn news(&self, board: &OpenBoard, state: &BoardState, me: Option<&Member>) -> Answer<RecordNews> {
        let roster = state.roster();
        let holds_root = me.is_some_and(|m| roster.root_holders.contains(&m.id));
        let quarantine = board.store.quarantine().await.map_err(stored)?;
        let proposal = if holds_root && !quarantine.is_empty() {
            crate::record_view::proposal_in(board, state, &quarantine).await?
        } else {
            None
        };
        let waiting =
            if holds_root { self.waiting_members(board, state, proposal.as_ref()).await? } else { Vec::new() };
        Ok(RecordNews {
            spoken: Self::spoken_open(board, state, me),
            admissions: u32::try_from(waiting.len()).unwrap_or(u32::MAX),
            proposal: proposal.is_some_and(|p| me.is_some_and(|m| !p.signed_by.contains(&m.id))),
            joining: crate::joining::own_enrolment(board).await?.is_some(),
            older_copy: board.older_copy_noted(),
        })
    }

    async fn keystore_view(&self, board: &OpenBoard, me: Option<&Member>) -> AppStatusKeystore {
        AppStatusKeystore {
            source: board.keys.source(),
            state: match me {
                Some(member) => board.keys.state_for(member).await,
                None => VaultState::Available,
            },
            label: board.keys.label(),
        }
    }

    fn status_without_board(&self) -> AppStatus {
        AppStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            board: None,
            me: None,
            link: LinkStatus { state: LinkStatusState::NotConnected, queued: 0, last_synced_at: None, reason: None },
            keystore: AppStatusKeystore {
                source: match self.options().vault {
                    VaultChoice::Keyring => KeySourceKind::Keyring,
                    VaultChoice::File(_) => KeySourceKind::PassphraseFile,
                    VaultChoice::Sample => KeySourceKind::Sample,
                    VaultChoice::Memory(_) => KeySourceKind::Memory,
                },
                state: VaultState::Available,
                label: match self.options().vault {
                    VaultChoice::Keyring => "the keyring of this desktop",
                    VaultChoice::File(_) => "a passphrase file beside the board's record",
                    VaultChoice::Sample => "a sample key, which proves nothing",
                    VaultChoice::Memory(_) => "this program's memory, for tests",
                }
                .to_owned(),
            },
            session: None,
            meeting_in_session: None,
            record: RecordNews::default(),
            system_dark: None,
        }
    }

    /// Says whose eyes these are: "since I last looked" counts for this member from now on.
    pub async fn set_me(&self, request: OfMember) -> Answer<AppStatus> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = crate::words::member_id(&request.member)?;
        self.choose_me(&board, &state, member).await?;
        self.changed(&[Noun::Board, Noun::Changes], &[]);
        self.app_status().await
    }

    /// What does not verify in this board's record, in words; empty on a sound board.
    pub async fn problems(&self) -> Answer<Vec<String>> {
        let board = self.board()?;
        Ok(board.state().await?.problems.clone())
    }
}
