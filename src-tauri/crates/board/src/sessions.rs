//! Unlocked signing sessions: one PIN for a named meeting or review queue (`record.md`, *Two keys*).
//!
//! A session ends at the first of: ten minutes without any input in Cabinet, screen lock, suspend or
//! user switch (the host tells), adjournment, four hours. It never covers roster, policy or minutes.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use domain::entry::Auth;
use domain::ids::MemberId;
use record::keys::Signer;

/// Without input for so long, a session ends.
pub(crate) const IDLE_MINUTES: i64 = 10;
/// However busy, a session ends.
pub(crate) const LONGEST_HOURS: i64 = 4;

/// A member's key, opened for a purpose.
struct Session {
    id: String,
    scope: String,
    purpose: String,
    signer: Arc<dyn Signer + Send + Sync>,
    opened: DateTime<Utc>,
    input: DateTime<Utc>,
    acts: u32,
}

/// What a screen may know of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub purpose: String,
    pub ends_at: DateTime<Utc>,
}

/// The open sessions, by member.
#[derive(Default)]
pub(crate) struct Sessions {
    open: Mutex<BTreeMap<MemberId, Session>>,
}

impl Session {
    fn ends_at(&self) -> DateTime<Utc> {
        (self.input + Duration::minutes(IDLE_MINUTES)).min(self.opened + Duration::hours(LONGEST_HOURS))
    }
    /// A clock that was set back ends a session as well: nobody knows how long it has been.
    fn over(&self, now: DateTime<Utc>) -> bool {
        now >= self.ends_at() || now + Duration::seconds(2) < self.input
    }
}

impl Sessions {
    fn with<T>(&self, now: DateTime<Utc>, f: impl FnOnce(&mut BTreeMap<MemberId, Session>) -> T) -> T {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, s| !s.over(now));
        f(&mut open)
    }

    /// Opens a session with a key that a PIN has just unlocked.
    pub fn begin(
        &self,
        member: MemberId,
        id: String,
        scope: &str,
        purpose: &str,
        signer: Arc<dyn Signer + Send + Sync>,
        now: DateTime<Utc>,
    ) {
        let session = Session {
            id,
            scope: scope.to_owned(),
            purpose: purpose.to_owned(),
            signer,
            opened: now,
            input: now,
            acts: 0,
        };
        self.with(now, |open| open.insert(member, session));
    }

    /// The member's session for this scope (a meeting, a change), if it is still open.
    pub fn shown(&self, member: MemberId, scope: &str, now: DateTime<Utc>) -> Option<Shown> {
        self.with(now, |open| {
            open.get(&member)
                .filter(|s| s.scope == scope)
                .map(|s| Shown { purpose: s.purpose.clone(), ends_at: s.ends_at() })
        })
    }

    /// Some open session, for the status line.
    pub fn any(&self, now: DateTime<Utc>) -> Option<(MemberId, Shown)> {
        self.with(now, |open| {
            open.iter().next().map(|(m, s)| (*m, Shown { purpose: s.purpose.clone(), ends_at: s.ends_at() }))
        })
    }

    /// Takes the key for one more act under the session, counted.
    pub fn next_act(
        &self,
        member: MemberId,
        scope: &str,
        now: DateTime<Utc>,
    ) -> Option<(Arc<dyn Signer + Send + Sync>, Auth)> {
        self.with(now, |open| {
            let session = open.get_mut(&member).filter(|s| s.scope == scope)?;
            session.acts += 1;
            session.input = now;
            Some((session.signer.clone(), Auth::Session { id: session.id.clone(), n: session.acts }))
        })
    }

    /// The person did something in Cabinet.
    pub fn input(&self, now: DateTime<Utc>) {
        self.with(now, |open| {
            for session in open.values_mut() {
                session.input = session.input.max(now);
            }
        });
    }

    /// Ends what has run out; says whether there was any.
    pub fn end_over(&self, now: DateTime<Utc>) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let before = open.len();
        open.retain(|_, s| !s.over(now));
        open.len() < before
    }

    /// Ends every session: screen lock, suspend, user switch, adjournment, or on request.
    pub fn end_all(&self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::KeyId;
    use record::keys::SignError;

    struct NoKey;
    impl Signer for NoKey {
        fn key_id(&self) -> KeyId {
            KeyId([7; 32])
        }
        fn spki_der(&self) -> &[u8] {
            &[]
        }
        fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignError> {
            Err(SignError::Key("a test's key".to_owned()))
        }
    }

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("a date") + Duration::minutes(minutes)
    }

    fn open() -> (Sessions, MemberId) {
        let (sessions, member) = (Sessions::default(), MemberId(uuid::Uuid::from_u128(1)));
        sessions.begin(member, "s1".to_owned(), "meeting A", "Weekly", Arc::new(NoKey), at(0));
        (sessions, member)
    }

    #[test]
    fn a_session_ends_after_ten_minutes_without_input() {
        let (sessions, member) = open();
        assert!(sessions.shown(member, "meeting A", at(9)).is_some(), "nine minutes are within it");
        assert!(sessions.shown(member, "meeting A", at(10)).is_none(), "ten minutes end it");
        assert!(sessions.next_act(member, "meeting A", at(1)).is_none(), "and it stays ended");
    }

    #[test]
    fn input_keeps_a_session_open_but_never_beyond_four_hours() {
        let (sessions, member) = open();
        for minute in (5..240).step_by(5) {
            sessions.input(at(minute));
        }
        assert!(sessions.shown(member, "meeting A", at(239)).is_some(), "busy until the end");
        assert!(sessions.shown(member, "meeting A", at(240)).is_none(), "four hours end it");
    }

    #[test]
    fn a_session_serves_only_its_purpose_and_counts_its_acts() {
        let (sessions, member) = open();
        assert!(sessions.next_act(member, "meeting B", at(1)).is_none(), "another purpose needs another PIN");
        for n in 1..=3 {
            let (_, auth) = sessions.next_act(member, "meeting A", at(1)).expect("open");
            assert_eq!(auth, Auth::Session { id: "s1".to_owned(), n });
        }
    }

    #[test]
    fn the_sweep_ends_what_has_run_out_and_leaves_the_rest() {
        let (sessions, member) = open();
        assert!(!sessions.end_over(at(9)), "nothing has run out");
        assert!(sessions.shown(member, "meeting A", at(9)).is_some());
        assert!(sessions.end_over(at(10)), "ten minutes without input");
        assert!(sessions.open.lock().expect("no panic").is_empty(), "the key has left memory");
    }

    #[test]
    fn a_clock_set_back_ends_a_session() {
        let (sessions, member) = open();
        assert!(sessions.shown(member, "meeting A", at(-30)).is_none());
    }

    #[test]
    fn screen_lock_and_adjournment_end_every_session() {
        let (sessions, member) = open();
        sessions.end_all();
        assert!(sessions.shown(member, "meeting A", at(0)).is_none());
    }
}
