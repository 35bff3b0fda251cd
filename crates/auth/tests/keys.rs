//! Where verifying keys come from, and when they are fetched.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};

use async_trait::async_trait;
use auth::{
    FileKeys, FixedClock, HttpKeys, JwkSet, KeyRing, KeySource, KeySourceError, SigningKey, Verifier,
};
use chrono::TimeDelta;
use serde_json::json;
use support::*;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, yield_now};

/// A source that counts how often it is asked, and answers when it is let.
struct Source {
    answer: Mutex<Result<JwkSet, KeySourceError>>,
    asked: AtomicUsize,
    door: Semaphore,
}

impl Source {
    fn answers(&self, keys: &[&SigningKey]) {
        *self.answer.lock().unwrap() = Ok(set(keys.iter().map(|key| key.public_jwk())));
    }

    fn fails(&self) {
        *self.answer.lock().unwrap() = Err(KeySourceError::Unreadable("connection refused".to_owned()));
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn close_door(&self) {
        self.door.forget_permits(usize::MAX);
    }

    fn open_door(&self) {
        self.door.add_permits(1_000);
    }
}

#[async_trait]
impl KeySource for Source {
    async fn fetch(&self) -> Result<JwkSet, KeySourceError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.door.acquire().await.unwrap().forget();
        self.answer.lock().unwrap().clone()
    }
}

struct Scene {
    source: Arc<Source>,
    clock: Arc<FixedClock>,
    ring: Arc<KeyRing>,
    verifier: Arc<Verifier>,
}

impl Scene {
    fn new(keys: &[&SigningKey]) -> Self {
        let source = Source {
            answer: Mutex::new(Ok(set([]))),
            asked: AtomicUsize::new(0),
            door: Semaphore::new(1_000),
        };
        source.answers(keys);
        let (source, clock) = (Arc::new(source), clock());
        let ring = Arc::new(KeyRing::new(source.clone(), clock.clone()));
        let verifier = Arc::new(Verifier::new(expectations(), ring.clone(), clock.clone()));
        Self { source, clock, ring, verifier }
    }

    /// What becomes of a token that `key` signed now.
    async fn code(&self, key: &SigningKey) -> &'static str {
        let token = issuer(key.clone(), &self.clock).issue(&caller(), AUDIENCE).unwrap();
        self.verifier.verify(&token).await.map_or_else(auth::TokenError::code, |_| "believed")
    }

    async fn until_asked(&self, times: usize) {
        for _ in 0..1_000 {
            if self.source.asked() >= times {
                return;
            }
            yield_now().await;
        }
        panic!("nobody asked the issuer");
    }
}

#[tokio::test]
async fn keys_are_fetched_once_and_kept() {
    let ours = key();
    let scene = Scene::new(&[&ours]);
    assert_eq!(scene.source.asked(), 0);
    for _ in 0..5 {
        assert_eq!(scene.code(&ours).await, "believed");
    }
    assert_eq!(scene.source.asked(), 1);
}

#[tokio::test]
async fn a_new_key_is_found_by_one_fetch() {
    let (old, new) = (key(), key());
    let scene = Scene::new(&[&old]);
    assert_eq!(scene.code(&old).await, "believed");
    scene.clock.advance(TimeDelta::seconds(5));
    scene.source.answers(&[&old, &new]);
    assert_eq!((scene.code(&new).await, scene.code(&old).await), ("believed", "believed"));
    assert_eq!(scene.source.asked(), 2);
}

#[tokio::test]
async fn made_up_key_ids_can_not_storm_the_issuer() {
    let (ours, made_up) = (key(), key());
    let scene = Scene::new(&[&ours]);
    assert_eq!(scene.code(&ours).await, "believed");
    for (advance, asked) in [(0, 1), (4, 1), (1, 2), (0, 2), (4, 2), (1, 3)] {
        scene.clock.advance(TimeDelta::seconds(advance));
        assert_eq!(scene.code(&made_up).await, "unknown_key");
        assert_eq!(scene.source.asked(), asked);
    }
}

