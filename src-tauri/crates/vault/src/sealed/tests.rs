use domain::ids::BoardId;
use record::keys::PublicKey;

use super::*;

fn board(n: u128) -> BoardId {
    BoardId(uuid::Uuid::from_u128(n))
}

fn pin() -> Pin {
    Pin::new(&"correct-8".into()).expect("valid")
}

fn sealed() -> (UnlockedKey, SealedKey) {
    let key = UnlockedKey::generate().expect("randomness");
    let item = SealedKey::seal(&key, board(1), &pin(), Cost::SAMPLE).expect("seals");
    (key, item)
}

#[test]
fn a_sealed_key_opens_with_its_pin_and_signs() {
    let (key, item) = sealed();
    let text = item.to_text().expect("writes");
    let opened = SealedKey::from_text(&text).expect("reads").open(board(1), &"correct-8".into()).expect("opens");
    let signature = opened.expect("the right PIN").sign(b"message").expect("signs");
    assert_eq!(signature, key.sign(b"message").expect("signs"), "the same key, deterministic");
    PublicKey::from_spki(key.spki_der()).expect("a key").verify(b"message", &signature).expect("verifies");
}

#[test]
fn another_pin_or_board_does_not_open_it() {
    let (_, item) = sealed();
    assert!(item.open(board(1), &"correct-9".into()).expect("no error").is_none());
    assert!(item.open(board(2), &"correct-8".into()).expect("no error").is_none(), "bound to its board");
}

#[test]
fn the_item_is_base64_text_that_names_its_cost_and_fits_every_platform() {
    let (key, item) = sealed();
    let text = item.to_text().expect("writes");
    assert!(text.expose_secret().len() < 2560, "the Credential Manager keeps no more");
    let json = STANDARD.decode(text.expose_secret()).expect("base64");
    let value: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let fields: Vec<&String> = value.as_object().expect("object").keys().collect();
    assert_eq!(fields, ["aead", "ct", "kdf", "kid", "m", "nonce", "p", "salt", "t", "v"]);
    assert_eq!(value["kid"], key.key_id().to_string());
    assert_eq!((&value["m"], &value["t"], &value["kdf"]), (&64.into(), &1.into(), &"argon2id".into()));
}

#[test]
fn a_real_boards_cost_is_64_mebibytes_three_times() {
    let key = UnlockedKey::generate().expect("randomness");
    let item = SealedKey::seal(&key, board(1), &pin(), Cost::STANDARD).expect("seals");
    assert_eq!((item.m, item.t, item.p), (65536, 3, 1));
    assert!(item.open(board(1), &"correct-8".into()).expect("opens").is_some());
}

#[test]
fn every_changed_byte_of_an_item_is_noticed() {
    let (key, item) = sealed();
    let json = serde_json::to_vec(&item).expect("writes");
    for at in 0..json.len() {
        let mut changed = json.clone();
        changed[at] ^= 1;
        let Ok(item) = serde_json::from_slice::<SealedKey>(&changed) else { continue };
        if let Ok(Some(opened)) = item.open(board(1), &"correct-8".into()) {
            panic!("byte {at} of {} was changed unnoticed ({})", key.key_id(), opened.key_id());
        }
    }
}

#[test]
fn an_absurd_cost_or_an_unknown_kind_is_damage_not_work() {
    let (_, item) = sealed();
    let absurd = [
        SealedKey { m: u32::MAX, ..item.clone() },
        SealedKey { t: 1_000_000, ..item.clone() },
        SealedKey { p: 4096, ..item.clone() },
        SealedKey { m: 0, ..item.clone() },
        SealedKey { v: 2, ..item.clone() },
        SealedKey { kdf: "scrypt".to_owned(), ..item.clone() },
        SealedKey { aead: "none".to_owned(), ..item },
    ];
    for item in absurd {
        let result = item.open(board(1), &"correct-8".into());
        assert!(matches!(result, Err(VaultError::Corrupt { .. })), "{:?}", item.m);
    }
}

#[test]
fn neither_keys_nor_items_print_their_secrets() {
    let (key, item) = sealed();
    let secret = STANDARD.encode(&key.to_pkcs8().expect("writes")[36..68]);
    for printed in [format!("{key:?}"), format!("{item:?}")] {
        assert!(!printed.contains(&secret) && !printed.contains(&item.ct), "{printed}");
    }
}
