//! The tests; each runs on both databases, and the snapshots are the same for both.

macro_rules! assert_snapshot {
    ($value:expr) => {
        // A subgraph answers fields in the order in which they were ready, which is not always the same.
        insta::with_settings!({ prepend_module_to_snapshot => false, sort_maps => true }, {
            insta::assert_json_snapshot!($value);
        })
    };
}

mod hostile;
mod invitations;
mod plans;
mod queries;
mod seeding;
