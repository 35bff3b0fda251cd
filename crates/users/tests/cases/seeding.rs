//! Rows to start with.
use chrono::{TimeDelta, TimeZone as _, Utc};
use serde_json::json;
use subgraph_kit::pagination::Position;
use users::seed::{Dataset, LoadError, Membership, MembershipStatus, Organization};

use crate::support::{PEOPLE, Users, caller, dataset, tenant, user};

#[tokio::test]
async fn loading_twice_changes_nothing() {
    let users = Users::start().await;
    let mut last = 0;
    users::seed::load(&users.database, &dataset(), &mut |done| last = done).await.unwrap();
    assert_eq!(u128::from(last), 2 + 4 * PEOPLE);
    let data = users.data(&caller(1, 0), "{ organization { members(first: 100) { nodes { role } } } }").await;
    assert_eq!(
        data["organization"]["members"]["nodes"].as_array().unwrap().len(),
        usize::try_from(PEOPLE).unwrap()
    );
}

/// Both databases answer with the same moments.
#[tokio::test]
async fn moments_are_kept_to_the_microsecond() {
    let users = Users::start().await;
    let mut data = dataset();
    for (number, organization) in (8..).zip(&mut data.organizations) {
        let created_at =
            Utc.with_ymd_and_hms(2026, 3, 1, 9, 0, 0).unwrap() + TimeDelta::nanoseconds(123_456_789);
        let tenant = tenant(number);
        organization.id = tenant;
        organization.slug = format!("slug{number}");
        organization.created_at = created_at;
        for person in 0..PEOPLE {
            let place = usize::try_from((number - 8) * PEOPLE + person).unwrap();
            data.users[place].id = user(number, person);
            data.users[place].created_at = created_at;
            let (role, status) = (data.memberships[place].role, MembershipStatus::Active);
            data.memberships[place] =
                Membership { tenant, user: user(number, person), role, status, created_at };
        }
    }
    users::seed::load(&users.database, &data, &mut |_| {}).await.unwrap();
    // An answer shows no more than microseconds in any case; a cursor holds what was stored.
    let query = "{ organization { members(first: 1) { pageInfo { startCursor } } } }";
    let data = users.data(&caller(8, 0), query).await;
    let cursor = data["organization"]["members"]["pageInfo"]["startCursor"].as_str().unwrap();
    let position = Position::decode("Membership", cursor).unwrap();
    assert_eq!(position.at.timestamp_subsec_nanos(), 123_456_000);
}

/// Makes a dataset that cannot be.
type Contradict = fn(&mut Dataset);

#[tokio::test]
async fn contradictions_are_refused() {
    let users = Users::start().await;
    let newcomer = |slug: &str| Organization {
        id: tenant(9),
        slug: slug.to_owned(),
        ..dataset().organizations[0].clone()
    };
    let cases: [(&str, Contradict); 4] = [
        ("unknown user", |data| data.memberships[0].user = user(9, 9)),
        ("unknown organization", |data| data.memberships[0].tenant = tenant(8)),
        ("no organization", |data| data.memberships.truncate(1)),
        ("database", |data| data.users[1].email = data.users[0].email.clone()),
    ];
    for (case, contradict) in cases {
        let mut data = Dataset { organizations: vec![newcomer("new")], ..dataset() };
        data.users.truncate(2);
        data.memberships.truncate(2);
        for membership in &mut data.memberships {
            membership.tenant = tenant(9);
        }
        contradict(&mut data);
        let outcome = users::seed::load(&users.database, &data, &mut |_| {}).await;
        match outcome.unwrap_err() {
            LoadError::UnknownUser(id) => assert_eq!((case, id), ("unknown user", user(9, 9))),
            LoadError::UnknownOrganization(id) => assert_eq!((case, id), ("unknown organization", tenant(8))),
            LoadError::Homeless(id) => assert_eq!((case, id), ("no organization", user(1, 1))),
            LoadError::Database(_) => assert_eq!(case, "database"),
        }
    }
    // Nothing of them stayed.
    let data = users.data(&caller(9, 0), "{ organization { slug } }").await;
    assert_eq!(data, json!({ "organization": null }));
}
