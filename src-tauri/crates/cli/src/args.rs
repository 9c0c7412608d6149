//! The command line as clap reads it. Each noun's own arguments stand with the noun.
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    boards, calendar, changes, chase, circulars, connect, demo, emergencies, exchange, folder, forks, gate, identity,
    import, meetings, members, minutes, outbox, packs, policies, releases, review, sample_server, score, sign_offs,
    standing,
};

/// Where keys live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VaultArg {
    /// The desktop's keyring.
    Keyring,
    /// A passphrase file in the data folder, by consent; each entry says so.
    File,
    /// The sample board's own file, with published PINs.
    #[value(hide = true)]
    Sample,
    /// Memory, gone when the program ends: for tests.
    #[value(hide = true)]
    Memory,
}

impl VaultArg {
    /// Its word, as the roster names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
            Self::Sample => "sample",
            Self::Memory => "memory",
        }
    }

    /// As the configuration has it; the hidden ones are no configuration.
    pub fn setting(self) -> Option<&'static str> {
        matches!(self, Self::Keyring | Self::File).then(|| self.word())
    }
}

/// What every verb takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The board's data folder.
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// Where keys live; without it, where the board's roster says, else the keyring.
    #[arg(long, global = true, value_enum, value_name = "WHICH")]
    pub vault: Option<VaultArg>,
    /// One JSON object on stdout, progress as NDJSON on stderr.
    #[arg(long, global = true)]
    pub json: bool,
    /// error, warn, info, debug or trace.
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// Read the PIN from this inherited file descriptor (0: standard input) instead of asking.
    #[arg(long, global = true, value_name = "N")]
    pub pin_fd: Option<u32>,
    /// Read the passphrase of the key file (--vault file) from this file descriptor.
    #[arg(long, global = true, value_name = "N")]
    pub passphrase_fd: Option<u32>,
}

