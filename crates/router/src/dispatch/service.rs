//! The service itself: path, then method, then the operation. Always answers
//! `Ok`: an `Err` would pass by the middleware that looks at responses.

use std::{future::ready, rc::Rc, sync::Arc};

use actix_web::{
    HttpMessage, HttpResponse,
    dev::{Service, ServiceRequest, ServiceResponse, always_ready},
    http::{Method, header},
};

use super::{
    factory::{Containers, HandOver},
    head::without_body,
    hidden::record_match,
    trie::{Node, Target},
};
use crate::{
    context::decode_segment,
    endpoint::ResponseFuture,
    error::{Reason, Rejection},
    router::Model,
    unread,
};
use purlin_schemas::{Location, Violation};

pub(super) struct Dispatch<S> {
    model: Arc<Model>,
    containers: Containers,
    /// At the root of an App: what the guard found.
    hand_over: Option<HandOver>,
    /// Who answers what this registry does not know.
    default: S,
}

impl<S> Dispatch<S> {
    pub(super) fn new(
        model: Arc<Model>,
        containers: Containers,
        hand_over: Option<HandOver>,
        default: S,
    ) -> Self {
        Self {
            model,
            containers,
            hand_over,
            default,
        }
    }
}

impl<S> Service<ServiceRequest> for Dispatch<S>
where
    S: Service<
            ServiceRequest,
            Response = ServiceResponse,
            Error = actix_web::Error,
            Future = ResponseFuture,
        >,
{
    type Response = ServiceResponse;
    type Error = actix_web::Error;
    type Future = ResponseFuture;

    always_ready!();

    fn call(&self, mut request: ServiceRequest) -> ResponseFuture {
        let info = request.match_info();
        let (hit, base) = match &self.hand_over {
            Some(hand_over) => (hand_over.take(), 0),
            None => {
                // actix has read our prefix already; templates hold it too.
                let read = info.as_str().len() - info.unprocessed().len();
                let base = read.saturating_sub(self.model.prefix.len());
                let path = info.as_str().get(base..).unwrap_or_default();
                (self.model.trie.find(path), base)
            }
        };
        let Some((hit, node)) = hit.and_then(|hit| Some((hit, self.model.nodes.get(hit.node)?)))
        else {
            return self.default.call(request);
        };
        record_match(&mut request, base, &node.names, hit.spans());
        self.answer(request, node)
    }
}

impl<S> Dispatch<S> {
    fn answer(&self, request: ServiceRequest, node: &Node) -> ResponseFuture {
        let by_type = self.model.style.routes_by_type();
        let narrowed = by_type.then(|| self.narrowed(&request, node)).flatten();
        let whole = node;
        let node = narrowed.as_ref().unwrap_or(whole);
        if node.table.is_empty() {
            let response = Rejection::from(Reason::NotFound).render(self.model.style);
            return respond(request, response);
        }
        let method = request.method();
        if let Some(detour) = node.detour
            && node.answers(method)
        {
            let response = detour.respond(request.uri(), self.model.style);
            return respond(request, response);
        }
        if let Some(target) = node.find(method) {
            return self.run(request, target, node);
        }
        if *method == Method::HEAD
            && let Some(target) = node.find(&Method::GET)
        {
            let response = self.run(request, target, node);
            return Box::pin(async move {
                let (request, response) = response.await?.into_parts();
                Ok(ServiceResponse::new(request, without_body(response)))
            });
        }
        let style = self.model.style;
        let response = if *method == Method::OPTIONS {
            let mut response = HttpResponse::new(style.options_status());
            // Of all that shares the path, as the document has it and Flask says.
            response
                .headers_mut()
                .insert(header::ALLOW, whole.allow.clone());
            response
        } else {
            let allow = node.allow.clone();
            Rejection::from(Reason::MethodNotAllowed { allow }).render(style)
        };
        respond(request, response)
    }

