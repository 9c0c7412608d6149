//! The inside of a pack: a plain ustar archive in exactly one form, so that `tar -t` shows it and reading it is strict.
//!
//! Each name has one header (mode 0644, no owner, no time), so a header is read by writing the right one and comparing
//! all 512 bytes. No name is ever a path of ours: they are looked at, and nothing is unpacked.
use super::error::PackError;

const BLOCK: usize = 512;
/// Room for a name and its end; ours are at most `documents/` and 64 digits.
const NAME_BYTES: usize = 100;

/// A member of an archive, borrowed from its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Member<'a> {
    pub(super) name: &'a str,
    pub(super) bytes: &'a [u8],
}

/// Adds a member at the end. Names are ours: ASCII, shorter than [`NAME_BYTES`].
pub(super) fn push(archive: &mut Vec<u8>, name: &str, bytes: &[u8]) {
    archive.extend_from_slice(&header(name, bytes.len()));
    archive.extend_from_slice(bytes);
    archive.resize(archive.len() + padding(bytes.len()), 0);
}

/// Ends an archive: two empty blocks.
pub(super) fn finish(archive: &mut Vec<u8>) {
    archive.resize(archive.len() + 2 * BLOCK, 0);
}

/// Reads an archive of at most `limit` members.
pub(super) fn read(archive: &[u8], limit: usize) -> Result<Vec<Member<'_>>, PackError> {
    let mut members = Vec::new();
    let mut rest = archive;
    loop {
        let Some((head, after)) = rest.split_at_checked(BLOCK) else { return Err(PackError::Truncated) };
        if head.iter().all(|byte| *byte == 0) {
            // Nothing but the second empty block may follow.
            let ends = after.len() == BLOCK && after.iter().all(|byte| *byte == 0);
            return if ends { Ok(members) } else { Err(PackError::Trailing) };
        }
        if members.len() == limit {
            return Err(PackError::TooMany { limit });
        }
        let number = members.len();
        let (name, size) = read_header(head).ok_or(PackError::Header { member: number })?;
        let Some((bytes, after)) = after.split_at_checked(size) else { return Err(PackError::Truncated) };
        let Some((filler, after)) = after.split_at_checked(padding(size)) else { return Err(PackError::Truncated) };
        if filler.iter().any(|byte| *byte != 0) {
            return Err(PackError::Header { member: number });
        }
        members.push(Member { name, bytes });
        rest = after;
    }
}

fn padding(size: usize) -> usize {
    size.next_multiple_of(BLOCK) - size
}

/// The one header of a name and size (POSIX.1-1988, ustar).
fn header(name: &str, size: usize) -> [u8; BLOCK] {
    let mut head = [0u8; BLOCK];
    let mut put = |at: usize, text: &[u8]| head[at..at + text.len()].copy_from_slice(text);
    put(0, &name.as_bytes()[..name.len().min(NAME_BYTES)]);
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    head
}

/// Name and size, where the header is the one we would write.
fn read_header(head: &[u8]) -> Option<(&str, usize)> {
    let name = head.get(..NAME_BYTES)?;
    let name = std::str::from_utf8(&name[..name.iter().position(|byte| *byte == 0)?]).ok()?;
    let size = std::str::from_utf8(head.get(124..135)?).ok()?;
    if !size.bytes().all(|digit| (b'0'..=b'7').contains(&digit)) {
        return None;
    }
    let size = usize::from_str_radix(size, 8).ok()?;
    (header(name, size) == head).then_some((name, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, content) in members {
            push(&mut bytes, name, content);
        }
        finish(&mut bytes);
        bytes
    }

    #[test]
    fn an_archive_is_read_as_it_was_written_and_every_other_byte_in_it_is_noticed() {
        let long = vec![7u8; 1500];
        let bytes = archive(&[("pack.json", b"{}"), ("blobs/none", b""), ("blobs/long", &long), ("even", &[1; 512])]);
        let members = read(&bytes, 4).expect("reads");
        assert_eq!(
            members.iter().map(|member| member.name).collect::<Vec<_>>(),
            ["pack.json", "blobs/none", "blobs/long", "even"]
        );
        assert_eq!(members[2].bytes, long);
        let content: Vec<std::ops::Range<usize>> =
            vec![512..514, 1536 + 512..1536 + 512 + 1500, bytes.len() - 1536..bytes.len() - 1024];
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 0x20;
            let same = read(&other, 4);
            if content.iter().any(|range| range.contains(&at)) {
                assert!(same.is_ok(), "byte {at} is content: its digest stands elsewhere");
            } else if let Ok(members) = same {
                // A letter of a name may become another letter: then the header's sum would have to fit, too.
                panic!("byte {at}: read as {members:?}");
            }
        }
    }

    #[test]
    fn what_is_cut_or_goes_on_or_has_too_many_members_is_refused() {
        let bytes = archive(&[("a", b"1"), ("b", b"2")]);
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end], 9).is_err(), "cut at {end}");
        }
        let mut longer = bytes.clone();
        longer.extend_from_slice(&[0; 512]);
        assert!(matches!(read(&longer, 9), Err(PackError::Trailing)));
        assert!(matches!(read(&bytes, 1), Err(PackError::TooMany { limit: 1 })));
    }

    #[test]
    fn tar_itself_lists_the_members() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pack.tar");
        std::fs::write(&path, archive(&[("pack.json", b"{}"), ("entries/ab", b"x")])).expect("written");
        let output = std::process::Command::new("tar").arg("-tf").arg(&path).output().expect("tar runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "pack.json\nentries/ab\n");
    }
}
