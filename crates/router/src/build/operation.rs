//! The checks of one operation, and what is built of it.

use std::sync::Arc;

use actix_web::http::header;

use super::{
    Builder, RegistryError, checks,
    document::{Declared, DocumentWriter},
    extras, idempotency, path_parameters,
    templates::Template,
};
use crate::{
    auth::Guards,
    built_operation::BuiltOperation,
    defaults::{self, HeaderRule},
    describe::{Notes, OperationBuilder, examples},
    dispatch::trie::Target,
    error::Rejection,
    mock::Mock,
    operation::{Operation, data::OperationData, deprecation::Announced, info::OperationInfo},
    path_capture::PathCapture,
    registry::Registry,
    router::Route,
    slash::{self, TrailingSlash},
    unknown_parameters::UnknownParameters,
    verify::Replies,
};

fn unknown_parameters(registry: &Registry, operation: &Operation) -> UnknownParameters {
    let own = operation.unknown_parameters;
    own.unwrap_or(registry.unknown_parameters)
}

impl Builder<'_> {
    /// Checks an operation and adds it to the routes and the document.
    pub(super) fn operation(&mut self, operation: &Operation, writer: &mut DocumentWriter<'_>) {
        let registry = self.registry;
        let mut info = operation.info.clone();
        let own_template = info.template.clone();
        info.template = format!("{}{own_template}", registry.prefix).into();
        let position = u32::try_from(self.operations.len()).unwrap_or(u32::MAX);
        info.index = registry.first_index.saturating_add(position);
        let subject = info.subject();

        self.check_operation_id(&info, &subject);
        self.check_tags(operation, &subject);
        let guards = self.guards(operation, &subject);
        info.authenticators = guards
            .authenticators
            .iter()
            .map(|guard| guard.name.clone())
            .collect();
        info.is_authentication_optional = guards.are_optional();

        let (mut notes, header_rule) = self.describe(operation, &guards);
        self.check_notes(&info, &mut notes, &subject);
        #[cfg(feature = "multipart")]
        let uploads = operation.uploads.as_ref().unwrap_or(&registry.uploads);
        #[cfg(feature = "multipart")]
        self.check_uploads(&notes, uploads, &subject);
        self.check_identities(&notes, &guards, &subject);
        self.missing_data
            .check(&registry.provided, &notes, &subject);
        let json_type = extras::media_type(notes.json_type.as_deref());
        let json_type = json_type.unwrap_or_else(|reason| {
            self.not_representable(&subject, [reason]);
            None
        });
        self.not_representable(&subject, extras::examples(operation, &notes));
        let media_types = std::mem::take(&mut notes.media_types);
        let announced = operation.deprecation.announced().unwrap_or_else(|errors| {
            self.not_representable(&subject, errors);
            Announced::default()
        });
        for response in notes.responses.values_mut() {
            response.describe_headers(&announced.descriptions);
        }

        let template = self.template(&own_template, &info, &notes, &subject);
        let names = template.as_ref().and_then(|template| {
            let target = Target::Operation(self.operations.len());
            let method = info.method.clone();
            self.routes
                .add(template, method, target, &subject, &mut self.errors)
        });
        let replies = Replies::new(&notes.responses, &notes.of_headers);
        let mock = registry.is_mocked.then(|| {
            let made = Mock::of(&operation.examples, &notes, &replies);
            made.map_err(|reasons| self.not_representable(&subject, reasons))
        });
        let validators = std::mem::take(&mut notes.validators);
        let reads_match_info = notes.reads_match_info;
        let reads_body = notes.bodies > 0;
        let time_limit = operation.time_limit.or(registry.time_limit).flatten();
        if !info.hidden || registry.includes_hidden {
            let declared = Declared {
                operation,
                info: &info,
                // An operation without a route is not in the document, and its schemas are checked all the same.
                template: template.as_ref().filter(|_| names.is_some()),
                guards: &guards,
                time_limit,
                error: self.known.error(&self.policy.style).ok(),
                policy: self.policy,
                sunset: announced.sunset.as_deref(),
                subject: &subject,
                media_types: &media_types,
            };
            writer.operation(&declared, notes, &mut self.errors);
        }
        let Some(names) = names else { return };

        let other = slash::other(&own_template);
        let other = other.filter(|_| registry.trailing_slash == TrailingSlash::Merge);
        let other = other.as_ref().map(|(other, _)| other.as_str());
        let path = PathCapture::new(names, &own_template, other, reads_match_info);
        let id = info.operation_id.to_string();
        let named = self.named.entry(own_template.into_owned());
        named.or_default().push(id);
        let idempotency = idempotency::rule(registry, operation, &info, &guards, time_limit);
        let version = registry.version.iter();
        let version_headers = version.map(|version| (header::VARY, version.vary()));
        let data = OperationData {
            info,
            errors: Arc::clone(self.policy),
            body_limit: body_limit(registry, operation),
            reads_body,
            accepts_compressed: registry.compressed_requests == Some(true),
            time_limit,
            #[cfg(feature = "multipart")]
            uploads: uploads.clone(),
            validators,
            unknown_parameters: unknown_parameters(registry, operation),
            path,
            challenges: guards.challenges(),
            hooks: registry.hooks.clone(),
            json_type,
            is_mocked: registry.is_mocked,
            response_headers: version_headers.chain(announced.headers).collect(),
        };
        self.operations.push(Route {
            operation: Arc::new(BuiltOperation {
                data: Arc::new(data),
                guards,
                header_rule,
                idempotency,
                replies,
                response_checks: registry.response_checks,
                mock: mock.and_then(Result::ok),
            }),
            endpoint: operation.endpoint.clone(),
        });
    }

    /// Collects what the extractors and the reply of an operation describe, and what the registry adds.
    fn describe(&mut self, operation: &Operation, guards: &Guards) -> (Notes, Option<HeaderRule>) {
        let registry = self.registry;
        let mut notes = Notes::new(self.policy);
        notes.body_limit = body_limit(registry, operation);
        notes.method = operation.info.method.clone();
        notes.unknown_parameters = unknown_parameters(registry, operation);
        let json_type = operation.json_type.as_ref().or(registry.json_type.as_ref());
        notes.json_type = json_type.map(ToString::to_string);
        notes.accepts_compressed = registry.compressed_requests == Some(true);
        let mut describe = OperationBuilder {
            notes: &mut notes,
            known: &mut self.known,
        };
        operation.endpoint.describe(&mut describe);
        describe.finish_body();
        let reads_headers = defaults::reads_headers(describe.notes);
        let header_rule = registry
            .header_rule
            .filter(|_| !operation.without_default_headers && !reads_headers);
        if let Some(rule) = header_rule {
            (rule.describe)(&mut describe);
        }
        for failure in guards.failures() {
            let status = failure.status().as_u16();
            let rejection = Rejection::unauthenticated(failure);
            describe.rejection(status, Some(&rejection), failure.description());
            if status == 401 {
                describe.response_header(401, "WWW-Authenticate", "How to authenticate.");
            }
            if failure.retry_after().is_some() {
                describe.retry_after(status);
            }
        }
        describe.error(500, "The server failed.");
        idempotency::describe(registry, operation, &mut describe);
        if let Some(version) = &registry.version {
            describe.version(version);
        }
        // Errors of the template are reported elsewhere.
        let template = Template::parse(&operation.info.template);
        let names = template.map(|template| template.names).unwrap_or_default();
        examples::add_violations(&mut notes, &names);
        notes.add_carried_by_errors();
        (notes, header_rule)
    }

    fn check_operation_id(&mut self, info: &OperationInfo, subject: &str) {
        let id = info.operation_id.as_ref();
        if let Some(first) = self.ids.get(id) {
            self.errors.push(RegistryError::DuplicateOperationId {
                first: first.clone(),
                second: subject.to_owned(),
            });
        } else {
            self.ids.insert(id.to_owned(), subject.to_owned());
        }
    }

    fn check_tags(&mut self, operation: &Operation, subject: &str) {
        let declared = &self.registry.tags;
        if declared.is_empty() {
            return;
        }
        for tag in &operation.info.tags {
            if !declared.iter().any(|declared| declared.name == *tag) {
                self.errors.push(RegistryError::UndeclaredTag {
                    subject: subject.to_owned(),
                    tag: tag.to_string(),
                });
            }
        }
    }

    fn check_notes(&mut self, info: &OperationInfo, notes: &mut Notes, subject: &str) {
        for source in notes.errors.drain(..) {
            self.errors.push(RegistryError::Validator {
                subject: subject.to_owned(),
                source,
            });
        }
        let unfit = std::mem::take(&mut notes.unfit);
        self.not_representable(subject, unfit);
        for reason in checks::arguments(info, notes) {
            self.errors.push(RegistryError::Extractors {
                subject: subject.to_owned(),
                reason,
            });
        }
    }

    #[cfg(feature = "multipart")]
    fn check_uploads(&mut self, notes: &Notes, uploads: &crate::uploads::Uploads, subject: &str) {
        if let Some(reason) = uploads.error().filter(|_| notes.stores_files) {
            self.errors.push(RegistryError::Extractors {
                subject: subject.to_owned(),
                reason,
            });
        }
    }

    /// Parses the template of an operation and compares its parameters with `Path<T>`.
    fn template(
        &mut self,
        own: &str,
        info: &OperationInfo,
        notes: &Notes,
        subject: &str,
    ) -> Option<Template> {
        let template = Template::parse(own).and_then(|_| Template::parse(&info.template));
        match template {
            Ok(template) => {
                let shape = notes.path.as_ref();
                if let Some(reason) = path_parameters::mismatch(shape, &template, own) {
                    self.errors.push(RegistryError::PathParameters {
                        subject: subject.to_owned(),
                        reason,
                    });
                }
                Some(template)
            }
            Err(reason) => {
                self.errors.push(RegistryError::Template {
                    subject: subject.to_owned(),
                    reason,
                });
                None
            }
        }
    }
}

/// Returns the largest body that an operation reads.
fn body_limit(registry: &Registry, operation: &Operation) -> usize {
    let limit = operation.body_limit.unwrap_or(registry.body_limit);
    limit.min(registry.most_body)
}
