//! Texts are prepared once.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use serde_json::json;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

use crate::support::{Canned, Client, builder, client, open};

/// Counts how often this thread begins to prepare a text.
#[derive(Clone, Default)]
struct Preparations(Arc<AtomicUsize>);

impl Preparations {
    fn count() -> (Self, DefaultGuard) {
        let preparations = Self::default();
        let guard = tracing::subscriber::set_default(preparations.clone());
        (preparations, guard)
    }

    fn so_far(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Subscriber for Preparations {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.name() == "prepare"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        self.0.fetch_add(1, Ordering::Relaxed);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn a_text_is_prepared_once_whether_it_is_right_or_wrong() {
    let wrong = "query W { ".to_owned() + &"nothing ".repeat(100) + "}";
    for query in ["{n}", "{", wrong.as_str(), "query A{n} query B{n}"] {
        let client =
            client(open(), vec![("one", "type Query { n: Int }", Canned::saying(r#"{"data":{"n":1}}"#))]);
        let (preparations, _guard) = Preparations::count();
        let answers = join_all((0..8).map(|_| client.ask(query))).await;
        let last = client.ask(query).await;
        assert!(answers.iter().all(|answer| answer.codes() == last.codes()), "{query}");
        assert_eq!(last.codes().is_empty(), query == "{n}", "{}", last.text());
        assert_eq!(preparations.so_far(), 1, "{query}");
    }
}

/// Labels of progressive `@override`s make no more plans than an operation depends on, however many a supergraph has.
#[tokio::test]
async fn a_text_is_planned_once_for_each_state_of_the_labels_it_depends_on() {
    let old = "type Query { free: Int a: Int b: Int c: Int d: Int }";
    let new = r#"type Query {
        a: Int @override(from: "old", label: "percent(20)")
        b: Int @override(from: "old", label: "percent(40)")
        c: Int @override(from: "old", label: "percent(60)")
        d: Int @override(from: "old", label: "always")
    }"#;
    let data = r#"{"data":{"free":1,"a":1,"b":1,"c":1,"d":1}}"#;
    for (query, plans) in [("{ free }", 1), ("{ d }", 1), ("{ a }", 2), ("{ a c d }", 3), ("{ a b c }", 4)] {
        let mut config = open();
        config.overrides.insert("always".to_owned(), gateway::config::OverrideConfig::Always(true));
        let parts: Vec<crate::support::Part<'_>> =
            vec![("old", old, Canned::saying(data)), ("new", new, Canned::saying(data))];
        // 0.0, 0.1, and so on to 0.9, and again.
        let count = AtomicUsize::new(0);
        let draw = move || {
            [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9][count.fetch_add(1, Ordering::Relaxed) % 10]
        };
        let client = Client::of(&builder(config, parts).draw(draw).build().unwrap());
        let (preparations, _guard) = Preparations::count();
        for _ in 0..30 {
            assert_eq!(client.ask(query).await.codes(), Vec::<String>::new());
        }
        assert_eq!(preparations.so_far(), plans, "{query}");
    }
}

/// A short text with fragments may stand for a long operation, which is what takes the memory.
#[tokio::test]
async fn the_cache_counts_what_fragments_stand_for() {
    let names: Vec<String> = (0..100).map(|n| format!("field{n}")).collect();
    let sdl = format!("type Query {{ a: Query {}: Int }}", names.join(": Int "));
    let fragment = format!(" fragment F on Query {{ {} }}", names.join(" "));
    let mut long = "{".to_owned();
    for n in 0..40 {
        let _ = write!(long, " a{n}: a {{ ...F }}");
    }
    let long = long + " }" + &fragment;
    let short = "{ a { ...F } }".to_owned() + &fragment;
    let mut config = open();
    config.prepared.cache_bytes = 400_000;
    for (query, times) in [(short, 1), (long, 2)] {
        let client = client(config.clone(), vec![("one", &sdl, Canned::saying(r#"{"data":{}}"#))]);
        let (preparations, _guard) = Preparations::count();
        for _ in 0..2 {
            assert_eq!(client.post(&json!({ "query": query }), &[]).await.codes(), Vec::<String>::new());
        }
        assert_eq!(preparations.so_far(), times);
    }
}
