//! Whether the `web::Data` that handlers take is provided.

use super::RegistryError;
use crate::{
    describe::Notes,
    provided_data::{DataProblem, ProvidedData, RequiredData},
};

/// The data that is not provided, each type once, with the operations that read it.
#[derive(Default)]
pub(super) struct MissingData(Vec<Missing>);

struct Missing {
    required: RequiredData,
    problem: DataProblem,
    first: String,
    others: usize,
}

impl MissingData {
    /// Notes the data of an operation that is not provided.
    pub(super) fn check(&mut self, provided: &ProvidedData, notes: &Notes, subject: &str) {
        for required in &notes.required_data {
            let Some(problem) = provided.problem(required) else {
                continue;
            };
            match self.0.iter_mut().find(|it| it.required == *required) {
                Some(known) => known.others += 1,
                None => self.0.push(Missing {
                    required: *required,
                    problem,
                    first: subject.to_owned(),
                    others: 0,
                }),
            }
        }
    }

    pub(super) fn into_errors(self) -> impl Iterator<Item = RegistryError> {
        self.0.into_iter().map(|missing| {
            let Missing {
                required,
                problem,
                first,
                others,
            } = missing;
            let subject = match others {
                0 => first,
                1 => format!("{first} and 1 other operation"),
                others => format!("{first} and {others} other operations"),
            };
            let name = required.name;
            let reason = match problem {
                DataProblem::Missing => format!(
                    "the handler takes `web::Data<{name}>`, which the registry does not provide; add `.app_data(web::Data::new(…))` with a value of the type to the registry, or to the `purlin_app::App`, which also provides what `.resource(…)` opens; where an actix App provides it, declare `.external_data::<{name}>()`"
                ),
                DataProblem::NotWrapped => format!(
                    "the handler takes `web::Data<{name}>`, and `.app_data(…)` provides a bare `{name}`; write `.app_data(web::Data::new(…))`"
                ),
            };
            RegistryError::Data { subject, reason }
        })
    }
}
