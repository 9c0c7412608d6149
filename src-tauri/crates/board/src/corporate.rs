//! A corporate certificate (PKCS#12) as a member's signing identity for sealed documents.
//!
//! Two things have to come together: the private key on the member's device, sealed under their PIN, and the roster, which
//! names the certificate and holds the board's endorsement of its key. Whoever has the board's certificate authority makes
//! the endorsement; the roster changes by its own rules.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ids::{KeyId, MemberId};
use domain::roster::{CorporateCertificate, KeyStatus, KeyUse, Member, Roster, RosterKey};
use minutes::{CorporateFault, CorporateReport, Report};
use record::keys::Signer;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use vault::{CorporateKey, Pkcs12Error, SecretString};

use crate::admission::next_version;
use crate::boards::endorsement;
use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::keys::cost_of;
use crate::minutes::{in_pdf, off_thread};
use crate::views::{MemberCertificate, Noun};

/// The most certificates of a member in a roster.
const DEEPEST: usize = 6;
/// The longest text of one, in characters of base64.
const LONGEST: usize = 12_000;
/// The largest PEM file that is read, in bytes.
const LARGEST_PEM: usize = 256 * 1024;

/// A member takes in the certificate of their company.
#[derive(Debug, Clone)]
pub struct ImportCertificateRequest {
    /// Whose it is.
    pub member: String,
    /// The PKCS#12 file's bytes.
    pub file: Vec<u8>,
    /// The password of the file.
    pub password: SecretString,
    /// The member's PIN.
    pub pin: SecretString,
}

/// A certificate whose key this device keeps now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateImported {
    /// What it says of itself.
    pub certificate: CorporateReport,
    /// It and those above it, PEM: nothing in it is secret.
    pub pem: String,
    /// Whether the roster names it: true once it does, false while it waits for signatures; `None` where whoever has the
    /// board's certificate authority has to name it.
    pub in_force: Option<bool>,
}

/// The roster is to name a member's certificate, or none any more.
#[derive(Debug, Clone)]
pub struct NameCertificateRequest {
    /// Whose it is.
    pub member: String,
    /// It and those above it, PEM, in this order; `None`: it is taken away.
    pub pem: Option<String>,
    /// Who signs.
    pub by: String,
    /// Their PIN.
    pub pin: SecretString,
}

/// A certificate as the roster names it, out of its text.
pub(crate) struct Named {
    /// The certificate and those above it, DER.
    pub path: Vec<Vec<u8>>,
    /// The board's own certificate for the same key, DER.
    pub endorsement: Vec<u8>,
}

impl Named {
    /// Reads it, bounded: a roster may come from anywhere.
    pub fn of(certificate: &CorporateCertificate) -> Answer<Self> {
        let unreadable = || BoardError::invalid("certificate", "The roster's certificate of a member cannot be read.");
        let one = |text: &String| {
            if text.len() > LONGEST {
                return Err(unreadable());
            }
            STANDARD.decode(text).map_err(|_| unreadable())
        };
        if certificate.chain.is_empty() || certificate.chain.len() > DEEPEST {
            return Err(unreadable());
        }
        let path = certificate.chain.iter().map(one).collect::<Answer<_>>()?;
        Ok(Self { path, endorsement: one(&certificate.endorsement)? })
    }

    /// The id of its key.
    pub fn key(&self) -> Answer<KeyId> {
        let leaf = self.path.first().map(Vec::as_slice).unwrap_or_default();
        minutes::key_fingerprint(leaf).map(KeyId).map_err(|e| in_pdf(&e))
    }
}

/// A certificate of the roster as a screen shows it; `None` where there is none, or none that can be read.
pub(crate) fn shown(member: &Member) -> Option<MemberCertificate> {
    let named = Named::of(member.certificate.as_ref()?).ok()?;
    let words = minutes::corporate_words(&named.path).ok()?;
    Some(MemberCertificate {
        subject: domain::text::mark_invisible(&words.subject),
        issuer: domain::text::mark_invisible(&words.issuer),
        until: crate::words::time(words.not_after),
    })
}

/// What changes about a member's certificate, for whoever signs the roster.
pub(crate) fn changed(was: &Member, member: &Member) -> Option<String> {
    if was.certificate == member.certificate {
        return None;
    }
    let name = &member.name;
    Some(match (&member.certificate, shown(member)) {
        (None, _) => format!("{name} no longer signs documents with a corporate certificate"),
        (Some(_), Some(shown)) => format!(
            "{name} signs documents with the certificate issued by {} to {}, until {}",
            shown.issuer, shown.subject, shown.until
        ),
        (Some(_), None) => format!("{name} signs documents with a corporate certificate that cannot be read"),
    })
}

