//! As much of a mail (RFC 5322, MIME) as shows from which address which words came. `docs/FORMAT.md` says the same.
//!
//! Only plain text is read, and only what was written in this mail: not a forwarded one inside it, no attachment.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

#[cfg(test)]
mod tests;

/// What a mail shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address it is from, in lower case.
    pub from: String,
    /// Its plain text.
    pub words: String,
}

/// Why a mail cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nobody, or more than one.
    #[error("it is not from exactly one address")]
    Sender,
    /// Only HTML, only attachments, an encoding that is not used in mails.
    #[error("it has no plain text")]
    NoText,
}

/// Parts within parts at most.
const DEEPEST: u32 = 8;

impl Mail {
    /// Reads a mail as it was received, for example an `.eml` file.
    ///
    /// # Errors
    /// What is missing.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mail = Part::of(bytes);
        let mut senders = mail.headers.iter().filter(|(name, _)| name == "from");
        let from = match (senders.next(), senders.next()) {
            (Some((_, value)), None) => address(value).ok_or(Unreadable::Sender)?,
            (Some(_) | None, _) => return Err(Unreadable::Sender),
        };
        let words = mail.words(0).ok_or(Unreadable::NoText)?;
        Ok(Self { from, words })
    }
}

/// A mail or a part of one.
struct Part<'b> {
    /// Name in lower case, unfolded value.
    headers: Vec<(String, String)>,
    body: &'b [u8],
}

impl<'b> Part<'b> {
    fn of(bytes: &'b [u8]) -> Self {
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut rest = bytes;
        while let Some((line, after)) = first_line(rest) {
            rest = after;
            if line.is_empty() {
                break;
            }
            let line = text(line.to_vec());
            match headers.last_mut() {
                Some((_, value)) if line.starts_with([' ', '\t']) => {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                Some(_) | None => {
                    if let Some((name, value)) = line.split_once(':') {
                        headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                    }
                }
            }
        }
        Self { headers, body: rest }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// The first plain text in it.
    fn words(&self, depth: u32) -> Option<String> {
        let content = self.header("content-type");
        let kind = content.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind.starts_with("multipart/") {
            let boundary = boundary(content).filter(|_| depth < DEEPEST)?;
            return parts(self.body, &boundary).into_iter().find_map(|part| Part::of(part).words(depth + 1));
        }
        let attached = self.header("content-disposition").to_ascii_lowercase().starts_with("attachment");
        if attached || !(kind.is_empty() || kind == "text/plain") {
            return None;
        }
        let bytes = match self.header("content-transfer-encoding").to_ascii_lowercase().as_str() {
            "" | "7bit" | "8bit" | "binary" => self.body.to_vec(),
            "quoted-printable" => unquoted(self.body),
            "base64" => {
                let letters: Vec<u8> = self.body.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
                STANDARD.decode(letters).ok()?
            }
            _ => return None,
        };
        Some(text(bytes))
    }
}

/// The first line without its end, and what follows it.
fn first_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if bytes.is_empty() {
        return None;
    }
    let (line, rest) = match bytes.iter().position(|b| *b == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &bytes[bytes.len()..]),
    };
    Some((line.strip_suffix(b"\r").unwrap_or(line), rest))
}

/// UTF-8; whatever is not, byte by byte as ISO 8859-1. The sentences that count are ASCII in both.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect())
}

/// `Name <local@domain>` or `local@domain`: one address, in lower case.
fn address(value: &str) -> Option<String> {
    let (mut bare, mut quoted) = (String::new(), false);
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        if letter == '"' {
            quoted = !quoted;
        } else if !quoted {
            bare.push(letter);
        } else if letter == '\\' {
            letters.next();
        }
    }
    let inside = match bare.split_once('<') {
        Some((name, _)) if name.contains(['>', '@', ',']) => return None,
        Some((_, rest)) => rest.trim_end().strip_suffix('>')?,
        None => bare.trim(),
    };
    let word = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c))
    };
    let (local, domain) = inside.split_once('@')?;
    (!quoted && word(local) && word(domain)).then(|| inside.to_ascii_lowercase())
}

fn boundary(content: &str) -> Option<String> {
    let at = content.to_ascii_lowercase().find("boundary=")? + "boundary=".len();
    let value = &content[at..];
    let found = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split([';', ' ', '\t']).next(),
    };
    found.filter(|b| !b.is_empty()).map(str::to_owned)
}

/// What stands between the delimiters.
fn parts<'b>(body: &'b [u8], boundary: &str) -> Vec<&'b [u8]> {
    let (open, close) = (format!("--{boundary}"), format!("--{boundary}--"));
    let (mut parts, mut begin, mut rest) = (Vec::new(), None, body);
    while let Some((line, after)) = first_line(rest) {
        let line = line.trim_ascii_end();
        if line == open.as_bytes() || line == close.as_bytes() {
            parts.extend(begin.map(|from: usize| &body[from..body.len() - rest.len()]));
            if line == close.as_bytes() {
                return parts;
            }
            begin = Some(body.len() - after.len());
        }
        rest = after;
    }
    parts.extend(begin.map(|from| &body[from..]));
    parts
}

/// Quoted-printable, decoded: `=` at the end of a line goes on in the next, `=3D` is a byte.
fn unquoted(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = body;
    while let Some((line, after)) = first_line(rest) {
        rest = after;
        let line = line.trim_ascii_end();
        let (line, goes_on) = match line.strip_suffix(b"=") {
            Some(soft) => (soft, true),
            None => (line, false),
        };
        let mut at = 0;
        while let Some(byte) = line.get(at) {
            match line.get(at + 1..at + 3).filter(|_| *byte == b'=').and_then(coded) {
                Some(decoded) => {
                    bytes.push(decoded);
                    at += 3;
                }
                None => {
                    bytes.push(*byte);
                    at += 1;
                }
            }
        }
        if !goes_on {
            bytes.push(b'\n');
        }
    }
    bytes
}

/// Two hexadecimal digits.
fn coded(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok().filter(|text| text.chars().all(|c| c.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}
