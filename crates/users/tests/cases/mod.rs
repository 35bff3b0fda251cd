//! The tests; each runs on both databases, and the snapshots are the same for both.

macro_rules! assert_snapshot {
    ($value:expr) => {
        insta::with_settings!({ prepend_module_to_snapshot => false }, {
            insta::assert_json_snapshot!($value);
        })
    };
}

mod hostile;
mod invitations;
mod plans;
mod queries;
mod seeding;