/// The desk of a change advisory board, without a window.
///
/// Exit codes: 0 done, 1 refused by a rule, 2 wrong usage, 3 not found, 4 invalid input, 5 ticketing, 6 keys, 7 does not
/// verify, 70 a fault in Cabinet (its number is in the log).
///
/// A PIN, a passphrase or an API key comes from a prompt or a file descriptor (`--pin-fd 3 3<file`), never from an argument
/// or a variable.
#[derive(Debug, Parser)]
#[command(name = "cab", version, propagate_version = true)]
pub struct Cli {
    /// What every verb takes.
    #[command(flatten)]
    pub global: Global,
    /// The verb.
    #[command(subcommand)]
    pub command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The board: make it, show it.
    #[command(subcommand)]
    Board(boards::Verb),
    /// Members: invite, enrol, admit; keys taken away; what was recorded in their names.
    #[command(subcommand)]
    Member(members::Verb),
    /// The certificate of your company, with which you sign sealed documents on this device.
    #[command(subcommand)]
    Identity(identity::Verb),
    /// Exchange the record with the board's other devices.
    Exchange(exchange::Exchange),
    /// Two histories of one log: what stands there, and which counts.
    #[command(subcommand)]
    Fork(forks::Verb),
    /// Go on after an older copy of the folder was put back and nobody has what is missing.
    Recover(exchange::Recover),
    /// Review packs: one sealed file out, one back.
    #[command(subcommand)]
    Pack(packs::Verb),
    /// The policy: what is in force, what another would do, and adopting it.
    #[command(subcommand)]
    Policy(policies::Verb),
    /// Connect to the ticketing system, or show the connection.
    Connect(connect::Connect),
    /// Pull changes, then push what waits in the outbox.
    Sync(outbox::Sync),
    /// What is on the desk.
    #[command(subcommand)]
    Change(changes::Verb),
    /// Releases: the changes that the tickets put under one version, seen together.
    #[command(subcommand)]
    Release(releases::Verb),
    /// What is planned, what is frozen, what is in whose way, and when there is room.
    Calendar(calendar::Calendar),
    /// Who owes an answer, since when, and the text to send them.
    Chase(chase::Chase),
    /// Review a deployment plan: tick and comment its sections.
    Review(review::Review),
    /// Assess a change's risk.
    Score(score::Score),
    /// Prepare, hold and close a meeting.
    #[command(subcommand)]
    Meeting(meetings::Verb),
    /// Sign a change off, or everything of a meeting that waits.
    SignOff(sign_offs::SignOff),
    /// Minutes: compile, seal, distribute, verify.
    #[command(subcommand)]
    Minutes(minutes::Verb),
    /// What waits for its ticket.
    Outbox(outbox::Outbox),
    /// Verify the whole record of the data folder, an evidence file, or an exported folder; needs no key.
    Verify(folder::Verify),
    /// Make the projections again from the record, and compare.
    Rebuild,
    /// Write everything out in open formats, or one change's approval for a pipeline.
    Export(folder::Export),
    /// Ask whether an approval lets an artifact into an environment now.
    Gate(gate::Gate),
    /// Standing approvals: what a pipeline may repeat without another decision.
    #[command(subcommand)]
    Standing(standing::Verb),
    /// Take in what a pipeline's gate wrote.
    Receipt(standing::Receipt),
    /// What deployments that broke the glass owe.
    #[command(subcommand)]
    Obligation(standing::Owed),
    /// Circulars: a question that all members answer in writing between meetings.
    #[command(subcommand)]
    Circular(circulars::Verb),
    /// Emergencies: declared, owed, reviewed; and what was taken back.
    #[command(subcommand)]
    Emergency(emergencies::Verb),
    /// The evidence inside sealed minutes: a read-only copy of the board is made from it.
    #[command(subcommand)]
    Evidence(import::Verb),
    /// Copy the data folder while it is in use.
    Backup(folder::Backup),
    /// Restore a backup into the (new) data folder.
    Restore(folder::Restore),
    /// Settings and where they came from, keys, server, folder.
    Doctor,
    /// The whole journey on the sample board, from its server to sealed minutes.
    Demo(demo::Demo),
    /// The sample's ticketing server alone.
    #[command(hide = true)]
    SampleServer(sample_server::SampleServer),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(std::iter::once("cab").chain(line.split_whitespace()))
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_of_the_guide_is_understood() {
        for line in [
            "board create --name CAB --member Ines;chair;12;voting;key --accept",
            "board create --name CAB --member Ines;chair;12;voting;key --sealed-relays --part-11 --accept",
            "board show",
            "member list",
            "member invite Haddad --out /tmp/i",
            "member invite --new Nora;security;9;voting --out /tmp/i",
            "member enrol /tmp/i --out /tmp/e --folder /mnt/cab --accept",
            "member admit Haddad --checked video",
            "member sign --as Haddad --pin-fd 3",
            "member revoke Haddad --reason lost",
            "member change Haddad --role chair --root yes --department Payments --git ines --account CHG=12 --voting yes",
            "member revoke Haddad --reason left --from 2026-11-25T14:00:00Z",
            "member delegate Haddad --to Figueira --until 2026-12-01T18:00:00Z --reason leave --pin-fd 3",
            "member delegations",
            "member undelegate 0a1b2c --as Haddad",
            "member certificate Haddad haddad.pem --as Ines --pin-fd 3",
            "member certificate Haddad --remove",
            "identity import haddad.p12 --as Haddad --password-fd 4 --pem haddad.pem --pin-fd 3",
            "identity remove --as Haddad",
            "member spoken Haddad",
            "member affirm Haddad --confirm all --contest abc#2=I_abstained --pin-fd 3",
            "exchange --folder /mnt/cab",
            "exchange --postgres-fd 3",
            "recover --reason Restored",
            "fork list",
            "fork settle 5f3a91c2 --reason Copied --as Haddad --accept --pin-fd 3",
            "pack make --for Haddad --change CHG-17 --hours 24 --out /tmp/p",
            "pack open /tmp/p",
            "pack open /tmp/p --pdf /tmp/p.pdf",
            "pack reply --out /tmp/r",
            "policy show --toml",
            "policy check policy.toml",
            "policy simulate policy.toml --days 30 --json",
            "policy fare",
            "policy adopt policy.toml --as Ines --pin-fd 3",
            "connect --url https://tickets.example --project change-mgmt --api-key-fd 3",
            "sync",
            "sync --compare",
            "change list --text gateway --view open --json",
            "change show CHG-17",
            "change schedule CHG-17 --zone Asia/Tokyo",
            "calendar",
            "chase",
            "chase --json",
            "chase --breaches",
            "change chain CHG-17",
            "release list",
            "release show Winter",
            "release assess Winter --impact high --complexity ordered --rollback whole --reason Rehearsed",
            "calendar --from 2026-12-01 --to 2026-12-31 --zone Europe/Berlin --ics changes.ics",
            "calendar slot --minutes 90 --environment production --service pay --after 2026-12-01T00:00:00Z --hours quiet",
            "calendar freezes holidays.ics --zone Europe/Berlin --hard",
            "change download CHG-17",
            "circular list",
            "circular open CHG-17 --question Now? --closes 2026-11-27T23:40:00Z --as Ingrid --pin-fd 3",
            "circular vote CHG-17 approve --as Rana --pin-fd 3",
            "circular recuse CHG-17 --reason Mine --as Rana --pin-fd 3",
            "circular end CHG-17 --without Mistaken",
            "emergency list",
            "emergency declare CHG-17 --corrects-error --current-release --major-impact --incident INC-7 --consulted Retail \
             --breaks pay --plan Deploy --backout Redeploy --deployer Dora --from 2026-11-27T22:40:00Z \
             --until 2026-11-27T23:40:00Z --as Noor --pin-fd 3",
            "emergency bind EMG-1 CHG-17 --as Noor --pin-fd 3",
            "emergency review EMG-1 --note Held",
            "emergency review EMG-1 --note Held --propose Low --set risk.levels.high=45 --set coverage_percent=80",
            "policy proposals",
            "policy proposals 1f3a",
            "policy simulate --proposal 1f3a --days 30",
            "emergency met CHG-17 R28 --note Written",
            "emergency rolled-back CHG-17 --incident INC-8 --at 2026-11-27T23:40:00Z",
            "emergency revalidate 0a1b2c3d --root-cause Index --note Green --as Noor --pin-fd 3",
            "change met CHG-17 --note Seen",
            "change difference CHG-17",
            "change immaterial CHG-17 --reason Typo --as Ines --pin-fd 3",
            "change immaterial CHG-17 --as Haddad",
            "change waive CHG-17 --gate plan-r23 --reason Vendor --until 2026-12-01T18:00:00Z --as Ines --pin-fd 3",
            "change override CHG-17 --to high --reason Novel",
            "change except CHG-17 --freeze year-end-2026 --reason Law --until 2026-12-20T22:00:00Z",
            "change second CHG-17 --as Haddad --pin-fd 3",
            "change second CHG-17 0a1b2c3d4e5f --reason Agreed --as Haddad",
            "change take-back CHG-17 --reason Answered --as Haddad --pin-fd 3",
            "change take-back CHG-17 0a1b2c3d4e5f --reason Answered --as Ines",
            "change waivers CHG-17",
            "change condition-met 0192f3a0-0000-7000-8000-000000000001 --note Rehearsed",
            "review CHG-17 --tick backout --comment testing=Thin --submit",
            "review CHG-17 --approve --as Figueira --reason Rehearsed --pin-fd 3",
            "score CHG-17 --answer I1=3 --submit",
            "score CHG-17 --compare",
            "score simulate --bounds 20,45,70",
            "score simulate --bounds 20,45,70 --days 30 --json",
            "meeting list",
            "meeting new --title CAB --at 2026-11-25T14:00:00Z",
            "meeting agenda --rule standard --remove CHG-1",
            "meeting agenda --restrict CHG-2 --unrestrict CHG-3",
            "meeting secretary Haddad",
            "meeting call",
            "meeting attend Haddad Figueira",
            "meeting recuse 1 Haddad --reason mine",
            "meeting vote 1 approve Haddad",
            "meeting consent 1",
            "meeting decide 1 approved-with-conditions --condition text;owner;2026-12-01;before",
            "meeting together Winter approved --without CHG-17",
            "meeting note 1 Said",
            "meeting action Rehearse --owner Ines --due 2026-12-01",
            "meeting reconvene Wednesday",
            "meeting next",
            "meeting close",
            "meeting wrap-up",
            "sign-off CHG-17 --as Haddad --pin-fd 3",
            "sign-off CHG-17 --reject --reason Unrehearsed --pin-fd 3",
            "sign-off CHG-17 --reject --reason Unsafe",
            "sign-off ask CHG-17 --of Figueira",
            "sign-off written CHG-17 --of Figueira --pin-fd 3",
            "sign-off written CHG-17 --of Figueira --from-comment 3 --as Haddad",
            "sign-off written CHG-17 --of Figueira --mail /tmp/m.eml --json",
            "sign-off CHG-17 --reaffirm --as Haddad --pin-fd 3",
            "sign-off CHG-17 --reaffirm --reason Read_again",
            "minutes compile",
            "minutes seal --pin-fd 3",
            "minutes seal --edition circulated --out /tmp/circulated.pdf --pin-fd 3",
            "minutes seal --signatory Haddad --signatory CTO --pin-fd 3",
            "minutes countersign --out /tmp/minutes.pdf --pin-fd 3",
            "minutes turns",
            "minutes annex --out /tmp/annex.pdf --pin-fd 3",
            "minutes corrections",
            "minutes correct Haddad CHG-17 --was Ten --wording Two --reason Misheard --pin-fd 3",
            "minutes correct Haddad actions --wording Ines_watches_it --reason Missing",
            "minutes answer Ines 0a1b2c --pin-fd 3",
            "minutes answer Ines 0a1b2c --wording Two_hosts",
            "minutes answer Ines 0a1b2c --decline --reason It_was_ten",
            "minutes approve Ines --pin-fd 3",
            "minutes approve Ines --by 12345678",
            "minutes erratum --wrong Ten --right Two --out /tmp/erratum.pdf --pin-fd 3",
            "minutes verify minutes.pdf --root root.pem --require-root",
            "minutes distribute --to /tmp/out",
            "minutes distribute --meeting 0a1b2c3d --to /tmp/out",
            "minutes distribute --edition circulated --to /tmp/out",
            "minutes distribute --draft --to /tmp/out",
            "minutes extracts CHG-17 CHG-18 --to /tmp/out",
            "minutes extracts --keys-from keys.txt --to /tmp/out",
            "outbox",
            "outbox retry 1",
            "verify --data-dir /tmp/x",
            "verify --evidence evidence.json --roster-root 00 --least-roster 2",
            "verify --report minutes.pdf",
            "evidence import evidence.json --data-dir /tmp/x",
            "evidence import minutes.pdf --roster-root 00 --least-roster 2 --json",
            "verify --export /tmp/x",
            "rebuild",
            "export --all /tmp/x",
            "export --approval CHG-17 approval.json",
            "export --snapshot CHG-17 fresh.json",
            "gate CHG-17 --approval a --artifact sha256:0 --artifact pay@0 --environment prod --roster-root 0 --fresh f --warn",
            "gate CHG-17 --approval a --artifact b --environment c --roster-root d --at e --least-roster 2 --least-version 0.1.0 --receipt r --json",
            "gate CHG-7 --approval a --artifact b --environment c --roster-root d --service pay --pipeline deploy --fresh f",
            "gate CHG-7 --approval a --artifact b --environment c --roster-root d --break-glass Down --receipt r",
            "standing approve CHG-7 --service pay --pipeline deploy --uses 20 --until 2026-12-31T00:00:00Z --as Haddad",
            "standing list CHG-7",
            "standing suspend 00 --reason odd",
            "receipt gate-receipt.json --failed",
            "obligation list",
            "obligation met 00 --note Reviewed",
            "backup /tmp/x",
            "restore /tmp/x --data-dir /tmp/y",
            "doctor --json",
            "demo --out /tmp/x --json",
        ] {
            assert!(parse(line).is_ok(), "{line}: {}", parse(line).expect_err("refused"));
        }
    }

    #[test]
    fn a_pin_cannot_be_given_as_an_argument() {
        for line in ["sign-off CHG-17 --pin secret-8", "connect --url https://x --api-key abc"] {
            assert!(parse(line).is_err(), "{line}: every process of the machine could read it");
        }
    }

    #[test]
    fn exporting_asks_to_be_told_what_is_meant() {
        assert!(parse("export /tmp/x").is_err());
        assert!(parse("export --all --approval CHG-17 /tmp/x").is_err(), "one thing at a time");
    }
}
