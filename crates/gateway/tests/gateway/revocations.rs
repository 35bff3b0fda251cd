//! Tokens that their issuer takes back.

use std::sync::Arc;

use auth::{FixedClock, RevocationList, Revoked, Role, TenantId};
use chrono::{TimeDelta, Utc};
use gateway::Config;
use serde_json::json;
use test_kit::DevIssuer;

use crate::support::{Client, Eventful, PEOPLE, SHOP, builder, people, sale};

const SOLD: &str = "subscription { sold { number } }";

struct Setting {
    list: Arc<RevocationList>,
    issuer: DevIssuer,
    shop: Arc<Eventful>,
    client: Client,
}

fn setting() -> Setting {
    let clock = Arc::new(FixedClock::new(Utc::now()));
    let issuer = DevIssuer::with_clock("https://login.test", clock.clone()).unwrap();
    let list = Arc::new(RevocationList::new(TimeDelta::minutes(6), clock.clone()));
    let verifier = issuer.verifier("tributary").with_revocations(list.clone());
    let shop = Eventful::new();
    let parts: Vec<crate::support::Part<'_>> =
        vec![("shop", SHOP, shop.clone()), ("people", PEOPLE, people())];
    let gateway = builder(Config::default(), parts).clock(clock).trust(verifier).build().unwrap();
    Setting { list, issuer, shop, client: Client::of(&gateway) }
}

impl Setting {
    /// A token, and how it is taken back.
    async fn token(&self) -> (String, Revoked) {
        let tenant: TenantId = "00000000-0000-0000-0000-000000000007".parse().unwrap();
        let token = self.issuer.token(&DevIssuer::somebody(tenant, &[Role::Owner]), "tributary").unwrap();
        let id = self.issuer.verifier("tributary").verify_in_full(&token).await.unwrap().ids.token.unwrap();
        (format!("Bearer {token}"), Revoked::Token { id })
    }
}

#[tokio::test]
async fn a_token_that_was_taken_back_is_refused_at_once() {
    let setting = setting();
    let ((one, revoked), (other, _)) = (setting.token().await, setting.token().await);
    let ask = async |token: &str| {
        setting.client.post(&json!({ "query": "{ __typename }" }), &[("authorization", token)]).await
    };
    assert_eq!(ask(&one).await.status.as_u16(), 200);
    setting.list.revoke(revoked);
    let refused = ask(&one).await;
    assert_eq!(refused.status.as_u16(), 401);
    assert_eq!(refused.json()["errors"][0]["message"], "The token was revoked.");
    assert_eq!(refused.json()["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(ask(&other).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_subscription_ends_when_its_token_is_taken_back() {
    let setting = setting();
    let (token, revoked) = setting.token().await;
    let mut stream = setting.client.stream(SOLD, &[("authorization", &token)]).await;
    let subscriber = setting.shop.subscriber().await;
    subscriber.send(sale(1, 1));
    assert_eq!(stream.next().await.unwrap()["data"]["sold"]["number"], 1);
    setting.list.revoke(revoked);
    let last = stream.next().await.unwrap();
    assert_eq!(last["errors"][0]["message"], "The token was revoked.");
    assert_eq!(last["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(stream.next().await, None);
    subscriber.gone().await;
}
