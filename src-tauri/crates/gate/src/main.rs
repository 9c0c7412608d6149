//! `cab-gate`: [`gate::check`] as a program of its own, small and static, for a pipeline's image.
use std::io::Write as _;
use std::process::ExitCode;

use gate::line::{self, Wanted};

/// The arguments make no sense.
const USAGE: u8 = 2;

#[expect(clippy::disallowed_methods, reason = "the host reads the clock; the rules are given the time")]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

fn main() -> ExitCode {
    // What is not UTF-8 is no argument of ours; it is shown as far as it can be.
    let args = std::env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned());
    ExitCode::from(answer(args))
}

fn answer(args: impl Iterator<Item = String>) -> u8 {
    let line = match line::parse(args) {
        Ok(Wanted::Help) => {
            say(line::HELP);
            return 0;
        }
        Ok(Wanted::Version) => {
            say(&gate::PROGRAM.replace('/', " "));
            return 0;
        }
        Ok(Wanted::Judge(line)) => line,
        Err(usage) => {
            complain(&format!("cab-gate: {usage}\nTry cab-gate --help"));
            return USAGE;
        }
    };
    let ran = line::run(&line, now());
    if line.json {
        say(&ran.verdict.document(line.warn).to_string());
    } else {
        say(&ran.verdict.fresh_line());
        let text = ran.verdict.text(line.warn);
        if ran.exit == 0 { say(&text) } else { complain(&text) }
    }
    ran.exit
}

/// A reader that went away early is no fault of anybody.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
