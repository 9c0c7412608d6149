//! The sample board: believable, loud about being a sample, and never beside a real board.
use std::collections::BTreeMap;

use domain::policy::Strength;
use domain::roster::Role;
use vault::{Keystore, SecretString};

use crate::boards::{ACCEPTANCE, CreateBoard, Keyholder, NewMember};
use crate::cabinet::{Cabinet, VaultChoice};
use crate::error::{Answer, BoardError};

/// A member of the sample board, as the sample organisation tells it.
#[derive(Debug, Clone)]
pub struct SampleMember {
    /// Printed name.
    pub name: String,
    /// The role's words, `chair`, `technical development lead`, `CTO`, `security`, `service manager`,
    /// `release manager`.
    pub role: String,
    /// Account in the sample server.
    pub account: String,
    /// Published PIN.
    pub pin: String,
}

/// The sample board and its server.
#[derive(Debug, Clone)]
pub struct SampleBoard {
    /// The board's name.
    pub name: String,
    /// Its members, the chair first.
    pub members: Vec<SampleMember>,
    /// The server's address.
    pub url: String,
    /// The service account's key.
    pub api_key: String,
    /// The project of change requests.
    pub project: String,
    /// The prefix of change keys.
    pub prefix: String,
}

impl Cabinet {
    /// The host's clock, for the sample's server.
    #[must_use]
    pub fn clock(&self) -> chrono::DateTime<chrono::Utc> {
        self.now()
    }

    /// Whether the open board is the sample.
    #[must_use]
    pub fn is_sample(&self) -> bool {
        self.board().is_ok_and(|b| b.keys.keystore() == Keystore::Sample.word())
    }

    /// Says where the sample's published PINs stand; `None` on a real board.
    pub(crate) fn sample_pin(&self) -> Option<String> {
        let pins = self.sample_pins();
        let all: Vec<String> = pins.lock().unwrap_or_else(std::sync::PoisonError::into_inner).iter().cloned().collect();
        (!all.is_empty()).then(|| all.join(" · "))
    }

    /// Makes the sample board where there is none, connects it to its server, and syncs.
    ///
    /// # Errors
    /// [`BoardError::Refused`] where the data folder holds a real board or the vault is not the sample's.
    pub async fn open_sample(&self, sample: SampleBoard) -> Answer<()> {
        if !matches!(self.options().vault, VaultChoice::Sample) {
            return Err(BoardError::refused(
                "not_a_sample",
                "The sample board lives in a data folder of its own with its own published keys.",
                Some("R114"),
                "Start Cabinet with --sample, or make your board here.",
            ));
        }
        *self.sample_pins().lock().unwrap_or_else(std::sync::PoisonError::into_inner) =
            sample.members.iter().map(|m| format!("{}: {}", m.name, m.pin)).collect();
        if self.board().is_err() {
            let members = sample.members.iter().map(|m| member(m, &sample.prefix)).collect::<Answer<Vec<_>>>()?;
            self.create_board_with(CreateBoard {
                name: sample.name.clone(),
                members,
                strength: Strength::Starter,
                part_11: false,
                sealed_relays: false,
            })
            .await?;
        }
        self.connect_with(crate::connections::Connect {
            system: ticketing::SystemKind::Redmine,
            url: sample.url,
            api_key: SecretString::from(sample.api_key),
            project: sample.project,
            prefix: sample.prefix,
            allow_http: false,
        })
        .await?;
        self.sync_now().await.map(drop)
    }
}

fn member(sample: &SampleMember, prefix: &str) -> Answer<NewMember> {
    let roles = match sample.role.as_str() {
        "chair" => vec![Role::Chair],
        "technical development lead" => vec![Role::TechnicalLead],
        "CTO" => vec![Role::Cto],
        "security" => vec![Role::Security],
        "service manager" => vec![Role::ServiceManager],
        "release manager" => vec![Role::ReleaseManager],
        other => return Err(BoardError::invalid("role", format!("the sample has no role {other:?}"))),
    };
    Ok(NewMember {
        name: sample.name.clone(),
        mandatory: roles.contains(&Role::Security),
        roles,
        voting: true,
        accounts: BTreeMap::from([(prefix.to_owned(), sample.account.clone())]),
        key: Some(Keyholder { pin: sample.pin.clone().into(), accepted: ACCEPTANCE.to_owned() }),
    })
}