/// Why the certificate signs nothing here, and what to do.
pub(crate) fn unusable(fault: &CorporateFault) -> BoardError {
    let (code, remedy) = match fault {
        CorporateFault::Lifetime { .. } => (
            "certificate_expired",
            "Import the renewed one, or remove this one: the board's own certificate signs then (`cab identity remove`).",
        ),
        CorporateFault::NotOfTheKey | CorporateFault::NoIssuer(_) => (
            "certificate_incomplete",
            "Export the certificate again with its private key and with all certificates above it.",
        ),
        CorporateFault::Unreadable
        | CorporateFault::NotIssued
        | CorporateFault::TooDeep
        | CorporateFault::Authority(_)
        | CorporateFault::Usage(_)
        | CorporateFault::OtherKey(_) => (
            "certificate_unusable",
            "Ask whoever issues certificates in your company for one of a person that signs documents.",
        ),
    };
    BoardError::refused(code, sentence(&fault.to_string()), Some("R115"), remedy)
}

fn not_opened(error: &Pkcs12Error) -> BoardError {
    let code = if *error == Pkcs12Error::WrongPassword { "wrong_password" } else { "certificate_file" };
    BoardError::refused(code, format!("{error}."), Some("R115"), error.remedy())
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", domain::text::mark_invisible(letters.as_str()))
}

/// Each corporate certificate in a document is, byte for byte, the one that the roster in the evidence names for that very
/// member, with the endorsement that stands there.
pub(crate) fn check_certificates(report: &Report, roster: &Roster) -> Answer<()> {
    let digest = |der: &Vec<u8>| hex::encode(Sha256::digest(der));
    for signature in &report.signatures {
        let Some(corporate) = &signature.corporate else { continue };
        let member = roster.members.iter().find(|member| member.id.to_string() == signature.member_id);
        let named = member.and_then(|member| member.certificate.as_ref()).and_then(|named| Named::of(named).ok());
        let same = named.is_some_and(|named| {
            named.path.iter().map(digest).eq(corporate.chain.iter().cloned())
                && digest(&named.endorsement) == corporate.endorsement
        });
        if !same {
            return Err(BoardError::Verification {
                code: "certificate-not-in-roster".to_owned(),
                what: format!("the signature of {}", signature.name),
                why: "the roster in the evidence does not name this certificate for this member".to_owned(),
            });
        }
    }
    Ok(())
}

/// No key in a document is one that the roster in the evidence says is no longer its member's: certificates of the board are
/// good for years, and a key that was lost is taken from the roster alone. A key that the roster does not know yet came later.
pub(crate) fn check_keys(report: &Report, roster: &Roster) -> Answer<()> {
    for signature in report.signatures.iter().filter(|signature| signature.corporate.is_none()) {
        let member = roster.members.iter().find(|member| member.id.to_string() == signature.member_id);
        let its = |key: &RosterKey| key.id.to_string() == signature.key_fingerprint;
        let known = member.is_some_and(|member| member.keys.iter().any(its));
        let active = member.is_some_and(|member| member.signature_keys().any(its));
        if known && !active {
            return Err(BoardError::Verification {
                code: "key-not-in-roster".to_owned(),
                what: format!("the signature of {}", signature.name),
                why: "the roster in the evidence says that this key is no longer this member's".to_owned(),
            });
        }
    }
    Ok(())
}

