//! Whether requests should come here.

use std::sync::atomic::Ordering;

use crate::issuers::{Login, trusting};
use crate::support::{Canned, Client, client, open};

#[tokio::test]
async fn health_needs_no_token() {
    let gateway = client(open(), vec![("one", "type Query { n: Int }", Canned::saying(""))]);
    let login = Login::new("https://login.test");
    for client in [gateway, Client::of(&trusting(&[&login]))] {
        for path in ["/health/live", "/health/ready"] {
            assert_eq!(client.get(path, &[]).await.status, 200, "{path}");
        }
    }
}

#[tokio::test]
async fn it_is_not_ready_while_an_issuers_keys_are_missing() {
    let (gone, here) = (Login::new("https://gone.test").away(), Login::new("https://here.test"));
    let client = Client::of(&trusting(&[&gone, &here]));
    assert_eq!(client.get("/health/ready", &[]).await.status, 503);
    assert_eq!(client.get("/health/live", &[]).await.status, 200);
    assert_eq!((gone.keys.asked.load(Ordering::SeqCst), here.keys.asked.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test]
async fn it_is_not_ready_when_it_is_about_to_end() {
    let login = Login::new("https://login.test");
    let gateway = trusting(&[&login]);
    let client = Client::of(&gateway);
    assert_eq!(client.get("/health/ready", &[]).await.status, 200);
    gateway.begin_draining();
    assert_eq!(client.get("/health/ready", &[]).await.status, 503);
    assert_eq!(client.get("/health/live", &[]).await.status, 200);
}
