use std::fs;

use auth::Role;
use policy::{Engine, Options, Reload};

use crate::{PAPERS, allows, caller, clock, paper, tenant, user};

#[test]
fn a_changed_folder_holds_from_then_on_and_a_broken_one_never() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("papers.cedar");
    fs::write(&file, PAPERS.policies).unwrap();
    let options = Options { folder: Some(folder.path().to_owned()), ..Options::default() };
    // The clock stands still: what holds anew does so before any decision is too old.
    let engine = Engine::new(&PAPERS, options, clock()).unwrap();
    let (viewer, resource) = (caller(1, tenant(1), &[Role::Viewer]), paper(tenant(1), user(2), 1));
    let may_read = || allows(&engine, &viewer, "readPaper", &resource);
    assert!(!may_read());
    assert!(matches!(engine.reload(), Reload::Unchanged));

    let more =
        r#"@id("viewers-read") permit (principal in Role::"viewer", action in Action::"read", resource);"#;
    fs::write(folder.path().join("viewers.cedar"), more).unwrap();
    assert!(!may_read());
    assert!(matches!(engine.reload(), Reload::Replaced));
    assert!(may_read());

    for broken in [
        "permit (principal",
        r#"permit (principal, action, resource);"#,
        &more.replace("viewer\"", "viewr\""),
    ] {
        fs::write(folder.path().join("viewers.cedar"), broken).unwrap();
        assert!(matches!(engine.reload(), Reload::Refused(_)), "{broken}");
        assert!(matches!(engine.reload(), Reload::StillRefused), "{broken}");
        assert!(may_read(), "{broken}");
    }

    fs::remove_file(&file).unwrap();
    fs::remove_file(folder.path().join("viewers.cedar")).unwrap();
    assert!(matches!(engine.reload(), Reload::Refused(_)));
    fs::write(&file, PAPERS.policies).unwrap();
    assert!(matches!(engine.reload(), Reload::Replaced));
    assert!(!may_read());
}

/// The wall between tenants is no policy of a service's.
#[test]
fn a_folder_does_not_replace_what_holds_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("all.cedar"), r#"@id("all") permit (principal, action, resource);"#)
        .unwrap();
    let options = Options { folder: Some(folder.path().to_owned()), ..Options::default() };
    let engine = Engine::new(&PAPERS, options, clock()).unwrap();
    let owner = caller(1, tenant(1), &[Role::Owner]);
    assert!(allows(&engine, &owner, "writePaper", &paper(tenant(1), user(2), 1)));
    assert!(!allows(&engine, &owner, "writePaper", &paper(tenant(2), user(1), 1)));
    let support = caller(1, tenant(1), &[Role::Support]);
    assert!(allows(&engine, &support, "readPaper", &paper(tenant(1), user(2), 1)));
    assert!(!allows(&engine, &support, "writePaper", &paper(tenant(1), user(2), 1)));
}
