use std::fs;

use policy::{Embedded, Engine, Options};

use crate::{PAPERS, clock};

fn refusal(embedded: &Embedded) -> String {
    Engine::new(embedded, Options::default(), clock()).expect_err("it is refused").to_string()
}

#[test]
fn refuses_policies_that_are_not_quite_right() {
    let cases = [
        ("permit (principal, action, resource);", "papers.cedar: policy 1 has no @id"),
        ("@id(\"\") permit (principal, action, resource);", "papers.cedar: policy 1 has no @id"),
        (
            "@id(\"a\") permit (principal, action, resource);\n@id(\"a\") forbid (principal, action, resource);",
            "the id \"a\" is that of another policy",
        ),
        ("@id(\"tenants-stay-apart\") permit (principal, action, resource);", "is that of another policy"),
        ("@id(\"a\") permit (principal == ?principal, action, resource);", "templates are not used here"),
        ("\n\n@id(\"a\") permit (principal action, resource);", "papers.cedar:3: "),
        ("@id(\"a\") permit (principal, action == Action::\"burn\", resource);", "papers.cedar: "),
        ("@id(\"a\") permit (principal in Role::\"boss\", action, resource);", "papers.cedar: "),
        ("@id(\"a\") permit (principal, action, resource) when { resource.colour == 1 };", "papers.cedar: "),
        (
            "@id(\"a\") permit (principal, action == Action::\"writePaper\", resource) when { context.most > 1 };",
            "papers.cedar: ",
        ),
        // True of nothing: a warning of Cedar's, and a mistake.
        (
            "@id(\"a\") permit (principal, action == Action::\"listPapers\", resource is Paper);",
            "papers.cedar: ",
        ),
    ];
    for (policies, expected) in cases {
        let refused = refusal(&Embedded { policies, ..PAPERS });
        assert!(refused.contains(expected), "{policies}\n{refused}");
    }
}

#[test]
fn refuses_a_schema_that_walls_do_not_hold_for() {
    let entity = "entity Paper { tenant: Tenant };";
    let cases = [
        ("entity Paper", "papers.cedarschema"),
        (
            "entity Paper; action readPaper in [read] appliesTo { principal: User, resource: Paper };",
            "tenant",
        ),
        (&*format!("{entity} action readPaper appliesTo {{ principal: User, resource: Paper }};"), "groups"),
        (
            &*format!(
                "{entity} action readPaper in [read, change] appliesTo {{ principal: User, resource: Paper }};"
            ),
            "groups",
        ),
    ];
    for (schema, expected) in cases {
        let schema = Box::leak(schema.to_owned().into_boxed_str());
        let refused = refusal(&Embedded { schema, policies: "", ..PAPERS });
        assert!(refused.contains(expected), "{schema}\n{refused}");
    }
}

#[test]
fn refuses_a_folder_without_policies_or_with_too_much() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let options = Options { folder: Some(folder.path().to_owned()), ..Options::default() };
        Engine::new(&PAPERS, options, clock()).map(|_| ()).map_err(|error| error.to_string())
    };
    fs::write(folder.path().join("README.md"), "no policy").unwrap();
    assert!(start().unwrap_err().contains("no .cedar file"));
    fs::write(folder.path().join("long.cedar"), "/".repeat(1024 * 1024 + 1)).unwrap();
    assert!(start().unwrap_err().contains("1 MiB"));
    fs::remove_file(folder.path().join("long.cedar")).unwrap();
    for number in 0..65 {
        fs::write(folder.path().join(format!("{number}.cedar")), "").unwrap();
    }
    assert!(start().unwrap_err().contains("64"));
    let missing = Options { folder: Some(folder.path().join("missing")), ..Options::default() };
    assert!(Engine::new(&PAPERS, missing, clock()).unwrap_err().to_string().contains("missing"));
}
