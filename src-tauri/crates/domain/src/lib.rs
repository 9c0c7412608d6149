//! The nouns and rules of a change advisory board.
//!
//! Pure: no async, no input or output, no clock, no randomness. Time is an argument, identities are
//! made at the edge. This page is the glossary; each module is one noun.
//!
//! | noun | meaning |
//! |---|---|
//! | [`approval`] | what a pipeline may deploy, by the signed fields: artifacts, environment, window |
//! | [`calendar`] | windows in their zones, freezes, conflicts, the next free slot, working hours |
//! | [`chain`] | who is asked about a change and why: type of release, departments, RACI, timers and the ladder |
//! | [`change`] | a change request as synced from a ticketing system |
//! | [`release`] | the changes that a ticketing system puts under one version, seen together |
//! | [`circular`] | the board decides between meetings, in writing, to be ratified at the next |
//! | [`plan`] | the thirteen sections of a deployment plan and their review |
//! | [`risk`] | a risk assessment: questions, answers, provenance, floors, level |
//! | [`gate`] | a rule of the policy that a change passes or fails, with its clause |
//! | [`policy`] | the rules in force, as canonical data with a digest |
//! | [`roster`] | who sits on the board, with which keys and roles |
//! | [`delegation`] | another sits in a member's seat, by the member's own signature |
//! | [`quorum`], [`vote`], [`duties`] | who may advise, who may decide, what is enough |
//! | [`meeting`] | agenda, attendance, consent, votes, decisions, conditions |
//! | [`sign_off`] | a member's signature over a statement, and when it is stale |
//! | [`ruling`] | an edit that two people ruled immaterial |
//! | [`dispensation`] | a waiver of a gate, an override of a risk level, an exception to a freeze: two people's words |
//! | [`runbook`] | what a plan's text says of its steps, its way back and its roll-out, and what it leaves out |
//! | [`disposal`] | bytes that are gone by a root holder's word; their digests stay |
//! | [`rescheduling`] | why a window was moved, and where to |
//! | [`shift`] | a shift of the window that a policy tolerates |
//! | [`entry`] | what the board's record says, one signed entry at a time |
//! | [`standing`] | a standing approval of standard changes, its uses, and obligations |
//! | [`attested`] | answers of members where no file of a machine can say it |
//! | [`emergency`] | what the Service Manager declares, and what follows from it by itself |
//! | [`evidence`] | what a file out of a pipeline says: tests, findings, components, coverage, planned changes |
//! | [`ledger`] | the state that follows from the entries in their causal order |
//! | [`written`] | a sign-off in an authority's own words elsewhere: which line counts, from which account |
//! | [`template`] | plan and answers in the ticket's own markup: written out, read back, asked back |
//! | [`text`] | synced text as harmless blocks |
//!
//! Words on screen and in the minutes that are no noun of their own:
//!
//! | word | meaning |
//! |---|---|
//! | dispensation | what two people set aside together: a waiver, an override or an exception, each with reason and end |
//! | limit | a bound of what is shown for a requirement, which a reader should know; it stands beside the number |
//! | own code | whoever wrote or committed a change's code neither votes on it nor signs it; its gate is `own-code` |
//! | take back | whoever said or seconded a dispensation withdraws their own word, with a reason; it holds no more |
pub mod approval;
pub mod attested;
pub mod calendar;
pub mod chain;
pub mod change;
pub mod circular;
pub mod correction;
pub mod delegation;
pub mod dispensation;
pub mod disposal;
pub mod duties;
pub mod emergency;
pub mod entry;
pub mod evidence;
pub mod gate;
pub mod ids;
pub mod ledger;
pub mod meeting;
pub mod plan;
pub mod policy;
pub mod quorum;
#[cfg(test)]
mod reference;
pub mod release;
pub mod rescheduling;
pub mod risk;
pub mod roster;
pub mod ruling;
pub mod runbook;
pub mod shift;
pub mod sign_off;
pub mod standing;
pub mod template;
pub mod text;
pub mod vote;
pub mod written;
