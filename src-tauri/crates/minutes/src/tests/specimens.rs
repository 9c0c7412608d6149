//! What benchmarks draw and sign is what it says it is.

use super::board::{EVIDENCE, attached};
use crate::document::{Block, Document};
use crate::model::Minutes;
use crate::{certificate_fingerprint, compose, render, sign, specimen, verify};

pub(super) fn signed_in_turn(document: &Document) -> Vec<u8> {
    let base = render(document, &attached(EVIDENCE)).expect("drawn");
    let signers = specimen::signers(3).expect("certified");
    signers.iter().fold(base, |pdf, (request, signer)| sign(&pdf, request, signer).expect("signed in turn"))
}

#[test]
fn minutes_and_a_register_hold_when_three_have_signed_in_turn() {
    let signatories = specimen::signatories(3);
    let minutes = Minutes { signatories: signatories.clone(), ..specimen::minutes(1) };
    for document in [compose(&minutes), specimen::register(20, &signatories), specimen::register(0, &signatories)] {
        let report = verify(&signed_in_turn(&document), None).expect("it holds");
        let told: Vec<_> = report.signatures.iter().map(|one| (one.field.as_str(), one.name.as_str())).collect();
        let wanted: Vec<_> = signatories.iter().map(|one| (one.field.as_str(), one.name.as_str())).collect();
        assert_eq!(told, wanted, "{}", document.title);
        assert!(report.unsigned_fields.is_empty(), "{}", document.title);
        assert_eq!(report.certificate_root, hex::encode(certificate_fingerprint(&super::board::root())));
    }
}

#[test]
fn a_register_has_attendance_and_one_row_for_each_item() {
    for items in [1, 7, 500] {
        let document = specimen::register(items, &specimen::signatories(2));
        let tables: Vec<_> = document
            .blocks
            .iter()
            .filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None })
            .collect();
        let [attendance, decided] = tables.as_slice() else { panic!("{} tables", tables.len()) };
        assert_eq!(attendance.rows.len(), specimen::minutes(0).attendance.len());
        assert_eq!(decided.rows.len(), items as usize);
        let columns: Vec<_> = decided.columns.iter().map(|column| column.title.as_str()).collect();
        assert_eq!(columns, ["Key", "Title", "Risk", "Decision", "Owner", "Date"]);
        assert!(decided.rows.iter().all(|row| row.len() == columns.len()));
        let fields = document.blocks.iter().filter(|block| matches!(block, Block::SignatureField(_))).count();
        assert_eq!(fields, 2);
    }
}
