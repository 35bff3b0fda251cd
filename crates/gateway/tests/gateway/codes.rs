//! Every code that a client can meet is documented.

/// The texts in `as_str` of an `enum Code`: what stands after `=> ` in quotes and capital letters.
fn codes(source: &str) -> Vec<&str> {
    let texts = source.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next());
    texts.filter(|text| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')).collect()
}

#[test]
fn every_code_is_documented() {
    let documented = include_str!("../../../../docs/errors.md");
    let rows: Vec<&str> =
        documented.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let gateways = codes(include_str!("../../src/error.rs"));
    let subgraphs = codes(include_str!("../../../subgraph-kit/src/error.rs"));
    assert!(gateways.len() >= 13 && subgraphs.len() >= 13, "{gateways:?} {subgraphs:?}");
    for code in gateways.iter().chain(&subgraphs) {
        assert!(rows.contains(code), "{code} is not in docs/errors.md");
    }
    for row in rows {
        assert!(
            gateways.contains(&row) || subgraphs.contains(&row),
            "docs/errors.md tells of {row}, which is no code"
        );
    }
}
