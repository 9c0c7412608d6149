//! Second spellings of one signature: containers that say the same in other bytes, or say more, in the room that no
//! signature covers. Each is refused, with a root to compare with and without.

use super::attacks::{anchor, impostor, position, small};
use super::board::root;
use super::tools::Desk;
use crate::RefusalCode::{self, Chain, Cms, Contents, SignatureValue, Timestamp};
use crate::{PdfSigner as _, verify};

const NULL: &[u8] = &[5, 0];
/// Where things stand in a ContentInfo (RFC 5652, 3 and 5.1): which child of which.
const SIGNED_DATA: &[usize] = &[1, 0];
const VERSION: &[usize] = &[1, 0, 0];
const DIGESTS: &[usize] = &[1, 0, 1];
const CONTENT: &[usize] = &[1, 0, 2];
const CERTIFICATES: &[usize] = &[1, 0, 3];
const SIGNERS: &[usize] = &[1, 0, 4];
const SIGNER: &[usize] = &[1, 0, 4, 0];
const SIGNER_ID: &[usize] = &[1, 0, 4, 0, 1];
const DIGEST: &[usize] = &[1, 0, 4, 0, 2];
const ATTRIBUTES: &[usize] = &[1, 0, 4, 0, 3];
const ALGORITHM: &[usize] = &[1, 0, 4, 0, 4];
const VALUE: &[usize] = &[1, 0, 4, 0, 5];

/// The order of the group of P-256 (FIPS 186-5): S and this minus S are signatures of one message.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// How long the header of an element is, and how long the element.
fn extent(der: &[u8]) -> (usize, usize) {
    let first = usize::from(der[1]);
    if first < 0x80 {
        return (2, 2 + first);
    }
    let header = 2 + (first & 0x7f);
    let length = der[2..header].iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
    (header, header + length)
}

pub(super) fn children(der: &[u8]) -> Vec<Vec<u8>> {
    let (header, end) = extent(der);
    let mut rest = &der[header..end];
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (child, later) = rest.split_at(extent(rest).1);
        found.push(child.to_vec());
        rest = later;
    }
    found
}

pub(super) fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// A BIT STRING that leaves its last bit out.
fn leave_a_bit_unused(bits: &mut [u8]) {
    let at = extent(bits).0;
    bits[at] = 1;
}

/// The length as DER has it.
fn length(of: usize) -> Vec<u8> {
    let big = of.to_be_bytes();
    let bytes: Vec<u8> = big.into_iter().skip_while(|byte| *byte == 0).collect();
    match bytes.as_slice() {
        [] => vec![0],
        [one] if *one < 0x80 => vec![*one],
        _ => joined(&[&[0x80 | u8::try_from(bytes.len()).expect("short")], &bytes]),
    }
}

pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    joined(&[&[tag], &length(content.len()), content])
}

/// The same element with its length in one byte more than it takes.
fn long_form(der: &[u8]) -> Vec<u8> {
    let (header, end) = extent(der);
    let mut long = length(end - header);
    if long.len() == 1 {
        long.insert(0, 0x81);
    } else {
        long[0] += 1;
        long.insert(1, 0);
    }
    [&der[..1], long.as_slice(), &der[header..end]].concat()
}

/// The same element without a length (BER).
fn indefinite(der: &[u8]) -> Vec<u8> {
    let (header, end) = extent(der);
    joined(&[&[der[0], 0x80], &der[header..end], &[0, 0]])
}

/// The element with something after its last child.
fn with(der: &[u8], more: &[u8]) -> Vec<u8> {
    element(der[0], &joined(&[&children(der).concat(), more]))
}

/// The element with other children.
fn again(der: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let mut all = children(der);
    change(&mut all);
    element(der[0], &all.concat())
}

/// The whole with the element at this path changed, and the lengths of all around it.
fn edited(der: &[u8], path: &[usize], change: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let Some((first, rest)) = path.split_first() else { return change(der) };
    again(der, |all| all[*first] = edited(&all[*first], rest, change))
}

/// The whole with the value of the signature changed, which is DER in an OCTET STRING.
fn valued(der: &[u8], change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    edited(der, VALUE, &|octets| element(4, &change(&octets[extent(octets).0..])))
}

