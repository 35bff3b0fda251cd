//! The arrows: what may know what. See "The map" in ARCHITECTURE.md.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use syn::visit::Visit;

/// For each crate, the crates of ours that its shipped code may know; for tests see [`MAY_TEST_WITH`].
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("telemetry", &[]),
    ("configuration", &[]),
    ("composition", &[]),
    ("planner", &[]),
    ("schema-check", &["planner"]),
    ("auth", &[]),
    ("revocation", &["auth"]),
    ("policy", &["auth"]),
    ("gateway", &["wire", "telemetry", "configuration", "composition", "planner", "auth", "revocation"]),
    ("subgraph-kit", &["wire", "telemetry", "configuration", "auth", "policy"]),
    ("users", &["subgraph-kit", "wire", "auth"]),
    ("orders", &["subgraph-kit", "wire", "auth"]),
    ("billing", &["subgraph-kit", "wire", "auth"]),
    ("test-kit", &["wire", "auth", "policy"]),
    ("differential", &["wire", "composition", "gateway"]),
    ("xtask", &[]),
    ("fuzz", &["wire", "composition", "planner", "gateway"]),
    (
        "tributary",
        &[
            "wire",
            "telemetry",
            "composition",
            "planner",
            "schema-check",
            "auth",
            "policy",
            "gateway",
            "subgraph-kit",
            "users",
            "orders",
            "billing",
        ],
    ),
    (
        "e2e",
        &[
            "wire",
            "telemetry",
            "composition",
            "planner",
            "schema-check",
            "auth",
            "policy",
            "gateway",
            "subgraph-kit",
            "users",
            "orders",
            "billing",
            "test-kit",
            "tributary",
        ],
    ),
];

/// What tests may know beside [`MAY_KNOW`].
const MAY_TEST_WITH: &[(&str, &[&str])] = &[
    ("planner", &["composition"]),
    ("schema-check", &["composition"]),
    ("revocation", &["test-kit"]),
    ("gateway", &["test-kit"]),
    ("subgraph-kit", &["test-kit"]),
    ("users", &["test-kit"]),
    ("orders", &["test-kit"]),
    ("billing", &["test-kit"]),
];

/// Third-party crates that a crate of ours must do without, directly or not.
const MUST_NOT_REACH: &[(&str, &[&str])] = &[
    ("composition", &["tokio", "axum", "reqwest", "hyper", "sea-orm"]),
    ("planner", &["tokio", "axum", "reqwest", "hyper", "sea-orm"]),
    ("schema-check", &["tokio", "axum", "reqwest", "hyper", "sea-orm"]),
    ("gateway", &["sea-orm", "sqlx-core", "async-graphql"]),
    ("wire", &["axum", "reqwest", "serde_json"]),
    ("telemetry", &["axum", "sea-orm"]),
    ("policy", &["axum", "sea-orm", "async-graphql"]),
];

fn packages() -> Vec<Package> {
    let metadata = MetadataCommand::new().manifest_path("../Cargo.toml").exec().expect("cargo metadata");
    metadata.workspace_packages().into_iter().cloned().collect()
}

