//! PINs, passphrases and API keys: from a file descriptor that the caller opened, or a prompt. Never an argument, never
//! the environment: both are shown to every process of the machine.
use std::fs::File;
use std::io::Read;

use board::SecretString;
use zeroize::Zeroizing;

use crate::exit::{CabError, Done};

/// No secret is longer.
const LONGEST: usize = 4096;

/// One secret: a line of `fd`, or what a person types at the prompt.
pub fn one(fd: Option<u32>, flag: &str, prompt: &str) -> Done<SecretString> {
    match fd {
        Some(fd) => {
            let mut lines = lines(fd, flag, 1)?;
            lines.pop().ok_or_else(|| CabError::Usage(format!("{flag} {fd} gave nothing")))
        }
        None => ask(flag, prompt),
    }
}

/// One secret for each of `who`, in that order: lines of `fd`, or typed twice each.
pub fn several(fd: Option<u32>, flag: &str, who: &[String]) -> Done<Vec<SecretString>> {
    if let Some(fd) = fd {
        let lines = lines(fd, flag, who.len())?;
        if lines.len() < who.len() {
            return Err(CabError::Usage(format!(
                "{flag} {fd} gave {} lines; one is needed for each of {}",
                lines.len(),
                who.join(", ")
            )));
        }
        return Ok(lines);
    }
    who.iter()
        .map(|name| {
            let first = ask(flag, &format!("PIN of {name} (at least 8 characters, not digits only): "))?;
            let second = ask(flag, &format!("PIN of {name}, once more: "))?;
            use board::ExposeSecret as _;
            if first.expose_secret() == second.expose_secret() {
                Ok(first)
            } else {
                Err(CabError::Usage(format!("the two PINs of {name} differ")))
            }
        })
        .collect()
}

fn ask(flag: &str, prompt: &str) -> Done<SecretString> {
    match rpassword::prompt_password(prompt) {
        Ok(text) => Ok(SecretString::from(text)),
        Err(_) => Err(CabError::Usage(format!("there is no terminal to ask at; hand it over with {flag} N"))),
    }
}

/// The first `wanted` lines of an inherited file descriptor.
fn lines(fd: u32, flag: &str, wanted: usize) -> Done<Vec<SecretString>> {
    let unreadable = |why: std::io::Error| CabError::Usage(format!("{flag} {fd} cannot be read: {why}"));
    if fd == 0 {
        return read_lines(&mut std::io::stdin().lock(), wanted).map_err(unreadable);
    }
    if cfg!(not(unix)) {
        return Err(CabError::Usage(format!("{flag} takes 0, standard input, on this system")));
    }
    // The descriptor by its name: taking it by number would need unsafe code.
    let mut file = File::open(format!("/dev/fd/{fd}")).map_err(unreadable)?;
    read_lines(&mut file, wanted).map_err(unreadable)
}

/// Byte by byte, so that not more is taken from a pipe than belongs to us.
fn read_lines(source: &mut impl Read, wanted: usize) -> std::io::Result<Vec<SecretString>> {
    let mut lines = Vec::new();
    while lines.len() < wanted {
        let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
        let mut byte = Zeroizing::new([0u8; 1]);
        let ended = loop {
            if source.read(byte.as_mut())? == 0 {
                break true;
            }
            if byte[0] == b'\n' {
                break false;
            }
            if line.len() == LONGEST {
                return Err(std::io::Error::other("the line is longer than any secret"));
            }
            line.push(byte[0]);
        };
        if ended && line.is_empty() {
            break;
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        let text = std::str::from_utf8(&line).map_err(|_| std::io::Error::other("not UTF-8"))?;
        lines.push(SecretString::from(text));
        if ended {
            break;
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use board::ExposeSecret as _;

    fn read(text: &str, wanted: usize) -> Vec<String> {
        let lines = read_lines(&mut text.as_bytes(), wanted).expect("readable");
        lines.iter().map(|l| l.expose_secret().to_owned()).collect()
    }

    #[test]
    fn each_line_is_one_secret_and_no_more_is_read_than_asked_for() {
        assert_eq!(read("one-secret\r\ntwo secrets\n", 2), ["one-secret", "two secrets"]);
        assert_eq!(read("only-one", 2), ["only-one"], "the last line may lack its end");
        let mut source = "first\nsecond\n".as_bytes();
        read_lines(&mut source, 1).expect("readable");
        assert_eq!(source, b"second\n", "what follows is somebody else's");
    }

    #[test]
    fn a_line_that_is_no_secret_is_refused_instead_of_cut() {
        assert!(read_lines(&mut "x".repeat(LONGEST + 1).as_bytes(), 1).is_err());
        assert!(read_lines(&mut &b"\xff\xfe\n"[..], 1).is_err());
    }
}