/// The whole with the board's root changed, or the certificate beside it.
fn certified(der: &[u8], of_root: bool, change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let changed = |one: Vec<u8>| if (one == root()) == of_root { change(&one) } else { one };
    // What comes first in a SET of certificates is told by what they say, which stays.
    edited(der, CERTIFICATES, &|set| again(set, |all| *all = all.drain(..).map(changed).collect()))
}

/// An integer that is there already, with these bytes before it.
fn prefixed(integer: &[u8], before: &[u8]) -> Vec<u8> {
    element(2, &joined(&[before, &integer[extent(integer).0..]]))
}

/// The value with the other S.
fn twin(value: &[u8]) -> Vec<u8> {
    again(value, |numbers| {
        let s = &numbers[1][2..];
        let mut padded = [0; 32];
        let digits = &s[s.len().saturating_sub(32)..];
        padded[32 - digits.len()..].copy_from_slice(digits);
        let (mut other, mut borrow) = ([0; 32], 0);
        for at in (0..32).rev() {
            let left = i16::from(ORDER[at]) - i16::from(padded[at]) - borrow;
            borrow = i16::from(left < 0);
            other[at] = u8::try_from(left + 256 * borrow).expect("a byte");
        }
        // Its first bit is set: without a zero before it the number would be negative.
        numbers[1] = element(2, &joined(&[&[0], &other]));
    })
}

/// An attribute with this time of signing: `signingTime` (RFC 5652, 11.3).
fn signing_time() -> Vec<u8> {
    let oid = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5];
    element(0x30, &joined(&[&oid, &element(0x31, &element(0x17, b"261118143000Z"))]))
}

