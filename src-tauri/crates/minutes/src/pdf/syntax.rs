//! A strict, bounded reader of PDF values.

use super::value::{Dict, Text, Value};
use crate::error::{Refusal, RefusalCode};

/// Deeper nesting than this is refused; our own files stay below ten.
const MAX_DEPTH: u32 = 24;

/// A position in the bytes being read.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(crate) fn refuse(&self, detail: &str) -> Refusal {
        Refusal::at(RefusalCode::Structure, self.at, detail)
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(crate) fn looking_at(&self, token: &[u8]) -> bool {
        self.rest().starts_with(token)
    }

    /// Takes exactly these bytes or refuses.
    pub(crate) fn expect(&mut self, token: &[u8]) -> Result<(), Refusal> {
        if !self.looking_at(token) {
            return Err(self.refuse(&format!("expected {:?}", String::from_utf8_lossy(token))));
        }
        self.at += token.len();
        Ok(())
    }

    /// Takes `count` bytes whatever they are.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Refusal> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let Some(end) = end else {
            return Err(self.refuse("the file ends too early"));
        };
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// An unsigned decimal number without sign, leading zeros or more than ten digits.
    pub(crate) fn number(&mut self) -> Result<u64, Refusal> {
        let digits = self.rest().iter().take(11).take_while(|byte| byte.is_ascii_digit()).count();
        let text = &self.rest()[..digits];
        if digits == 0 || digits > 10 || (digits > 1 && text[0] == b'0') {
            return Err(self.refuse("expected a plain number"));
        }
        let value = text.iter().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        self.at += digits;
        Ok(value)
    }

    fn spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n')) {
            self.at += 1;
        }
    }

    /// One direct value.
    pub(crate) fn value(&mut self) -> Result<Value, Refusal> {
        self.nested(0)
    }

    fn nested(&mut self, depth: u32) -> Result<Value, Refusal> {
        if depth > MAX_DEPTH {
            return Err(self.refuse("values are nested too deeply"));
        }
        match self.peek() {
            Some(b'/') => Ok(Value::Name(self.name()?)),
            Some(b'(') => self.literal(),
            Some(b'[') => self.array(depth),
            Some(b'<') if self.looking_at(b"<<") => Ok(Value::Dict(self.dict(depth)?)),
            Some(b'<') => self.hex(),
            Some(b't') => self.expect(b"true").map(|()| Value::Bool(true)),
            Some(b'f') => self.expect(b"false").map(|()| Value::Bool(false)),
            Some(b'n') => self.expect(b"null").map(|()| Value::Null),
            Some(b'0'..=b'9' | b'-' | b'.') => self.numeric(),
            Some(_) => Err(self.refuse("no value can begin like this")),
            None => Err(self.refuse("the file ends inside a value")),
        }
    }

    fn name(&mut self) -> Result<Vec<u8>, Refusal> {
        self.expect(b"/")?;
        let mut name = Vec::new();
        while let Some(byte) = self.peek() {
            if byte == b'#' {
                let code = self.rest().get(1..3).and_then(|digits| hex::decode(digits).ok());
                let Some(code) = code else {
                    return Err(self.refuse("a name with a broken escape"));
                };
                name.extend(code);
                self.at += 3;
            } else if byte.is_ascii_graphic() && !b"/()<>[]{}%".contains(&byte) {
                name.push(byte);
                self.at += 1;
            } else {
                break;
            }
        }
        if name.is_empty() { Err(self.refuse("an empty name")) } else { Ok(name) }
    }

    fn literal(&mut self) -> Result<Value, Refusal> {
        let start = self.at;
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            let Some(byte) = self.peek() else {
                return Err(self.refuse("the file ends inside a string"));
            };
            self.at += 1;
            match byte {
                b')' => break,
                b'\\' => bytes.push(self.escaped()?),
                0x20..=0x7e if byte != b'(' => bytes.push(byte),
                _ => return Err(self.refuse("a string with an unescaped byte")),
            }
        }
        Ok(Value::Text(Text { bytes, hex: false, span: start..self.at }))
    }

    fn escaped(&mut self) -> Result<u8, Refusal> {
        let rest = self.rest();
        if let Some(plain) = rest.first().filter(|byte| b"()\\".contains(byte)) {
            self.at += 1;
            return Ok(*plain);
        }
        let octal = rest.get(..3).filter(|digits| digits.iter().all(|digit| (b'0'..=b'7').contains(digit)));
        let code = octal.map(|digits| digits.iter().fold(0_u32, |sum, digit| sum * 8 + u32::from(digit - b'0')));
        let Some(code) = code.and_then(|code| u8::try_from(code).ok()) else {
            return Err(self.refuse("a string with a broken escape"));
        };
        self.at += 3;
        Ok(code)
    }

    fn hex(&mut self) -> Result<Value, Refusal> {
        let start = self.at;
        let Some(length) = self.rest().iter().position(|byte| *byte == b'>') else {
            return Err(self.refuse("the file ends inside a string"));
        };
        let digits = &self.rest()[1..length];
        // One spelling only: with both cases allowed, a signature's bytes could be changed without effect.
        let canonical = digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        let bytes = hex::decode(digits).ok().filter(|_| canonical);
        let Some(bytes) = bytes else {
            return Err(self.refuse("a hexadecimal string that is not lower-case pairs"));
        };
        self.at += length + 1;
        Ok(Value::Text(Text { bytes, hex: true, span: start..self.at }))
    }

    fn array(&mut self, depth: u32) -> Result<Value, Refusal> {
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.spaces();
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(Value::Array(values));
            }
            values.push(self.nested(depth + 1)?);
        }
    }

    fn dict(&mut self, depth: u32) -> Result<Dict, Refusal> {
        self.expect(b"<<")?;
        let mut dict = Dict::new();
        loop {
            self.spaces();
            if self.looking_at(b">>") {
                self.at += 2;
                return Ok(dict);
            }
            let key = self.name()?;
            self.spaces();
            let value = self.nested(depth + 1)?;
            if dict.insert(key, value).is_some() {
                return Err(self.refuse("a dictionary with the same key twice"));
            }
        }
    }

    fn numeric(&mut self) -> Result<Value, Refusal> {
        let length = self.rest().iter().take(24).take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'.')).count();
        let text = String::from_utf8_lossy(&self.rest()[..length]).into_owned();
        let sign_first = !text.chars().skip(1).any(|digit| digit == '-');
        let one_point = text.matches('.').count() <= 1;
        let has_digit = text.contains(|digit: char| digit.is_ascii_digit());
        if length > 20 || !sign_first || !one_point || !has_digit {
            return Err(self.refuse("a malformed number"));
        }
        if text.contains('.') {
            self.at += length;
            return Ok(Value::Real(text));
        }
        if let Some(reference) = self.reference()? {
            return Ok(reference);
        }
        let Ok(number) = text.parse() else {
            return Err(self.refuse("a number that is too large"));
        };
        self.at += length;
        Ok(Value::Int(number))
    }

    /// `12 0 R`, if that is what stands here.
    fn reference(&mut self) -> Result<Option<Value>, Refusal> {
        let rest = self.rest();
        let digits = rest.iter().take(11).take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || digits > 10 || !rest[digits..].starts_with(b" 0 R") {
            return Ok(None);
        }
        let number = self.number()?;
        let Some(number) = u32::try_from(number).ok().filter(|number| *number > 0) else {
            return Err(self.refuse("a reference to no object"));
        };
        self.at += 4;
        Ok(Some(Value::Ref(number)))
    }
}
