//! Keys that sign: made, written, read, named.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

use auth::{Algorithm, SigningKey, SigningKeyError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The private key of RFC 8037 appendix A.1, in PKCS#8 (RFC 8410 section 7).
fn rfc_8037_key() -> String {
    let mut der = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let secret = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    der.extend(STANDARD.decode(secret).unwrap());
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der))
}

#[test]
fn a_key_is_named_by_its_thumbprint() {
    let key = SigningKey::from_pem(&rfc_8037_key()).unwrap();
    assert_eq!(key.algorithm(), Algorithm::EdDsa);
    // RFC 8037 appendices A.2 and A.3.
    assert_eq!(key.public_jwk().x.as_deref(), Some("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
    assert_eq!(key.key_id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn what_is_written_can_be_read() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let key = SigningKey::generate(algorithm).unwrap();
        let pem = key.to_pem();
        assert!(pem.lines().all(|line| line.len() <= 64), "{pem}");
        for text in [pem.clone(), pem.replace('\n', "\r\n"), format!("a comment\n{pem}\nmore")] {
            let read = SigningKey::from_pem(&text).unwrap();
            assert_eq!(
                (read.key_id(), read.algorithm(), read.to_pem()),
                (key.key_id(), algorithm, pem.clone())
            );
            assert_eq!(read.public_jwk(), key.public_jwk());
        }
    }
}

#[test]
fn no_two_keys_are_equal() {
    let make = || SigningKey::generate(Algorithm::Es256).unwrap();
    assert_ne!(make().key_id(), make().key_id());
}

#[test]
fn what_is_no_key_is_refused() {
    let good = rfc_8037_key();
    let rsa = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let rsa = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&rsa).unwrap();
    for text in [
        String::new(),
        "-----BEGIN PRIVATE KEY-----".to_owned(),
        "-----END PRIVATE KEY----------BEGIN PRIVATE KEY-----".to_owned(),
        good.replace("PRIVATE", "PUBLIC"),
        good.replace("PRIVATE", "EC PRIVATE"),
        good.replacen("MC4", "MC5", 1),
        good.replacen("MC4", "M!4", 1),
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", STANDARD.encode(rsa.as_ref())),
    ] {
        assert_eq!(SigningKey::from_pem(&text).map(drop), Err(SigningKeyError::Malformed), "{text}");
    }
    assert_eq!(SigningKey::generate(Algorithm::Rs256).map(drop), Err(SigningKeyError::NotMadeHere));
}

#[test]
fn a_secret_is_never_shown() {
    let key = SigningKey::from_pem(&rfc_8037_key()).unwrap();
    let shown = format!(
        "{key:?} {key:#?} {} {:?}",
        serde_json::to_string(&key.public_jwk()).unwrap(),
        key.public_jwk()
    );
    assert!(shown.contains(key.key_id()));
    for secret in ["nWGxne", "[157, 97", "9d61b1", "MC4CAQAw"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
