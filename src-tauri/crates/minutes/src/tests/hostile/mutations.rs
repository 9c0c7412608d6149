//! Fixed dice: single bytes of a file with three signatures, and small sealed files cut and pasted.

use std::collections::BTreeMap;

use super::super::attacks::{anchor, small};
use super::super::structured::three;
use super::super::tools::Desk;
use crate::{base_revision, extract_attachment, verify};

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// A small generator of our own: the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides.max(1)).expect("a size")).expect("a size")
    }
}

fn full() -> bool {
    std::env::var("CABINET_COUNTS").is_ok_and(|counts| counts == "full")
}

#[test]
fn five_thousand_changed_bytes_of_a_file_with_three_signatures_are_each_refused() {
    let (pdf, desk, mut dice) = (three(), Desk::new(), Dice(SEED));
    assert!(desk.calls_all_valid(&desk.put("unchanged.pdf", &pdf)), "the sample proves nothing if this is not valid");
    let every = if full() { 10 } else { 166 };
    let (mut codes, mut asked, mut passed) = (BTreeMap::<&str, u32>::new(), 0, 0);
    for turn in 0..5_000_usize {
        // By turns anywhere, and in the signing revisions, which are a small part of the file.
        let from = if turn % 2 == 0 { 0 } else { base_revision(&pdf).expect("our own file").len() };
        let at = from + dice.below(pdf.len() - from);
        let by = u8::try_from(1 + dice.below(255)).expect("a byte");
        let mut changed = pdf.clone();
        changed[at] ^= by;
        match verify(&changed, Some(&anchor())) {
            Ok(_) => panic!("byte {at} changed by {by:#x} was accepted"),
            Err(refusal) => *codes.entry(refusal.code.as_str()).or_default() += 1,
        }
        if turn % every == 0 {
            asked += 1;
            passed += u32::from(desk.calls_all_valid(&desk.put("changed.pdf", &changed)));
        }
    }
    println!("seed {SEED:#x}, {} bytes, 5,000 changed one at a time: 0 accepted; {codes:?}", pdf.len());
    println!("pdfsig alone, asked about {asked} of them, calls {passed} valid and trusted for every signature");
}

/// What a file is changed by: pieces moved, taken out, doubled, cut off, and tokens put in.
fn fuzzed(pdf: &[u8], dice: &mut Dice) -> Vec<u8> {
    const TOKENS: [&[u8]; 9] = [
        b"obj",
        b"<<",
        b">>",
        b"\nstream\n",
        b"endobj\n",
        b"99999999999999999999",
        b"/Length 9999999999",
        b"xref\n",
        b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    ];
    let mut out = pdf.to_vec();
    for _ in 0..=dice.below(3) {
        let from = dice.below(out.len());
        let to = (from + 1 + dice.below(400)).min(out.len());
        let at = dice.below(out.len());
        let piece = out[from.min(to)..to].to_vec();
        match dice.below(6) {
            0 => drop(out.splice(at..at, piece)),
            1 => drop(out.drain(from.min(to)..to)),
            2 => drop(out.splice(from.min(to)..from.min(to), piece.repeat(3))),
            3 => out.truncate(at),
            4 => drop(out.splice(at..(at + piece.len()).min(out.len()), piece)),
            _ => drop(out.splice(at..at, TOKENS[dice.below(TOKENS.len())].iter().copied())),
        }
    }
    out
}

/// No file of some 100 KB takes longer, in seconds, however busy the machine and slow the build: a bound, not a measurement.
const LONGEST: u64 = 5;

/// Nor more memory for all of them together, in KiB over what two good ones take.
const MOST_MEMORY: u64 = 64 << 10;

/// The most memory that this process had so far, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[test]
fn fuzzed_files_never_make_a_reader_panic_and_are_refused_in_bounded_time_and_memory() {
    let (files, mut dice, count) = ([small(), three()], Dice(SEED), if full() { 100_000 } else { 2_000 });
    let (mut codes, mut slowest) = (BTreeMap::<&str, u32>::new(), std::time::Duration::ZERO);
    for file in &files {
        verify(file, None).expect("good");
    }
    let before = peak();
    for turn in 0..count {
        let pdf = &files[turn % 2];
        let changed = fuzzed(pdf, &mut dice);
        let started = std::time::Instant::now();
        let judged = verify(&changed, None);
        // What these two answer is not judged: they promise only to end without a panic.
        let _ = base_revision(&changed);
        let _ = extract_attachment(&changed, crate::EVIDENCE);
        slowest = slowest.max(started.elapsed());
        match judged {
            // Some dice change nothing, and some cut off exactly the last signatures.
            Ok(_) => assert!(files.iter().any(|file| file.starts_with(&changed)), "fuzzed file {turn} was accepted"),
            Err(refusal) => *codes.entry(refusal.code.as_str()).or_default() += 1,
        }
    }
    let memory = peak() - before;
    println!(
        "seed {SEED:#x}, {count} fuzzed files: no panic, the slowest took {slowest:?}, {memory} KiB more; {codes:?}"
    );
    assert!(slowest.as_secs() < LONGEST, "a file took {slowest:?}");
    assert!(memory < MOST_MEMORY, "{memory} KiB");
}
