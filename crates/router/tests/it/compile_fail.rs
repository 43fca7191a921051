//! What the attributes and derives refuse, and what the traits say of a type
//! that does not fit: each file of `compile_fail/` makes the mistakes its name
//! tells of, and what the compiler says of them lies beside it.
//! `TRYBUILD=overwrite` writes those anew.

#[test]
fn mistakes_are_refused_with_words_that_name_the_mend() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
