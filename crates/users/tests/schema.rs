//! The schema that other teams build on.

#[test]
fn the_schema() {
    insta::assert_snapshot!(users::sdl());
}
