//! Compile errors: each file of `compile_fail/` contains the errors that its name
//! describes, with the output of the compiler beside it. `TRYBUILD=overwrite`
//! rewrites the outputs.

#[test]
fn errors_are_reported_in_plain_terms_with_the_remedy() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
