//! Over a real Redis.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use auth::{Clock as _, Revocation, RevocationList, Revoked, SystemClock, TokenIds};
use chrono::TimeDelta;
use revocation::{AddressError, Follower, Publisher};
use test_kit::Redis;
use tokio::time::timeout;

const LIFETIME: TimeDelta = TimeDelta::minutes(5);

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway, as far as it matters here.
struct Gateway {
    list: Arc<RevocationList>,
    follower: Follower,
}

impl Gateway {
    fn at(url: &str) -> Self {
        let list = Arc::new(RevocationList::new(LIFETIME, Arc::new(SystemClock)));
        Self { follower: Follower::follow(url, list.clone()).unwrap(), list }
    }

    async fn learns_of(&self, session: &str) {
        timeout(PATIENCE, self.list.revoked(&of(session))).await.unwrap();
    }
}

fn of(session: &str) -> TokenIds {
    TokenIds { token: None, session: Some(session.to_owned()), issued_at: Some(SystemClock.now() - LIFETIME) }
}

fn ended(session: &str) -> Revocation {
    Revocation { revoked: Revoked::Session { id: session.to_owned() }, at: SystemClock.now() }
}

#[tokio::test]
async fn everybody_learns_what_is_taken_back() {
    let redis = Redis::start().unwrap();
    let (one, other) = (Gateway::at(&redis.url()), Gateway::at(&redis.url()));
    timeout(PATIENCE, one.follower.caught_up()).await.unwrap();
    let publisher = Publisher::new(&redis.url(), LIFETIME).unwrap();
    publisher.publish(&ended("a")).await.unwrap();
    one.learns_of("a").await;
    other.learns_of("a").await;
    assert!(!one.list.is_revoked(&of("b")));
    let token = Revocation { revoked: Revoked::Token { id: "t".to_owned() }, at: SystemClock.now() };
    publisher.publish(&token).await.unwrap();
    let ids = TokenIds { token: Some("t".to_owned()), session: None, issued_at: Some(SystemClock.now()) };
    timeout(PATIENCE, one.list.revoked(&ids)).await.unwrap();
}

#[tokio::test]
async fn who_starts_later_knows_it_before_it_is_ready() {
    let redis = Redis::start().unwrap();
    let publisher = Publisher::new(&redis.url(), LIFETIME).unwrap();
    for number in 0..2_500 {
        publisher.publish(&ended(&number.to_string())).await.unwrap();
    }
    let gateway = Gateway::at(&redis.url());
    assert!(!gateway.follower.has_caught_up());
    timeout(PATIENCE, gateway.follower.caught_up()).await.unwrap();
    for number in 0..2_500 {
        assert!(gateway.list.is_revoked(&of(&number.to_string())), "{number}");
    }
}

#[tokio::test]
async fn a_lost_connection_loses_nothing() {
    let redis = Redis::start().unwrap();
    let gateway = Gateway::at(&redis.url());
    let publisher = Publisher::new(&redis.url(), LIFETIME).unwrap();
    let client = redis::Client::open(redis.url()).unwrap();
    let mut operator = client.get_multiplexed_async_connection().await.unwrap();
    for session in ["a", "b", "c"] {
        timeout(PATIENCE, gateway.follower.caught_up()).await.unwrap();
        let kill = redis::cmd("CLIENT").arg("KILL").arg("TYPE").arg("normal").clone();
        let _: i64 = kill.query_async(&mut operator).await.unwrap();
        // The publisher's connection was cut as well: it may say so once, and is then there again.
        let revocation = ended(session);
        while publisher.publish(&revocation).await.is_err() {}
        gateway.learns_of(session).await;
    }
}

#[tokio::test]
async fn what_nobody_needs_any_more_makes_place() {
    let redis = Redis::start().unwrap();
    let publisher = Publisher::new(&redis.url(), TimeDelta::zero()).unwrap();
    let client = redis::Client::open(redis.url()).unwrap();
    let mut operator = client.get_multiplexed_async_connection().await.unwrap();
    for number in 0..1_000 {
        publisher.publish(&ended(&number.to_string())).await.unwrap();
    }
    let length = async |operator: &mut redis::aio::MultiplexedConnection| -> u64 {
        redis::cmd("XLEN").arg("tributary:revocations").query_async(operator).await.unwrap()
    };
    assert_eq!(length(&mut operator).await, 1_000);
    // A clock of tomorrow.
    let tomorrow = Revocation { at: SystemClock.now() + TimeDelta::days(1), ..ended("late") };
    publisher.publish(&tomorrow).await.unwrap();
    // Whole blocks are dropped, of 100 entries.
    assert!(length(&mut operator).await <= 101);
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_and_not_repeated() {
    let error = Publisher::new("http://user:secret@example.com", LIFETIME).err().unwrap();
    assert_eq!(error, AddressError::Malformed);
    assert!(!error.to_string().contains("secret"));
}
