//! Reading supergraphs: the API schema, the graph's text, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test should say where"
)]

mod support;

use apollo_compiler::ExecutableDocument;
use planner::{Options, Supergraph, fetches_text, tree_text};
use support::{cases, load, supergraph_text};

#[test]
fn clients_see_neither_machinery_nor_inaccessible_parts() {
    let (supergraph, _) = load(&cases().join("overrides"));
    insta::assert_snapshot!(supergraph.api_schema().to_string());
}

#[test]
fn descriptions_and_scalars_stay() {
    let (supergraph, _) = load(&cases().join("platform"));
    let text = supergraph.api_schema().to_string();
    for kept in [
        "\"Someone or something that can be invoiced\"",
        "scalar Currency @specifiedBy(url: \"https://www.iso.org/iso-4217-currency-codes.html\")",
    ] {
        assert!(text.contains(kept), "{kept} is missing in\n{text}");
    }
    assert!(!text.contains("join__"), "{text}");
    let names: Vec<&str> = supergraph.subgraphs().iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["billing", "orders", "users"]);
    assert_eq!(supergraph.subgraphs()[0].url, "http://billing");
}

#[test]
fn the_graph_has_a_text() {
    let (supergraph, _) = load(&cases().join("interface_objects"));
    insta::assert_snapshot!(supergraph.graph_text());
}

#[test]
fn the_stages_have_texts() {
    let (supergraph, _) = load(&cases().join("platform"));
    let query = "query($x: Boolean!) { me { email orders { nodes { invoice { billedTo { id displayName } } total @skip(if: $x) { amount } } } } }";
    let document = ExecutableDocument::parse_and_validate(supergraph.api_schema(), query, "query").unwrap();
    insta::assert_snapshot!("tree", tree_text(&supergraph, &document, None, &Options::default()).unwrap());
    insta::assert_snapshot!(
        "fetches",
        fetches_text(&supergraph, &document, None, &Options::default()).unwrap()
    );
}

#[test]
fn what_is_no_supergraph_is_refused() {
    let text = supergraph_text(&cases().join("circles"));
    for (sdl, why) in [
        (
            "type Query { a: Int }".to_owned(),
            "the supergraph does not follow the join specification: it has no enum join__Graph",
        ),
        ("type Query {".to_owned(), "the supergraph is not a valid schema: "),
        (
            text.replace("graph: C, key: \"id\"", "graph: NOWHERE, key: \"id\""),
            "the supergraph does not follow the join specification: @join__type names an unknown graph NOWHERE",
        ),
        (
            text.replace("requires: \"b1\"", "requires: \"b1 {\""),
            "the supergraph does not follow the join specification: field set \"b1 {\": ",
        ),
    ] {
        let error = Supergraph::parse(&sdl).unwrap_err().to_string();
        assert!(error.starts_with(why), "{error}");
    }
}

/// A supergraph of one field, with these links.
fn linking(links: &str) -> String {
    let prelude = std::fs::read_to_string(cases().join("prelude.graphql")).unwrap();
    let renamed = if links.contains("@l(") {
        "directive @l(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA"
    } else {
        ""
    };
    format!(
        r#"{prelude}
        schema {links} {{ query: Query }}
        directive @core(feature: String, as: String, for: link__Purpose) repeatable on SCHEMA
        {renamed}
        directive @authenticated on FIELD_DEFINITION
        directive @cost(weight: Int!) on FIELD_DEFINITION
        enum join__Graph {{ A @join__graph(name: "a", url: "http://a") }}
        type Query @join__type(graph: A) {{ a: Int @authenticated @cost(weight: 1) }}"#
    )
}

