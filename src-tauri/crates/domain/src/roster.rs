//! The roster: who sits on the board, with which roles, accounts and keys. The root of trust.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ids::{BoardId, KeyId, MemberId};

mod consent;

pub use consent::{Consent, consent_needed};

/// What a member may be asked for (R120).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Leads the meeting and records its decisions.
    Chair,
    /// Decides as the Chief Technology Officer (R31).
    Cto,
    /// Decides for the projects in its scope (R31).
    TechnicalLead,
    /// Owns deployment plans (R15).
    ReleaseManager,
    /// Declares emergencies (R51).
    ServiceManager,
    /// Speaks for security.
    Security,
    /// Advises and votes.
    BoardMember,
    /// Reads everything, decides nothing.
    Auditor,
}

impl Role {
    /// The name people read.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Chair => "Chair",
            Self::Cto => "CTO",
            Self::TechnicalLead => "Technical Development Lead",
            Self::ReleaseManager => "Release Manager",
            Self::ServiceManager => "Service Manager",
            Self::Security => "Security",
            Self::BoardMember => "Board member",
            Self::Auditor => "Auditor",
        }
    }
}

impl Role {
    /// Whether whoever has it decides or leads: two root holders admit such a member (`record.md`, *Roster*).
    #[must_use]
    pub fn is_authority(self) -> bool {
        match self {
            Self::Chair
            | Self::Cto
            | Self::TechnicalLead
            | Self::ReleaseManager
            | Self::ServiceManager
            | Self::Security => true,
            Self::BoardMember | Self::Auditor => false,
        }
    }
    /// Whether whoever has it may hold root.
    #[must_use]
    pub fn may_hold_root(self) -> bool {
        matches!(self, Self::Chair | Self::Security)
    }
}

/// What a key may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum KeyUse {
    /// What binds the member: own vote, sign-off, minutes, roster. Under the PIN.
    Signature,
    /// The running record of a device. Proves the device, never an authority.
    Recording,
}

/// Whether a key may still sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum KeyStatus {
    /// May sign.
    Active,
    /// Replaced; what it signed stands.
    Retired,
    /// Taken away; see the record issue's rules.
    Revoked,
}

/// A key of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterKey {
    /// SHA-256 of `spki`.
    pub id: KeyId,
    /// Always `ecdsa-p256-sha256`: agility by name, not by guess.
    pub alg: String,
    /// Purpose.
    pub usage: KeyUse,
    /// SubjectPublicKeyInfo, DER, base64 with padding.
    pub spki: String,
    /// The member's certificate (DER, base64) for readers outside Cabinet; signature keys only.
    pub certificate: Option<String>,
    /// May it sign.
    pub status: KeyStatus,
    /// Since when and why not, for a key that was taken away.
    pub revoked: Option<Revocation>,
    /// Where the private key lives: `keyring`, `file`, `memory` or `sample` (R114).
    pub keystore: String,
}

/// Why a key may no longer sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// From when, as claimed; what counts is what had been witnessed (`record.md`, *Roster*).
    pub from: DateTime<Utc>,
    /// Why.
    pub reason: RevocationReason,
}

/// Why a key was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
    /// The device or the PIN is gone, and nobody else has it.
    Lost,
    /// Somebody else may have it.
    Compromised,
    /// The member left the board.
    Left,
}

impl RevocationReason {
    /// The word people read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Compromised => "compromised",
            Self::Left => "left",
        }
    }
}

/// A person on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Random id; payloads carry it instead of the name.
    pub id: MemberId,
    /// Printed name.
    pub name: String,
    /// Accounts in ticketing systems: connection prefix → the remote's account id (R68, R89).
    pub accounts: BTreeMap<String, String>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Projects for which a technical lead decides; empty means every project.
    pub scope: Vec<String>,
    /// Whether the member fills a voting seat.
    pub voting: bool,
    /// Whether the seat must be present for a quorum.
    pub mandatory: bool,
    /// Accounts and mail addresses in git, for telling committers (R89).
    pub git: Vec<String>,
    /// Departments the member speaks for (R12).
    pub departments: Vec<String>,
    /// Where review packs, and entries where the policy says so, are sealed to: an `age` recipient, from enrolment on.
    pub sealed_to: Option<String>,
    /// Keys; none for a member who has no Cabinet yet.
    pub keys: Vec<RosterKey>,
    /// The certificate of their company with which they sign sealed documents; absent for most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CorporateCertificate>,
}

/// A certificate that a member's company issued to them: with it they sign sealed documents. What it signs inside the record
/// is nothing: entries are signed by the keys of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorporateCertificate {
    /// The member's certificate, then each that issued the one before (DER, base64 with padding), two to six in all.
    pub chain: Vec<String>,
    /// The certificate by which the board's own root says whose key it is, for the same key (DER, base64 with padding).
    pub endorsement: String,
}

impl Member {
    /// The member's active signature key, if enrolled.
    #[must_use]
    pub fn signature_key(&self) -> Option<&RosterKey> {
        self.keys.iter().find(|k| k.usage == KeyUse::Signature && k.status == KeyStatus::Active)
    }
    /// The member's active signature keys, one for each device.
    pub fn signature_keys(&self) -> impl Iterator<Item = &RosterKey> {
        self.keys.iter().filter(|k| k.usage == KeyUse::Signature && k.status == KeyStatus::Active)
    }
    /// Whether the member has `role`.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// A version of the roster. Canonical JSON; its digest is what entries name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// `urn:x-cabinet:roster:1`.
    pub schema: String,
    /// The board.
    pub board: BoardId,
    /// The board's name.
    pub name: String,
    /// Starts at 1; each version is one more than the one before.
    pub version: u32,
    /// When it was made, as claimed.
    pub created: DateTime<Utc>,
    /// Members, by id.
    pub members: Vec<Member>,
    /// Members whose signature keys hold root.
    pub root_holders: Vec<MemberId>,
    /// How many root holders must sign the next version.
    pub threshold: u32,
    /// The board's certificate root (PEM) for readers outside Cabinet.
    pub certificate_root: String,
}

impl Roster {
    /// The schema this program writes.
    pub const SCHEMA: &'static str = "urn:x-cabinet:roster:1";

    /// The member with this id.
    #[must_use]
    pub fn member(&self, id: MemberId) -> Option<&Member> {
        self.members.iter().find(|m| m.id == id)
    }
    /// The member and key with this key id.
    #[must_use]
    pub fn key(&self, id: KeyId) -> Option<(&Member, &RosterKey)> {
        self.members.iter().find_map(|m| m.keys.iter().find(|k| k.id == id).map(|k| (m, k)))
    }
    /// The member who holds this account on the connection with `prefix`.
    #[must_use]
    pub fn by_account(&self, prefix: &str, account: &str) -> Option<&Member> {
        self.members.iter().find(|m| m.accounts.get(prefix).is_some_and(|a| a == account))
    }
    /// A board with one keyholder is provisional, and says so on each document (`record.md`).
    #[must_use]
    pub fn provisional(&self) -> bool {
        self.members.iter().filter(|m| m.signature_key().is_some()).count() < 2
    }
}