impl Cabinet {
    /// Takes in the certificate of a member's company: the private key comes under the member's PIN on this device, and the
    /// roster names the certificate, at once where this device has the board's certificate authority.
    ///
    /// # Errors
    /// [`BoardError::Refused`] with what is wrong with the file or the certificate; then nothing was kept.
    pub async fn import_certificate(&self, request: ImportCertificateRequest) -> Answer<CertificateImported> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(&request.member)?)?.clone();
        let (now, file, password) = (self.now(), request.file, request.password);
        let (key, path) = off_thread(move || {
            let opened = vault::pkcs12::open(&file, &password).map_err(|e| not_opened(&e))?;
            let bits = opened.key.public_bits().map_err(|e| crate::keys::in_vault(&e))?;
            let path = minutes::corporate_path(&opened.certificates, &bits, now).map_err(|e| unusable(&e))?;
            Ok((opened.key, path))
        })
        .await?;
        let certificate = minutes::corporate_report(&path, now).map_err(|e| unusable(&e))?;
        let mut pem = String::new();
        for der in &path {
            pem.push_str(&minutes::certificate_pem(der).map_err(|e| in_pdf(&e))?);
        }
        self.keep_corporate_key(&member, &path, key, &request.pin).await?;
        let told = member.certificate.as_ref().and_then(|named| Named::of(named).ok());
        if told.is_some_and(|told| told.path == path) {
            return Ok(CertificateImported { certificate, pem, in_force: Some(true) });
        }
        // Whoever holds no root has not the authority either, and their PIN is not tried on it.
        let holds = state.roster().root_holders.contains(&member.id);
        if !holds || self.authority(&board, &request.member, &request.pin).await.is_none() {
            return Ok(CertificateImported { certificate, pem, in_force: None });
        }
        let (by, pin) = (request.member.clone(), request.pin);
        let naming = NameCertificateRequest { member: request.member, pem: Some(pem.clone()), by, pin };
        let in_force = self.name_certificate(naming).await?;
        Ok(CertificateImported { certificate, pem, in_force: Some(in_force) })
    }

    async fn keep_corporate_key(
        &self,
        member: &Member,
        path: &[Vec<u8>],
        key: CorporateKey,
        pin: &SecretString,
    ) -> Answer<()> {
        let board = self.board()?;
        let leaf = path.first().map(Vec::as_slice).unwrap_or_default();
        let id = minutes::key_fingerprint(leaf).map(KeyId).map_err(|e| in_pdf(&e))?;
        board.keys.keep_corporate_key(member, (id, key), (pin, cost_of(&self.options().vault)), self.now()).await
    }

    /// Names a member's certificate in the roster, with the board's endorsement of its key, or takes it away. Answers whether
    /// it is in force, or waits for other root holders.
    ///
    /// # Errors
    /// `no_authority` where this device has not the board's certificate authority; what is wrong with the certificate.
    pub async fn name_certificate(&self, request: NameCertificateRequest) -> Answer<bool> {
        let board = self.board()?;
        let state = board.state().await?;
        let id = state.member(crate::words::member_id(&request.member)?)?.id;
        let mut next = next_version(state.roster(), self.now());
        let certificate = match &request.pem {
            None => None,
            Some(pem) => {
                let path = path_of(pem)?;
                minutes::corporate_report(&path, self.now()).map_err(|e| unusable(&e))?;
                let authority = self.authority(&board, &request.by, &request.pin).await;
                let (root, key) = authority.ok_or_else(no_authority)?;
                let authority: &dyn Signer = &*key;
                Some(named(state.member(id)?, &path, (root.as_slice(), authority), self.now())?)
            }
        };
        set(&mut next, id, certificate)?;
        let lines = crate::record_view::changes(state.roster(), &next);
        if lines.is_empty() {
            return Err(BoardError::invalid("certificate", "The roster says all of this already."));
        }
        let signer = self.signer(&board, &request.by, &request.pin).await?;
        let meaning = format!("Roster {}: {}.", next.version, lines.join("; "));
        self.propose(&board, next, signer, meaning).await
    }

    /// Removes the key of a member's corporate certificate from this device; whether there was one. The roster still names
    /// the certificate, and what it signed stands.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn remove_certificate(&self, member: &str) -> Answer<bool> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(member)?)?.id;
        let there = board.keys.forget_corporate_key(member).await?;
        self.changed(&[Noun::Board], &[]);
        Ok(there)
    }
}

fn path_of(pem: &str) -> Answer<Vec<Vec<u8>>> {
    if pem.len() > LARGEST_PEM {
        return Err(BoardError::invalid("certificate", "The file is too large for certificates in PEM."));
    }
    let path = minutes::certificates_of_pem(pem).map_err(|e| BoardError::invalid("certificate", e.to_string()))?;
    if path.len() > DEEPEST {
        return Err(unusable(&CorporateFault::TooDeep));
    }
    Ok(path)
}

fn named(
    member: &Member,
    path: &[Vec<u8>],
    (root, authority): (&[u8], &dyn Signer),
    now: chrono::DateTime<chrono::Utc>,
) -> Answer<CorporateCertificate> {
    let leaf = path.first().map(Vec::as_slice).unwrap_or_default();
    let spki = minutes::certificate_spki(leaf).map_err(|e| in_pdf(&e))?;
    Ok(CorporateCertificate {
        chain: path.iter().map(|der| STANDARD.encode(der)).collect(),
        endorsement: endorsement(root, member, &spki, now, authority)?,
    })
}

fn set(next: &mut Roster, id: MemberId, certificate: Option<CorporateCertificate>) -> Answer<()> {
    let leaf = |named: &CorporateCertificate| named.chain.first().cloned();
    let wanted = certificate.as_ref().and_then(leaf);
    let mut others = next.members.iter().filter(|m| m.id != id);
    let taken = others.find(|m| wanted.is_some() && m.certificate.as_ref().and_then(leaf) == wanted);
    if let Some(other) = taken {
        return Err(BoardError::refused(
            "certificate_taken",
            format!("It is the certificate of {} on this board.", other.name),
            Some("R115"),
            "Everybody signs with their own.",
        ));
    }
    let place = next.members.iter_mut().find(|m| m.id == id).ok_or_else(|| BoardError::not_found("member", id))?;
    let signs = place.keys.iter().any(|key| key.usage == KeyUse::Signature && key.status == KeyStatus::Active);
    if certificate.is_some() && !signs {
        return Err(BoardError::refused(
            "no_key",
            format!("{} has no signature key on this board.", place.name),
            Some("R115"),
            "They enrol with a PIN first: it opens the key of the certificate as well.",
        ));
    }
    // Of the same certificate the endorsement stays: made anew it would differ and say the same.
    let same = place.certificate.as_ref().zip(certificate.as_ref()).is_some_and(|(was, is)| was.chain == is.chain);
    if !same {
        place.certificate = certificate;
    }
    Ok(())
}

fn no_authority() -> BoardError {
    BoardError::refused(
        "no_authority",
        "The board's certificate authority is not on this device, or not yours.",
        Some("R115"),
        "Whoever founded the board names the certificate, with the PEM file: `cab member certificate`.",
    )
}

#[cfg(test)]
mod tests;