    /// The node without the methods whose types do not fit what stands in the
    /// path; `None` when all do, or the one that is asked for.
    fn narrowed(&self, request: &ServiceRequest, node: &Node) -> Option<Node> {
        if node.names.is_empty() {
            return None;
        }
        let parameters = request.match_info();
        let outer = parameters.segment_count().saturating_sub(node.names.len());
        let parameters: Vec<_> = parameters
            .iter()
            .skip(outer)
            .map(|(name, value)| (name, decode_segment(value)))
            .collect();
        let fits = |target: Target| match target {
            Target::Operation(index) => self.model.operations.get(index).is_none_or(|operation| {
                let mut validators = operation.data.validators.of(Location::Path);
                validators.all(|validator| validator.fits_path(&parameters))
            }),
            _ => true,
        };
        let asked = match *request.method() {
            Method::HEAD => node.find(&Method::GET),
            ref method => node.find(method),
        };
        if asked.is_some_and(fits) {
            return None;
        }
        let table = node.table.iter().filter(|(_, target)| fits(*target));
        let narrowed = Node::new(node.names.clone(), table.cloned().collect());
        Some(Node {
            detour: node.detour,
            ..narrowed
        })
    }

    fn run(&self, mut request: ServiceRequest, target: Target, node: &Node) -> ResponseFuture {
        if let Some(rejection) = undecodable(&request, node) {
            let response = rejection.render(self.model.style);
            return respond(request, response);
        }
        match target {
            Target::Operation(index) => {
                let Some((operation, data)) = self
                    .model
                    .operations
                    .get(index)
                    .zip(self.containers.operations.get(index))
                else {
                    let response =
                        Rejection::internal("an operation is missing").render(self.model.style);
                    return respond(request, response);
                };
                if let Some(registry) = &self.containers.registry {
                    request.add_data_container(Rc::clone(registry));
                }
                request.add_data_container(Rc::clone(data));
                operation.endpoint.call(
                    request,
                    Arc::clone(&operation.data),
                    Arc::clone(&operation.guards),
                )
            }
            documents => {
                let response = self.document(documents, &request);
                respond(request, response)
            }
        }
    }

    fn document(&self, target: Target, request: &ServiceRequest) -> HttpResponse {
        let request = request.request();
        let file = request.match_info().iter().last().map(|(_, file)| file);
        let published = &self.model.published;
        let answer = match target {
            Target::Document(index) => published.answer_document(index, request),
            Target::Page(index) => published.answer_page(index, request, None),
            Target::PageSlash(index) => published.answer_page(index, request, Some("")),
            Target::PageFile(index) => published.answer_page(index, request, file),
            Target::Operation(_) => None,
        };
        answer.unwrap_or_else(|| Rejection::from(Reason::NotFound).render(self.model.style))
    }
}

/// Answers a request whose body nobody wants.
fn respond(mut request: ServiceRequest, response: HttpResponse) -> ResponseFuture {
    let mut payload = request.take_payload();
    match unread::rest(request.headers(), &mut payload) {
        None => Box::pin(ready(Ok(request.into_response(response)))),
        Some(rest) => Box::pin(async move {
            rest.await;
            Ok(request.into_response(response))
        }),
    }
}

/// A path that is not UTF-8 once decoded holds values nobody sent: actix puts
/// U+FFFD in their place. It is refused instead.
fn undecodable(request: &ServiceRequest, node: &Node) -> Option<Rejection> {
    let path = request.uri().path();
    if node.names.is_empty() || !path.contains('%') {
        return None;
    }
    percent_encoding::percent_decode_str(path)
        .decode_utf8()
        .is_err()
        .then(|| {
            let parameters = request.match_info().iter();
            let violations = parameters
                .filter(|(_, value)| value.contains('\u{fffd}'))
                .map(|(name, _)| Violation::not_utf8(Location::Path, &format!("/{name}")));
            Rejection::invalid(violations.collect::<Vec<_>>())
        })
}