type Spelling = (&'static str, RefusalCode, fn(&[u8]) -> Vec<u8>);

const SPELLINGS: [Spelling; 62] = [
    // The value.
    ("the other S", SignatureValue, |der| valued(der, twin)),
    ("zeros before R", SignatureValue, |der| valued(der, |v| again(v, |n| n[0] = prefixed(&n[0], &[0])))),
    ("zeros before S", SignatureValue, |der| valued(der, |v| again(v, |n| n[1] = prefixed(&n[1], &[0])))),
    ("a negative R", SignatureValue, |der| valued(der, |v| again(v, |n| n[0] = prefixed(&n[0], &[0xff])))),
    ("R is zero", SignatureValue, |der| valued(der, |v| again(v, |n| n[0] = vec![2, 1, 0]))),
    ("S is zero", SignatureValue, |der| valued(der, |v| again(v, |n| n[1] = vec![2, 1, 0]))),
    ("S is empty", SignatureValue, |der| valued(der, |v| again(v, |n| n[1] = vec![2, 0]))),
    ("S is the order", SignatureValue, |der| {
        valued(der, |v| again(v, |n| n[1] = element(2, &joined(&[&[0], &ORDER]))))
    }),
    ("a third number", SignatureValue, |der| valued(der, |v| with(v, &[2, 1, 1]))),
    ("a byte after the numbers", SignatureValue, |der| valued(der, |v| joined(&[v, &[0]]))),
    ("a long length of the numbers", SignatureValue, |der| valued(der, long_form)),
    ("a long length of R", SignatureValue, |der| valued(der, |v| again(v, |n| n[0] = long_form(&n[0])))),
    ("no length of the numbers", SignatureValue, |der| valued(der, indefinite)),
    ("the numbers in a SET", SignatureValue, |der| valued(der, |v| element(0x31, &children(v).concat()))),
    ("no numbers", SignatureValue, |der| valued(der, |_| Vec::new())),
    ("the bare numbers", SignatureValue, |der| {
        valued(der, |v| children(v).iter().flat_map(|number| number[2..].to_vec()).collect())
    }),
    ("a value in pieces", Cms, |der| edited(der, VALUE, &|value| element(0x24, value))),
    // Lengths.
    ("a long length of all", Contents, long_form),
    ("no length of all", Contents, indefinite),
    ("a long length of the wrapping", Cms, |der| edited(der, &[1], &long_form)),
    ("a long length of the signed data", Cms, |der| edited(der, SIGNED_DATA, &long_form)),
    ("a long length of the version", Cms, |der| edited(der, VERSION, &long_form)),
    ("a long length of the certificates", Cms, |der| edited(der, CERTIFICATES, &long_form)),
    ("a long length of the attributes", Cms, |der| edited(der, ATTRIBUTES, &long_form)),
    ("a long length of the value", Cms, |der| edited(der, VALUE, &long_form)),
    ("no length of the signed data", Cms, |der| edited(der, SIGNED_DATA, &indefinite)),
    ("no length of the signer", Cms, |der| edited(der, SIGNER, &indefinite)),
    // Something more.
    ("something after the wrapping", Cms, |der| with(der, NULL)),
    ("something in the wrapping", Cms, |der| edited(der, &[1], &|e| with(e, NULL))),
    ("something after the signers", Cms, |der| edited(der, SIGNED_DATA, &|e| with(e, NULL))),
    ("something after the content type", Cms, |der| edited(der, CONTENT, &|e| with(e, NULL))),
    ("something after the value", Cms, |der| edited(der, SIGNER, &|e| with(e, NULL))),
    ("something after the serial number", Cms, |der| edited(der, SIGNER_ID, &|e| with(e, NULL))),
    ("something in an attribute", Cms, |der| edited(der, ATTRIBUTES, &|e| again(e, |a| a[0] = with(&a[0], NULL)))),
    ("the container twice", Contents, |der| der.repeat(2)),
    ("a byte after the container", Contents, |der| joined(&[der, &[1]])),
    // Versions and algorithms.
    ("zeros before the version", Cms, |der| edited(der, VERSION, &|e| prefixed(e, &[0]))),
    ("another version", Cms, |der| edited(der, VERSION, &|_| vec![2, 1, 3])),
    ("the digest's algorithm with NULL", Cms, |der| edited(der, DIGEST, &|e| with(e, NULL))),
    ("the digest's algorithm with a text", Cms, |der| edited(der, DIGEST, &|e| with(e, &element(4, b"salt")))),
    ("the list of digests with NULL", Cms, |der| {
        edited(der, DIGESTS, &|e| again(e, |all| all[0] = with(&all[0], NULL)))
    }),
    ("no list of digests", Cms, |der| edited(der, DIGESTS, &|_| vec![0x31, 0])),
    ("a second digest", Cms, |der| {
        let other = element(0x30, &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3]);
        edited(der, DIGESTS, &|e| with(e, &other))
    }),
    ("the signature's algorithm with NULL", Cms, |der| edited(der, ALGORITHM, &|e| with(e, NULL))),
    ("content beside the document", Cms, |der| {
        edited(der, CONTENT, &|e| with(e, &element(0xa0, &element(4, b"other minutes"))))
    }),
    ("a list of revocations", Cms, |der| edited(der, SIGNED_DATA, &|e| again(e, |all| all.insert(4, vec![0xa1, 0])))),
    // Certificates.
    ("the root twice", Cms, |der| edited(der, CERTIFICATES, &|e| again(e, |all| all.push(root())))),
    ("another board's root beside ours", Cms, |der| {
        edited(der, CERTIFICATES, &|e| {
            again(e, |all| {
                all.extend(impostor().chain_der());
                all.sort();
            })
        })
    }),
    ("no root", Cms, |der| edited(der, CERTIFICATES, &|e| again(e, |all| all.retain(|one| *one != root())))),
    ("the certificates the other way round", Cms, |der| edited(der, CERTIFICATES, &|e| again(e, |all| all.reverse()))),
    ("unused bits of the root's signature", Chain, |der| {
        certified(der, true, |e| again(e, |parts| leave_a_bit_unused(&mut parts[2])))
    }),
    ("the other S of the root's signature", Chain, |der| {
        certified(der, true, |e| {
            again(e, |parts| {
                let value = twin(&parts[2][extent(&parts[2]).0 + 1..]);
                parts[2] = element(3, &joined(&[&[0], &value]));
            })
        })
    }),
    ("a byte after the root's signature", Chain, |der| {
        certified(der, true, |e| again(e, |parts| parts[2] = element(3, &joined(&[&parts[2][2..], &[0]]))))
    }),
    ("unused bits of the signer's certificate's signature", Cms, |der| {
        certified(der, false, |e| again(e, |parts| leave_a_bit_unused(&mut parts[2])))
    }),
    // Signers and attributes.
    ("the signer twice", Cms, |der| edited(der, SIGNERS, &|e| again(e, |all| all.push(all[0].clone())))),
    ("no signer", Cms, |der| edited(der, SIGNERS, &|_| vec![0x31, 0])),
    ("the attributes the other way round", Cms, |der| edited(der, ATTRIBUTES, &|e| again(e, |all| all.reverse()))),
    ("an attribute twice", Cms, |der| edited(der, ATTRIBUTES, &|e| again(e, |all| all.insert(1, all[0].clone())))),
    ("a time of signing among the attributes", Cms, |der| {
        edited(der, ATTRIBUTES, &|e| {
            again(e, |all| {
                all.push(signing_time());
                all.sort();
            })
        })
    }),
    ("a time of signing beside the value", Timestamp, |der| {
        edited(der, SIGNER, &|e| with(e, &element(0xa1, &signing_time())))
    }),
    ("two of them", Timestamp, |der| {
        let other = element(0x30, &joined(&[&children(&signing_time())[0], &[0x31, 2, 5, 0]]));
        let mut both = [signing_time(), other];
        both.sort();
        edited(der, SIGNER, &|e| with(e, &element(0xa1, &both.concat())))
    }),
    ("nothing beside the value", Timestamp, |der| edited(der, SIGNER, &|e| with(e, &[0xa1, 0]))),
];