#[tokio::test]
async fn however_many_ask_at_once_there_is_one_fetch() {
    let (old, new) = (key(), key());
    let scene = Arc::new(Scene::new(&[&old]));
    assert_eq!(scene.code(&old).await, "believed");
    scene.clock.advance(TimeDelta::seconds(5));
    scene.source.answers(&[&new]);
    scene.source.close_door();
    let mut askers = JoinSet::new();
    for _ in 0..100 {
        let (scene, new) = (scene.clone(), new.clone());
        askers.spawn(async move { scene.code(&new).await });
    }
    scene.until_asked(2).await;
    // Whose key is known waits for nobody.
    assert_eq!(scene.code(&old).await, "believed");
    scene.source.open_door();
    assert!(askers.join_all().await.into_iter().all(|code| code == "believed"));
    assert_eq!(scene.source.asked(), 2);
}

#[tokio::test]
async fn a_fetch_ends_well_though_its_asker_leaves() {
    let ours = key();
    let scene = Arc::new(Scene::new(&[&ours]));
    scene.source.close_door();
    let leaver = tokio::spawn({
        let (scene, ours) = (scene.clone(), ours.clone());
        async move { scene.code(&ours).await }
    });
    scene.until_asked(1).await;
    leaver.abort();
    assert!(leaver.await.unwrap_err().is_cancelled());
    scene.source.open_door();
    assert_eq!(scene.code(&ours).await, "believed");
    assert_eq!(scene.source.asked(), 1);
}

#[tokio::test]
async fn old_keys_work_while_new_ones_are_fetched_and_after_that_fails() {
    let (old, new) = (key(), key());
    let scene = Scene::new(&[&old]);
    assert_eq!(scene.code(&old).await, "believed");

    scene.clock.advance(TimeDelta::minutes(11));
    scene.source.fails();
    scene.source.close_door();
    assert_eq!(scene.code(&old).await, "believed");
    scene.until_asked(2).await;
    assert_eq!(scene.code(&old).await, "believed");
    scene.source.open_door();
    assert_eq!(scene.code(&new).await, "unknown_key");
    assert_eq!(scene.code(&old).await, "believed");
    assert_eq!(scene.source.asked(), 2);

    // The issuer is back, and has withdrawn the old key.
    scene.source.answers(&[&new]);
    scene.clock.advance(TimeDelta::seconds(5));
    assert_eq!(scene.code(&old).await, "believed");
    scene.until_asked(3).await;
    assert_eq!(scene.code(&new).await, "believed");
    assert_eq!(scene.code(&old).await, "unknown_key");
    assert_eq!(scene.source.asked(), 3);
}