fn allowed(table: &[(&str, &[&'static str])], name: &str) -> BTreeSet<&'static str> {
    table.iter().filter(|(of, _)| *of == name).flat_map(|(_, may)| may.iter().copied()).collect()
}

#[test]
fn every_crate_stands_on_the_map() {
    let named: BTreeSet<&str> = MAY_KNOW.iter().map(|(name, _)| *name).collect();
    let packages = packages();
    let present: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(named, present);
}

#[test]
fn manifests_point_the_right_way() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let mut wrong = Vec::new();
    for package in &packages {
        let shipped = allowed(MAY_KNOW, &package.name);
        let tested = allowed(MAY_TEST_WITH, &package.name);
        for dependency in
            package.dependencies.iter().filter(|dependency| ours.contains(dependency.name.as_str()))
        {
            let name = dependency.name.as_str();
            // A crate turns a feature of its own on for its tests by depending on itself: no arrow.
            if name == package.name.as_str() && dependency.kind == DependencyKind::Development {
                continue;
            }
            let may = shipped.contains(name)
                || (dependency.kind == DependencyKind::Development && tested.contains(name));
            if !may {
                wrong.push(format!("{} -> {name}", package.name));
            }
        }
    }
    assert!(wrong.is_empty(), "wrong arrows: {wrong:#?}");
}

#[test]
fn pure_crates_reach_no_io() {
    let metadata = MetadataCommand::new().manifest_path("../Cargo.toml").exec().expect("cargo metadata");
    let resolve = metadata.resolve.as_ref().expect("a resolved graph");
    let names: BTreeMap<_, _> =
        metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    for (name, forbidden) in MUST_NOT_REACH {
        let start = metadata.packages.iter().find(|package| package.name == *name).expect("a crate of ours");
        let mut seen = BTreeSet::from([&start.id]);
        let mut waiting = vec![&start.id];
        while let Some(id) = waiting.pop() {
            for next in &nodes[id].deps {
                let normal = next.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
                if normal && seen.insert(&next.pkg) {
                    waiting.push(&next.pkg);
                }
            }
        }
        let reached: Vec<&str> =
            seen.iter().map(|id| names[*id]).filter(|reached| forbidden.contains(reached)).collect();
        assert!(reached.is_empty(), "{name} reaches {reached:?}");
    }
}

/// Inside a subgraph: the domain knows no GraphQL, SQL or HTTP, and nothing but the store knows SQL.
#[test]
fn rooms_of_a_subgraph_know_their_place() {
    let rules: &[(&str, &[&str])] = &[
        (
            "domain",
            &[
                "async_graphql",
                "sea_orm",
                "sea_orm_migration",
                "axum",
                "http",
                "crate::graphql",
                "crate::migration",
            ],
        ),
        ("graphql", &["sea_orm", "sea_orm_migration", "axum", "crate::store", "crate::migration"]),
        ("store", &["async_graphql", "axum", "crate::graphql"]),
    ];
    let mut wrong = Vec::new();
    for subgraph in ["users", "orders", "billing"] {
        for (room, forbidden) in rules {
            let source = PathBuf::from(format!("../crates/{subgraph}/src"));
            let files = rust_files(&source, room);
            assert!(!files.is_empty(), "{subgraph} has no {room}");
            for file in files {
                for path in paths_in(&file) {
                    if forbidden.contains(&path.as_str()) {
                        wrong.push(format!("{}: {path}", file.display()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The check itself sees what it must, however it is written.
#[test]
fn paths_are_seen_in_every_form() {
    let text = "use sea_orm; use axum as web; use crate::{store::Ledger, domain}; fn f(x: http::Method) { crate::graphql::g() }";
    let seen = paths_of(&syn::parse_file(text).unwrap());
    for path in ["sea_orm", "axum", "crate::store", "crate::domain", "http", "crate::graphql"] {
        assert!(seen.contains(path), "{path} in {seen:?}");
    }
}

/// Statics that can change.
#[derive(Default)]
struct Handles(Vec<String>);

/// Whether a type lets a shared value change.
struct Changeable(bool);

impl<'ast> Visit<'ast> for Changeable {
    fn visit_ident(&mut self, ident: &'ast syn::Ident) {
        let name = ident.to_string();
        let parts = ["Lock", "Mutex", "Once", "Atomic", "Lazy", "Cell", "ArcSwap"];
        self.0 |= parts.iter().any(|part| name.contains(part));
    }
}

impl<'ast> Visit<'ast> for Handles {
    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        let mut types = Changeable(false);
        types.visit_type(&item.ty);
        if types.0 || matches!(item.mutability, syn::StaticMutability::Mut(_)) {
            self.0.push(item.ident.to_string());
        }
    }
}

/// Rooms are named by what is in them, and nothing is reached from everywhere.
#[test]
fn no_room_for_odds_and_ends_and_no_global_handles() {
    const NAMES: [&str; 6] = ["common", "utils", "util", "helpers", "misc", "manager"];
    let mut wrong = Vec::new();
    for package in packages() {
        let source = package.manifest_path.parent().unwrap().join("src").into_std_path_buf();
        for file in rust_files(&source, "") {
            if file.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| NAMES.contains(&stem)) {
                wrong.push(file.display().to_string());
            }
            // A test's servers may be shared by its process.
            let tests = ["test-kit", "fuzz", "e2e"].contains(&package.name.as_str())
                || file.components().any(|part| part.as_os_str() == "tests");
            if !tests {
                let mut handles = Handles::default();
                handles.visit_file(&syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap());
                wrong.extend(handles.0.iter().map(|name| format!("{}: static {name}", file.display())));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// `cargo xtask test --embedded` leaves a test out by its name.
#[test]
fn tests_that_need_postgres_say_so() {
    /// Tests, and whether something about PostgreSQL is named in them.
    #[derive(Default)]
    struct Tests(Vec<(String, bool)>);
    struct Named(bool);
    impl<'ast> Visit<'ast> for Named {
        fn visit_ident(&mut self, ident: &'ast syn::Ident) {
            self.0 |= ident.to_string().to_lowercase().contains("postgres");
        }
    }
    impl<'ast> Visit<'ast> for Tests {
        fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
            let last = |attribute: &syn::Attribute| {
                attribute.path().segments.last().map(|one| one.ident.to_string())
            };
            if item.attrs.iter().any(|attribute| last(attribute).as_deref() == Some("test")) {
                let mut named = Named(false);
                named.visit_block(&item.block);
                self.0.push((item.sig.ident.to_string(), named.0));
            }
        }
    }
    let mut seen = 0;
    for entry in fs::read_dir("tests").unwrap() {
        let path = entry.unwrap().path();
        let target = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        // These are left out as a whole.
        if path.is_dir() || ["browser", "foreign"].contains(&target) {
            continue;
        }
        let mut tests = Tests::default();
        tests.visit_file(&syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap());
        for (name, needs) in tests.0 {
            assert!(
                !needs || name.contains("postgres"),
                "{target}: {name} needs PostgreSQL and does not say so"
            );
            seen += usize::from(needs);
        }
    }
    assert!(seen > 3, "only {seen} tests need PostgreSQL");
}

/// The files `ROOM.rs` and `ROOM/**.rs`.
fn rust_files(source: &Path, room: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let file = source.join(format!("{room}.rs"));
    if file.exists() {
        files.push(file);
    }
    let mut folders = vec![source.join(room)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// What the paths of a file begin with: a crate, or `crate::` and a room of its own.
fn paths_in(file: &Path) -> BTreeSet<String> {
    paths_of(&syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap())
}

fn paths_of(file: &syn::File) -> BTreeSet<String> {
    #[derive(Default)]
    struct Names(BTreeSet<String>);
    impl Names {
        fn add(&mut self, first: &str, second: Option<&str>) {
            self.0.insert(match second {
                Some(second) if first == "crate" => format!("crate::{second}"),
                _ => first.to_owned(),
            });
        }

        fn add_tree(&mut self, before: Option<&str>, tree: &syn::UseTree) {
            let mut name = |ident: &syn::Ident| match before {
                Some(first) => self.add(first, Some(&ident.to_string())),
                None => self.add(&ident.to_string(), None),
            };
            match tree {
                syn::UseTree::Path(path) => {
                    let ident = path.ident.to_string();
                    if before.is_none() && ident == "crate" {
                        self.add_tree(Some("crate"), &path.tree);
                    } else {
                        name(&path.ident);
                    }
                }
                syn::UseTree::Name(one) => name(&one.ident),
                syn::UseTree::Rename(one) => name(&one.ident),
                syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(before, tree)),
                syn::UseTree::Glob(_) => {}
            }
        }
    }
    impl<'ast> Visit<'ast> for Names {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            let mut segments = path.segments.iter().map(|segment| segment.ident.to_string());
            if let Some(first) = segments.next() {
                self.add(&first, segments.next().as_deref());
            }
            syn::visit::visit_path(self, path);
        }

        fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
            self.add_tree(None, &item.tree);
        }
    }
    let mut names = Names::default();
    names.visit_file(file);
    names.0
}