/// Served all the same, what such a feature protects would be open.
#[test]
fn features_that_must_not_be_passed_over_are_refused() {
    for (link, reason) in [
        ("authenticated/v0.1\", for: SECURITY", "what it protects would be open to everybody"),
        ("requiresScopes/v0.1\", for: SECURITY", "what it protects would be open to everybody"),
        ("policy/v0.1\", for: SECURITY", "what it protects would be open to everybody"),
        ("policy/v0.1\", as: \"p\"", "what it protects would be open to everybody"),
        ("connect/v0.2\", for: EXECUTION", "it is for: EXECUTION, and must not be passed over"),
        ("context/v0.2\", for: SECURITY", "it is for: SECURITY, and must not be passed over"),
        ("join/v0.6\", for: EXECUTION", "it is for: EXECUTION, and must not be passed over"),
        ("join/v1.0\", for: EXECUTION", "it is for: EXECUTION, and must not be passed over"),
        ("join\", for: EXECUTION", "it is for: EXECUTION, and must not be passed over"),
    ] {
        for spelling in ["@link(url:", "@l(url:", "@core(feature:"] {
            let links = format!("{spelling} \"https://specs.apollo.dev/{link})");
            let error = Supergraph::parse(&linking(&links)).expect_err(&links);
            let feature = link.split('"').next().unwrap();
            let told = format!(
                "it links https://specs.apollo.dev/{feature}, which is not implemented here: {reason}"
            );
            assert_eq!((error.to_string(), error.code()), (told, "SUPERGRAPH_FEATURE_UNSUPPORTED"));
        }
    }
    let elsewhere = linking(r#"@link(url: "https://example.com/join/v0.3", for: EXECUTION)"#);
    assert_eq!(Supergraph::parse(&elsewhere).unwrap_err().code(), "SUPERGRAPH_FEATURE_UNSUPPORTED");
    let extended = linking(r#"@link(url: "https://specs.apollo.dev/link/v1.0")"#)
        + r#" extend schema @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)"#;
    assert_eq!(Supergraph::parse(&extended).unwrap_err().code(), "SUPERGRAPH_FEATURE_UNSUPPORTED");
}

#[test]
fn what_other_tools_link_is_taken() {
    let links = |each: &[&str]| {
        let link = |one: &&str| format!(r#"@link(url: "https://specs.apollo.dev/{one})"#);
        each.iter().map(link).collect::<Vec<_>>().join(" ")
    };
    let mut taken: Vec<String> =
        (1..=5).map(|minor| links(&["link/v1.0\"", &format!("join/v0.{minor}\", for: EXECUTION")])).collect();
    taken.push(links(&["link/v1.0\", for: EXECUTION", "tag/v0.3\"", "inaccessible/v0.2\", for: SECURITY"]));
    taken.push(links(&["cost/v0.1\", import: [\"@cost\"]", "context/v0.1\"", "listSize/v0.1\""]));
    taken.push(links(&["context/v0.1\", for: SECURITY"]));
    taken.push(links(&["inaccessible/v0.2\", import: [\"@inaccessible\"], for: SECURITY"]));
    taken.push(r#"@link(url: "https://example.com/notes/v3.1/")"#.to_owned());
    taken.push(
        r#"@core(feature: "https://specs.apollo.dev/core/v0.2") @core(feature: "https://specs.apollo.dev/join/v0.1", for: EXECUTION)"#
            .to_owned(),
    );
    for links in taken {
        let supergraph =
            Supergraph::parse(&linking(&links)).unwrap_or_else(|error| panic!("{links}: {error}"));
        assert!(supergraph.api_schema().type_field("Query", "a").is_ok(), "{links}");
    }
}

/// By whichever name a supergraph calls them.
#[test]
fn inaccessible_and_tag_may_be_linked_under_other_names() {
    let prelude = std::fs::read_to_string(cases().join("prelude.graphql")).unwrap();
    for (hidden, tag, inaccessible_link, tag_link) in [
        ("inaccessible", "tag", "", ""),
        ("hidden", "label", r#", as: "hidden""#, r#", as: "label""#),
        (
            "hidden",
            "label",
            r#", import: [{ name: "@inaccessible", as: "@hidden" }]"#,
            r#", import: [{ name: "@tag", as: "@label" }]"#,
        ),
        ("hidden", "tag", r#", as: "hidden", import: []"#, r#", import: ["@tag"]"#),
    ] {
        let renamed = |one: &str, other: &str| (format!("directive @{one}"), format!("directive @{other}"));
        let (inaccessible, here) = renamed("inaccessible", hidden);
        let (tagged, tagged_here) = renamed("tag", tag);
        let prelude = prelude.replace(&inaccessible, &here).replace(&tagged, &tagged_here);
        let sdl = format!(
            r#"{prelude}
            schema
              @link(url: "https://specs.apollo.dev/link/v1.0")
              @link(url: "https://specs.apollo.dev/inaccessible/v0.2"{inaccessible_link}, for: SECURITY)
              @link(url: "https://specs.apollo.dev/tag/v0.3"{tag_link}) {{ query: Query }}
            enum join__Graph {{ A @join__graph(name: "a", url: "http://a") }}
            type Query @join__type(graph: A) {{
              a(x: Int, y: Int @{hidden}): Int @{tag}(name: "t")
              b: Int @{hidden}
              c(by: By, of: Of): Gone
              d(by: By, of: Of): Open
            }}
            type Gone @join__type(graph: A) @{hidden} {{ x: Int }}
            interface Open @join__type(graph: A) {{ x: Int y: Int @{hidden} }}
            enum By @join__type(graph: A) {{ X Y @{hidden} }}
            input Of @join__type(graph: A) {{ x: Int y: Int @{hidden} }}"#
        );
        let supergraph = Supergraph::parse(&sdl).unwrap_or_else(|error| panic!("{hidden}: {error}"));
        let api = "type Query {\n  a(x: Int): Int\n  d(by: By, of: Of): Open\n}\n\ninterface Open {\n  x: Int\n}\n\n\
                   enum By {\n  X\n}\n\ninput Of {\n  x: Int\n}\n";
        assert_eq!(supergraph.api_schema().to_string(), api, "{hidden}: {inaccessible_link}");
    }
}

#[test]
fn contexts_that_cannot_be_are_refused() {
    let text = supergraph_text(&cases().join("contexts"));
    for (from, to, told) in [
        ("prices__owner\", name", "prices__nobody\", name", "no type sets the context \"prices__nobody\""),
        ("selection: \" { __typename }\"", "selection: \" { id __typename }\"", "does not select one value"),
        (
            "selection: \" { __typename }\"",
            "selection: \" ... on Store { id } ... on Store { currency }\"",
            "does not select one value",
        ),
        ("selection: \" { __typename }\"", "selection: \" ... on Nothing { id }\"", "unknown type Nothing"),
        ("type: \"[String]\"", "type: \"[String\"", "contextArguments"),
        ("name: \"codes\", ", "", "\"name\" is missing"),
    ] {
        assert!(text.contains(from), "{from}");
        let error = Supergraph::parse(&text.replace(from, to)).expect_err(to);
        assert_eq!(error.code(), "SUPERGRAPH_JOIN_INVALID", "{to}: {error}");
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[test]
fn context_may_be_linked_under_another_name() {
    let text = supergraph_text(&cases().join("contexts"));
    let renamed = text.replace("@context(", "@ctx(");
    let url = "context/v0.1\"";
    let graph = |text: &str| Supergraph::parse(text).unwrap().graph_text();
    for link in [r#", as: "ctx""#, r#", import: [{ name: "@context", as: "@ctx" }]"#] {
        assert_eq!(graph(&renamed.replace(url, &format!("{url}{link}"))), graph(&text), "{link}");
    }
    assert_eq!(Supergraph::parse(&renamed).unwrap_err().code(), "SUPERGRAPH_JOIN_INVALID");
}