/// A withdrawn key must not live on because its issuer can't be reached.
#[tokio::test]
async fn keys_of_more_than_an_hour_are_not_believed() {
    let ours = key();
    let scene = Scene::new(&[&ours]);
    assert_eq!(scene.code(&ours).await, "believed");
    scene.source.fails();
    scene.clock.advance(TimeDelta::minutes(60));
    assert_eq!(scene.code(&ours).await, "believed");
    scene.until_asked(2).await;
    scene.clock.advance(TimeDelta::seconds(5));
    assert_eq!(scene.code(&ours).await, "keys_unavailable");
    assert!(!scene.ring.is_ready().await);
    assert_eq!(scene.source.asked(), 3);

    // The issuer is back: the fetch is waited for.
    scene.source.answers(&[&ours]);
    scene.clock.advance(TimeDelta::seconds(5));
    assert_eq!(scene.code(&ours).await, "believed");
    assert!(scene.ring.is_ready().await);
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_keep_old_keys() {
    let (old, new) = (key(), key());
    let scene = Scene::new(&[&old]);
    assert_eq!(scene.code(&old).await, "believed");
    scene.source.answers(&[&new]);
    scene.clock.advance(TimeDelta::minutes(-5));
    assert_eq!(scene.code(&old).await, "believed");
    scene.until_asked(2).await;
    assert_eq!((scene.code(&new).await, scene.code(&old).await), ("believed", "unknown_key"));

    scene.source.answers(&[&old]);
    scene.clock.advance(TimeDelta::days(-1));
    assert_eq!((scene.code(&new).await, scene.code(&old).await), ("unknown_key", "believed"));
}

#[tokio::test]
async fn without_any_keys_it_is_not_the_token_that_is_blamed() {
    let ours = key();
    let scene = Scene::new(&[&ours]);
    scene.source.fails();
    assert_eq!(scene.code(&ours).await, "keys_unavailable");
    assert!(!scene.ring.is_ready().await);
    scene.source.answers(&[&ours]);
    scene.clock.advance(TimeDelta::seconds(5));
    assert!(scene.ring.is_ready().await);
    assert_eq!(scene.code(&ours).await, "believed");
}

#[tokio::test]
async fn a_file_is_read_anew_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwks.json");
    let keys = FileKeys(path.clone());
    assert!(matches!(keys.fetch().await, Err(KeySourceError::Unreadable(_))));
    for set in [set([key().public_jwk()]), set([key().public_jwk(), key().public_jwk()])] {
        std::fs::write(&path, serde_json::to_vec(&set).unwrap()).unwrap();
        assert_eq!(keys.fetch().await, Ok(set));
    }
    std::fs::write(&path, "{\"keys\": 1}").unwrap();
    assert!(matches!(keys.fetch().await, Err(KeySourceError::Malformed(_))));
}

fn http_keys(url: &str) -> Result<HttpKeys, KeySourceError> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| rustls::crypto::aws_lc_rs::default_provider().install_default().unwrap());
    HttpKeys::new(url.parse().unwrap())
}

/// What comes of one answer of the issuer's.
async fn fetched(answer: String) -> Result<JwkSet, KeySourceError> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let head = BufReader::new(&stream).lines().map_while(Result::ok);
        assert_eq!(head.take_while(|line| !line.is_empty()).next().unwrap(), "GET /keys HTTP/1.1");
        // Who has read enough hangs up.
        let _ = (&stream).write_all(answer.as_bytes());
    });
    let result = http_keys(&url).unwrap().fetch().await;
    server.join().unwrap();
    result
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn an_issuer_publishes_its_keys() {
    let set = set([key().public_jwk()]);
    assert_eq!(fetched(ok(&json!(set).to_string())).await, Ok(set));
}

#[tokio::test]
async fn what_an_issuer_should_not_answer_is_not_taken() {
    let elsewhere = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/keys\r\ncontent-length: 0\r\n\r\n";
    let redirected = fetched(elsewhere.to_owned()).await.unwrap_err();
    assert_eq!(redirected, KeySourceError::Malformed("HTTP status 302".to_owned()));
    let broken = fetched("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n".to_owned()).await.unwrap_err();
    assert_eq!(broken, KeySourceError::Malformed("HTTP status 500".to_owned()));
    let too_large = fetched(ok(&" ".repeat(256 * 1024 + 1))).await.unwrap_err();
    assert_eq!(too_large, KeySourceError::Malformed("larger than 262144 bytes".to_owned()));
    assert!(matches!(fetched(ok("<html>")).await, Err(KeySourceError::Malformed(_))));
    assert!(matches!(
        fetched("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_owned()).await,
        Err(KeySourceError::Unreadable(_))
    ));
}

#[test]
fn keys_do_not_travel_in_the_clear() {
    for url in
        ["https://issuer.example/keys", "http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost:1/"]
    {
        assert!(http_keys(url).is_ok(), "{url}");
    }
    for url in [
        "http://issuer.example/keys",
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/",
        "http://127.0.0.1@evil.example/",
        "http://10.0.0.1/",
        "http://[::ffff:10.0.0.1]/",
        "ftp://127.0.0.1/",
        "file:///etc/keys",
        "data:application/json,{}",
    ] {
        assert!(matches!(http_keys(url), Err(KeySourceError::Insecure(_))), "{url}");
    }
}
