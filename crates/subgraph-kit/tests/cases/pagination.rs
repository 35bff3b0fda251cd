//! Connections: whatever the pages and whatever comes in between, every row once.
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{ActiveModel, Notes, row, tenant};
use subgraph_kit::tenancy::Scoped as _;

const AUTHOR: Uuid = Uuid::from_u128(5);

/// One page of all notes, or of an author's.
async fn page(notes: &Notes, by_author: bool, size: u32, forward: bool, cursor: &Value) -> Value {
    let arguments = if forward { "first: $size, after: $cursor" } else { "last: $size, before: $cursor" };
    let connection = format!(
        "notes({arguments}) {{ edges {{ cursor node {{ id createdAt }} }} nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }}"
    );
    let fields =
        if by_author { format!("authors(ids: [\"{AUTHOR}\"]) {{ {connection} }}") } else { connection };
    let query = format!("query($size: Int, $cursor: String) {{ {fields} }}");
    let (answer, statements) =
        notes.ask_with(tenant(1), &query, &json!({ "size": size, "cursor": cursor })).await;
    assert_eq!(answer.get("errors"), None, "{answer}");
    assert_eq!(statements, 1);
    let page = if by_author { &answer["data"]["authors"][0]["notes"] } else { &answer["data"]["notes"] };
    page.clone()
}

fn ids(page: &Value) -> Vec<Uuid> {
    let nodes = page["nodes"].as_array().unwrap();
    let edges = page["edges"].as_array().unwrap();
    assert!(nodes.iter().map(|node| &node["id"]).eq(edges.iter().map(|edge| &edge["node"]["id"])));
    nodes.iter().map(|node| node["id"].as_str().unwrap().parse().unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_row_comes_once_while_others_write(
        // Few different moments, so that many rows share one.
        minutes in prop::collection::vec(0_i64..6, 0..40),
        later in prop::collection::vec(0_i64..12, 0..12),
        size in 1_u32..9,
        forward: bool,
        by_author: bool,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let notes = Notes::start().await;
            let db = notes.db(tenant(1));
            let mut rows: Vec<(i64, Uuid)> = minutes.iter().map(|minute| (*minute, Uuid::now_v7())).collect();
            db.insert_all::<ActiveModel>(rows.iter().map(|(minute, id)| row(*id, AUTHOR, *minute)).collect()).await.unwrap();
            notes.write(tenant(2), AUTHOR, 0, 5).await;
            rows.sort_unstable();
            rows.reverse();
            let expected: Vec<Uuid> = rows.into_iter().map(|(_, id)| id).collect();

            let mut seen: Vec<Uuid> = Vec::new();
            let mut written = Vec::new();
            let mut cursor = Value::Null;
            let most = expected.len() + later.len() + 1;
            let mut later = later.into_iter();
            for pages in 0.. {
                prop_assert!(pages < most, "the pages do not end");
                let page = page(&notes, by_author, size, forward, &cursor).await;
                let ids = ids(&page);
                prop_assert!(ids.len() <= size as usize);
                let (more, next) = if forward {
                    seen.extend(&ids);
                    (&page["pageInfo"]["hasNextPage"], &page["pageInfo"]["endCursor"])
                } else {
                    seen.splice(0..0, ids);
                    (&page["pageInfo"]["hasPreviousPage"], &page["pageInfo"]["startCursor"])
                };
                if *more == json!(false) {
                    break;
                }
                cursor = next.clone();
                if let Some(minute) = later.next() {
                    let id = Uuid::now_v7();
                    db.insert(row(id, AUTHOR, minute)).await.unwrap();
                    written.push(id);
                }
            }
            let mut once = seen.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), seen.len(), "a row came twice");
            // What was there from the start is all there, in order; what came in between may be or not.
            seen.retain(|id| !written.contains(id));
            prop_assert_eq!(seen, expected);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn page_info_tells_where_the_page_stands() {
    let notes = Notes::start().await;
    let newest_first: Vec<Uuid> = notes.write(tenant(1), AUTHOR, 0, 5).await.into_iter().rev().collect();
    for by_author in [false, true] {
        let first = page(&notes, by_author, 2, true, &Value::Null).await;
        assert_eq!(ids(&first), newest_first[..2]);
        assert_eq!(first["pageInfo"]["hasNextPage"], true);
        assert_eq!(first["pageInfo"]["hasPreviousPage"], false);
        assert_eq!(first["pageInfo"]["startCursor"], first["edges"][0]["cursor"]);
        assert_eq!(first["pageInfo"]["endCursor"], first["edges"][1]["cursor"]);

        let second = page(&notes, by_author, 3, true, &first["pageInfo"]["endCursor"]).await;
        assert_eq!(ids(&second), newest_first[2..]);
        assert_eq!(second["pageInfo"]["hasNextPage"], false);
        assert_eq!(second["pageInfo"]["hasPreviousPage"], true);

        let last = page(&notes, by_author, 2, false, &Value::Null).await;
        assert_eq!(ids(&last), newest_first[3..]);
        assert_eq!(last["pageInfo"]["hasPreviousPage"], true);
        assert_eq!(last["pageInfo"]["hasNextPage"], false);

        let none = page(&notes, by_author, 0, true, &Value::Null).await;
        assert!(ids(&none).is_empty());
        assert_eq!(none["pageInfo"]["hasNextPage"], true);
    }
}

#[tokio::test]
async fn parents_do_not_share_their_rows() {
    let notes = Notes::start().await;
    let authors: Vec<Uuid> = (1..=4).map(Uuid::from_u128).collect();
    let mut expected = Vec::new();
    for (count, author) in (0_i64..).zip(&authors) {
        let ids = notes.write(tenant(1), *author, 10 * count, count).await;
        notes.write(tenant(2), *author, 0, 3).await;
        expected.push(ids.into_iter().rev().take(2).map(|id| json!({ "id": id })).collect::<Vec<_>>());
    }
    let query = "query($ids: [ID!]!) { authors(ids: $ids) { notes(first: 2) { nodes { id } } } }";
    let (answer, statements) = notes.ask_with(tenant(1), query, &json!({ "ids": authors })).await;
    assert_eq!(statements, 1);
    for (author, expected) in answer["data"]["authors"].as_array().unwrap().iter().zip(expected) {
        assert_eq!(author["notes"]["nodes"], json!(expected));
    }
}
