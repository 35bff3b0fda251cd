//! The schema for composition.

#[test]
fn the_schema_is_as_reviewed() {
    insta::assert_snapshot!(orders::sdl());
}

#[test]
fn the_schema_is_the_same_each_time() {
    assert_eq!(orders::sdl(), orders::sdl());
}
