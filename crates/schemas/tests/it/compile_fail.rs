//! What `#[schema]` rejects, and its error messages: each file of `compile_fail/` has the errors its name describes,
//! with the expected output beside it. `TRYBUILD=overwrite` rewrites the expected output.

#[test]
fn errors_name_the_remedy() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
