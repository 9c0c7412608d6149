//! Merkle trees of RFC 6962: one root over a checkpoint's entries, and proofs that an entry is in it.
//!
//! Entry ids are the leaf hashes already: SHA-256(0x00 ‖ payload).
use std::collections::BTreeSet;

use domain::ids::{Digest, EntryId};
use sha2::Digest as _;

use crate::bundle::{Merkle, Proof};
use crate::refusal::{Code, Refusal};

/// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let mut hash = sha2::Sha256::new();
    hash.update([1u8]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// The largest power of two below `n` (n ≥ 2).
fn split(n: usize) -> usize {
    1 << (usize::BITS - 1 - (n - 1).leading_zeros())
}

/// The root over `entries` in their order; of none, the digest of nothing (RFC 6962 §2.1).
#[must_use]
pub fn root(entries: &[EntryId]) -> Digest {
    match entries {
        [] => Digest::of(b""),
        entries => Digest(subtree(entries)),
    }
}

fn subtree(entries: &[EntryId]) -> [u8; 32] {
    match entries {
        [] => Digest::of(b"").0,
        [leaf] => leaf.0,
        entries => {
            let (left, right) = entries.split_at(split(entries.len()));
            node(&subtree(left), &subtree(right))
        }
    }
}

/// The audit path of the entry at `index`, nearest sibling first; `None` beyond the end.
#[must_use]
pub fn path(entries: &[EntryId], index: usize) -> Option<Vec<Digest>> {
    if index >= entries.len() {
        return None;
    }
    let mut path = Vec::new();
    let (mut rest, mut index) = (entries, index);
    while rest.len() > 1 {
        let (left, right) = rest.split_at(split(rest.len()));
        if index < left.len() {
            path.push(Digest(subtree(right)));
            rest = left;
        } else {
            path.push(Digest(subtree(left)));
            index -= left.len();
            rest = right;
        }
    }
    path.reverse();
    Some(path)
}

/// The tree over all `entries` of a record in their order, and the proofs a bundle carries that keeps some of them: of
/// each one kept, and of the last, which pins the size. In order of their positions.
///
/// # Errors
/// [`Code::Size`] for more entries than a position can count.
pub fn prove(entries: &[EntryId], kept: &BTreeSet<EntryId>) -> Result<(Merkle, Vec<Proof>), Refusal> {
    let size = u32::try_from(entries.len()).map_err(|_| Refusal::new(Code::Size, "too many entries", "merkle"))?;
    let mut proofs = Vec::new();
    for (index, entry) in (0u32..).zip(entries) {
        if kept.contains(entry) || index.checked_add(1) == Some(size) {
            let path = path(entries, index as usize).unwrap_or_default();
            proofs.push(Proof { entry: *entry, index, path });
        }
    }
    Ok((Merkle { root: root(entries), size }, proofs))
}

/// Verifies that `entry` stands at `index` of a tree of `size` entries with this `root` (RFC 9162 §2.1.3.2).
///
/// # Errors
/// A refusal with [`Code::MerkleProof`].
pub fn check_path(entry: EntryId, index: u32, size: u32, path: &[Digest], root: Digest) -> Result<(), Refusal> {
    let refuse = |what: &str| Refusal::new(Code::MerkleProof, what, format!("entry {}", entry.short()));
    if index >= size {
        return Err(refuse("the position is beyond the tree"));
    }
    let (mut position, mut last) = (index, size - 1);
    let mut hash = entry.0;
    for sibling in path {
        if last == 0 {
            return Err(refuse("the path is too long"));
        }
        if position & 1 == 1 || position == last {
            hash = node(&sibling.0, &hash);
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, &sibling.0);
        }
        position >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(refuse("the path is too short"));
    }
    if hash != root.0 {
        return Err(refuse("the path does not lead to the root"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The leaves and roots of the reference vectors of Certificate Transparency (RFC 6962).
    const LEAVES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    fn leaves() -> Vec<EntryId> {
        LEAVES.iter().map(|text| EntryId::of(&hex::decode(text).expect("hex"))).collect()
    }

    #[test]
    fn roots_are_those_of_the_reference_vectors() {
        for (n, expected) in ROOTS.iter().enumerate() {
            assert_eq!(root(&leaves()[..=n]).to_string(), *expected, "{} leaves", n + 1);
        }
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(root(&[]).to_string(), empty);
    }

    #[test]
    fn every_path_leads_to_its_root_and_to_no_other_place() {
        let all: Vec<EntryId> = (0u32..40).map(|n| EntryId::of(&n.to_be_bytes())).collect();
        for size in 1..=all.len() {
            let tree = &all[..size];
            let (root, count) = (root(tree), u32::try_from(size).expect("small"));
            for index in 0..size {
                let path = path(tree, index).expect("inside");
                let at = u32::try_from(index).expect("small");
                check_path(tree[index], at, count, &path, root).expect("the honest path");
                for wrong in (0..count + 1).filter(|other| *other != at) {
                    assert!(
                        check_path(tree[index], wrong, count, &path, root).is_err(),
                        "{index} as {wrong} of {size}"
                    );
                }
                for cut in 0..path.len() {
                    assert!(check_path(tree[index], at, count, &path[..cut], root).is_err());
                }
                let longer: Vec<Digest> = path.iter().copied().chain([root]).collect();
                assert!(check_path(tree[index], at, count, &longer, root).is_err());
            }
            assert_eq!(path(tree, size), None);
        }
    }
}
