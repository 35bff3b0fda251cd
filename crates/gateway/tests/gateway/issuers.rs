//! Several issuers of tokens, some of which are away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use auth::{
    JwkSet, KeyRing, KeySource, KeySourceError, Role, SystemClock, TenantId, Verifier, VerifierConfig,
};
use gateway::{Config, Gateway};
use serde_json::json;
use test_kit::DevIssuer;

use crate::support::{Answer, Canned, Client, builder};

const AUDIENCE: &str = "tributary";

/// Keys that can be fetched or not, and how often they were asked for.
#[derive(Default)]
pub(crate) struct Keys {
    pub(crate) set: JwkSet,
    pub(crate) away: AtomicBool,
    pub(crate) asked: AtomicUsize,
}

#[async_trait]
impl KeySource for Keys {
    async fn fetch(&self) -> Result<JwkSet, KeySourceError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.away.load(Ordering::SeqCst) {
            return Err(KeySourceError::Unreadable("connection refused by 10.0.0.7".to_owned()));
        }
        Ok(self.set.clone())
    }
}

pub(crate) struct Login {
    pub(crate) issuer: DevIssuer,
    pub(crate) keys: Arc<Keys>,
    name: &'static str,
}

impl Login {
    pub(crate) fn new(name: &'static str) -> Self {
        let issuer = DevIssuer::new(name).unwrap();
        let keys = Arc::new(Keys { set: issuer.jwk_set(), ..Keys::default() });
        Self { issuer, keys, name }
    }

    pub(crate) fn away(self) -> Self {
        self.keys.away.store(true, Ordering::SeqCst);
        self
    }

    fn asked(&self) -> usize {
        self.keys.asked.load(Ordering::SeqCst)
    }

    fn verifier(&self, audience: &str) -> Verifier {
        let clock = Arc::new(SystemClock);
        let ring = Arc::new(KeyRing::new(self.keys.clone(), clock.clone()));
        Verifier::new(VerifierConfig::new(self.name, audience), ring, clock)
    }

    fn token(&self, audience: &str) -> String {
        let tenant: TenantId = "00000000-0000-0000-0000-000000000007".parse().unwrap();
        let caller = DevIssuer::somebody(tenant, &[Role::Owner]);
        format!("Bearer {}", self.issuer.token(&caller, audience).unwrap())
    }
}

pub(crate) fn trusting(logins: &[&Login]) -> Gateway {
    let parts: Vec<crate::support::Part<'_>> =
        vec![("one", "type Query { a: Int }", Canned::saying(r#"{"data":{"a":1}}"#))];
    let builder = builder(Config::default(), parts);
    logins.iter().fold(builder, |builder, login| builder.trust(login.verifier(AUDIENCE))).build().unwrap()
}

async fn ask(client: &Client, token: &str) -> Answer {
    client.post(&json!({"query": "{a}"}), &[("authorization", token)]).await
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_our_fault() {
    let login = Login::new("https://login.test").away();
    let answer = ask(&Client::of(&trusting(&[&login])), &login.token(AUDIENCE)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.codes()),
        (503, vec!["AUTHENTICATION_UNAVAILABLE".to_owned()])
    );
    assert_eq!(answer.header("www-authenticate"), "");
    assert_eq!(answer.header("retry-after"), "1");
    assert!(!answer.text().contains("10.0.0.7"));
}

#[tokio::test]
async fn an_issuer_that_is_away_concerns_its_own_tokens_alone() {
    let (gone, here) = (Login::new("https://gone.test").away(), Login::new("https://here.test"));
    let client = Client::of(&trusting(&[&gone, &here]));
    assert_eq!(ask(&client, &here.token(AUDIENCE)).await.text(), r#"{"data":{"a":1}}"#);
    // Refused for what it is itself, not for what others are.
    assert_eq!(ask(&client, &here.token("elsewhere")).await.codes(), ["UNAUTHENTICATED"]);
    assert_eq!((gone.asked(), here.asked()), (0, 1));
    assert_eq!(ask(&client, &gone.token(AUDIENCE)).await.codes(), ["AUTHENTICATION_UNAVAILABLE"]);
    assert_eq!((gone.asked(), here.asked()), (1, 1));
}

#[tokio::test]
async fn unknown_issuers_cause_no_fetch() {
    let login = Login::new("https://login.test");
    let client = Client::of(&trusting(&[&login]));
    let stranger = Login::new("https://evil.test").token(AUDIENCE);
    for token in [stranger.as_str(), "Bearer a.b.c", "Bearer e30.e30.e30", "Bearer x"] {
        assert_eq!(ask(&client, token).await.status, 401, "{token}");
    }
    assert_eq!(login.asked(), 0);
}

#[tokio::test]
async fn of_several_verifiers_of_an_issuer_each_is_asked() {
    let login = Login::new("https://login.test");
    let parts: Vec<crate::support::Part<'_>> =
        vec![("one", "type Query { a: Int }", Canned::saying(r#"{"data":{"a":1}}"#))];
    let builder = builder(Config::default(), parts);
    let gateway = builder.trust(login.verifier("web")).trust(login.verifier("app")).build().unwrap();
    let client = Client::of(&gateway);
    for audience in ["web", "app"] {
        assert_eq!(ask(&client, &login.token(audience)).await.status, 200, "{audience}");
    }
    assert_eq!(ask(&client, &login.token("other")).await.status, 401);
}

#[test]
fn one_issuer_at_most_names_users_of_the_platform() {
    let issuer = |name: &str, more: &str| {
        format!(
            "[[authentication.issuers]]\nissuer = \"{name}\"\naudience = \"a\"\njwks = \"keys.json\"\n{more}\n"
        )
    };
    let foreign = "subjects = \"foreign\"";
    let start = |text: String| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gateway.toml");
        std::fs::write(&file, text).unwrap();
        let config = Config::load(Some(&file), std::iter::empty()).unwrap();
        let parts: Vec<crate::support::Part<'_>> = vec![("one", "type Query { a: Int }", Canned::saying(""))];
        builder(config, parts).build().err().map(|error| error.to_string())
    };
    assert_eq!(start(issuer("x", "") + &issuer("y", foreign)), None);
    assert_eq!(start(issuer("x", "") + &issuer("x", "")), None);
    assert_eq!(
        start(issuer("x", "") + &issuer("y", "")).unwrap(),
        "authentication.issuers: x and y could both speak of the same user; set `subjects = \"foreign\"` for all issuers but one"
    );
}