/// The file with another container in the room of its signature, and zeros after it.
pub(super) fn respelled(pdf: &[u8], change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let at = position(pdf, b"/Contents <3") + b"/Contents <".len();
    let end = at + pdf[at..].iter().position(|byte| *byte == b'>').expect("closed");
    let room = hex::decode(&pdf[at..end]).expect("hexadecimal");
    let container = hex::encode(change(&room[..extent(&room).1]));
    assert!(container.len() <= end - at, "there is room for it");
    let mut changed = pdf.to_vec();
    changed[at..end].fill(b'0');
    changed[at..at + container.len()].copy_from_slice(container.as_bytes());
    changed
}

/// A certificate of a container twice, side by side where a set has both; so many stand in it.
pub(super) fn twice(pdf: &[u8], which: usize) -> Vec<u8> {
    respelled(pdf, |der| {
        edited(der, CERTIFICATES, &|set| {
            again(set, |all| {
                let one = all[which % all.len()].clone();
                all.push(one);
                all.sort();
            })
        })
    })
}

#[test]
fn every_second_spelling_of_a_signature_is_refused_with_its_reason() {
    let (pdf, desk) = (small(), Desk::new());
    // What takes it apart puts it together again.
    assert_eq!(respelled(&pdf, |der| edited(der, VALUE, &|value| value.to_vec())), pdf);
    let mut passed = Vec::new();
    for (name, code, change) in SPELLINGS {
        let changed = respelled(&pdf, change);
        assert_ne!(changed, pdf, "{name}");
        for trust in [None, Some(&anchor())] {
            let refused = verify(&changed, trust).expect_err(name);
            assert_eq!(refused.code, code, "{name}: {refused}");
        }
        if desk.calls_all_valid(&desk.put("respelled.pdf", &changed)) {
            passed.push(name);
        }
    }
    let (all, most) = (SPELLINGS.len(), passed.len());
    println!("{all} of {all} second spellings refused; pdfsig alone calls {most} valid and trusted: {passed:?}");
}

#[test]
fn the_room_after_a_signature_holds_zeros_and_nothing_else() {
    let pdf = small();
    let at = position(&pdf, b"/Contents <3") + b"/Contents <".len();
    let end = at + pdf[at..].iter().position(|byte| *byte == b'>').expect("closed");
    let room = hex::decode(&pdf[at..end]).expect("hexadecimal");
    let used = at + 2 * extent(&room).1;
    for place in (used..end).step_by(191).chain([used, used + 1, end - 2, end - 1]) {
        for digit in [b'1', b'f'] {
            let mut changed = pdf.clone();
            changed[place] = digit;
            assert_eq!(verify(&changed, None).expect_err("refused").code, Contents, "byte {place}");
        }
    }
}
