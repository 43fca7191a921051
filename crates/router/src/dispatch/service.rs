//! The service itself: path, then method, then the operation. It always returns
//! `Ok`, since an `Err` would bypass the middleware that reads responses.

use std::{cell::Cell, future::ready, rc::Rc, sync::Arc};

use actix_web::{
    HttpMessage, HttpResponse,
    dev::{Service, ServiceRequest, ServiceResponse, always_ready},
    http::{Method, StatusCode, header},
};
use purlin_schemas::{Location, Violation};

use super::{
    containers::Containers,
    trie::{Hit, Node, Target},
};
use crate::{
    endpoint::ResponseFuture,
    error::{Reason, Rejection},
    head::without_content,
    path_spans::{PathSpans, decode_segment},
    router::Model,
    unread_body::{self, HeldBody},
};

/// The result of the guard, handed over to the service. Both run one after the
/// other in one synchronous call of actix's routing.
pub(super) type HandOver = Rc<Cell<Option<Hit>>>;

pub(super) struct Dispatch<S> {
    model: Arc<Model>,
    containers: Containers,
    /// At the root of an App: what the guard found.
    hand_over: Option<HandOver>,
    /// The service for paths that this registry does not know.
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
        let (head, payload) = request.parts_mut();
        let Some(held) = HeldBody::take(head, payload) else {
            return self.dispatch(request);
        };
        let response = self.dispatch(request);
        Box::pin(async move {
            let (request, response) = response.await?.into_parts();
            Ok(ServiceResponse::new(request, held.attach(response)))
        })
    }
}

impl<S> Dispatch<S>
where
    S: Service<
            ServiceRequest,
            Response = ServiceResponse,
            Error = actix_web::Error,
            Future = ResponseFuture,
        >,
{
    fn dispatch(&self, request: ServiceRequest) -> ResponseFuture {
        let (hit, base) = match &self.hand_over {
            Some(hand_over) => (hand_over.take(), 0),
            None => {
                // actix has read our prefix already; templates have it too.
                let info = request.match_info();
                let read = info.as_str().len() - info.unprocessed().len();
                let base = read.saturating_sub(self.model.prefix.len());
                let path = info.as_str().get(base..).unwrap_or_default();
                (self.model.trie.find(path), base)
            }
        };
        match hit.and_then(|hit| Some((hit, self.model.nodes.get(hit.node)?))) {
            Some((mut hit, node)) => {
                hit.spans.set_base(base);
                self.serve(request, node, &hit.spans)
            }
            None => self.default.call(request),
        }
    }
}

impl<S> Dispatch<S> {
    fn serve(&self, request: ServiceRequest, node: &Node, spans: &PathSpans) -> ResponseFuture {
        let errors = &self.model.errors;
        if let Some(version) = &self.model.version
            && node.has_operation()
            && let Err(rejection) = version.check(request.headers())
        {
            let mut response = errors.render(&rejection);
            let headers = response.headers_mut();
            headers.append(header::VARY, version.vary());
            return respond(request, response);
        }
        let by_type = errors.compatibility.routes_by_type();
        let narrowed = by_type
            .then(|| self.narrowed(&request, node, spans))
            .flatten();
        let whole = node;
        let node = narrowed.as_ref().unwrap_or(whole);
        if node.table.is_empty() {
            let response = errors.render(&Reason::NotFound.into());
            return respond(request, response);
        }
        let method = request.method();
        if let Some(redirect) = node.redirect
            && node.allows(method)
        {
            let response = redirect.respond(request.uri(), errors.compatibility);
            return respond(request, response);
        }
        if let Some(target) = node.find(method) {
            return self.run(request, target, node, spans);
        }
        if *method == Method::HEAD
            && let Some(target) = node.find(&Method::GET)
        {
            let response = self.run(request, target, node, spans);
            return Box::pin(async move {
                let (request, response) = response.await?.into_parts();
                Ok(ServiceResponse::new(request, without_content(response)))
            });
        }
        let response = if *method == Method::OPTIONS {
            let status = if errors.compatibility.options_has_200() {
                StatusCode::OK
            } else {
                StatusCode::NO_CONTENT
            };
            let mut response = HttpResponse::new(status);
            // Of every operation of the path, as in the document and in Flask.
            let allow = whole.allow.clone();
            response.headers_mut().insert(header::ALLOW, allow);
            response
        } else {
            let allow = node.allow.clone();
            errors.render(&Reason::MethodNotAllowed { allow }.into())
        };
        respond(request, response)
    }

    /// Returns the node without the methods whose types do not match the values
    /// in the path; `None` when all do, or the one that is requested.
    fn narrowed(&self, request: &ServiceRequest, node: &Node, spans: &PathSpans) -> Option<Node> {
        if node.names.is_empty() {
            return None;
        }
        let values = spans.values(request.match_info().as_str());
        let names = node.names.iter().map(String::as_str);
        let parameters: Vec<_> = names.zip(values.map(decode_segment)).collect();
        let fits = |target: Target| match target {
            Target::Operation(index) => self.model.routes.get(index).is_none_or(|route| {
                let mut validators = route.operation.data.validators.of(Location::Path);
                validators.all(|validator| validator.fits_path(&parameters))
            }),
            _ => true,
        };
        let requested = match *request.method() {
            Method::HEAD => node.find(&Method::GET),
            ref method => node.find(method),
        };
        if requested.is_some_and(fits) {
            return None;
        }
        let table = node.table.iter().filter(|(_, target)| fits(*target));
        let narrowed = Node::new(node.names.clone(), table.cloned().collect());
        Some(Node {
            redirect: node.redirect,
            ..narrowed
        })
    }

    fn run(
        &self,
        mut request: ServiceRequest,
        target: Target,
        node: &Node,
        spans: &PathSpans,
    ) -> ResponseFuture {
        let errors = &self.model.errors;
        if let Some(rejection) = undecodable(&request, node, spans) {
            let response = errors.render(&rejection);
            return respond(request, response);
        }
        let Target::Operation(index) = target else {
            let response = self.document(target, &request, spans);
            return respond(request, response);
        };
        let routes = &self.model.routes;
        let Some((route, data)) = routes.get(index).zip(self.containers.operations.get(index))
        else {
            let response = errors.render(&Rejection::internal("an operation is missing"));
            return respond(request, response);
        };
        route.operation.data.path.fill_match_info(&mut request);
        // In a box, so that operations without parameters carry nothing of it.
        let boxed = (!node.names.is_empty()).then(|| Box::new(*spans));
        if let Some(registry) = &self.containers.registry {
            request.add_data_container(Rc::clone(registry));
        }
        request.add_data_container(Rc::clone(data));
        route
            .endpoint
            .call(request, Arc::clone(&route.operation), boxed)
    }

    fn document(
        &self,
        target: Target,
        request: &ServiceRequest,
        spans: &PathSpans,
    ) -> HttpResponse {
        let request = request.request();
        let published = &self.model.published;
        let response = match target {
            Target::Document(index) => published.document_response(index, request),
            Target::Page(index) => published.page_response(index, request, None),
            Target::PageSlash(index) => published.page_response(index, request, Some("")),
            Target::PageFile(index) => {
                let file = spans.values(request.match_info().as_str()).last();
                published.page_response(index, request, file)
            }
            Target::Operation(_) => None,
        };
        response.unwrap_or_else(|| self.model.errors.render(&Reason::NotFound.into()))
    }
}

/// Responds to a request whose body is not read.
fn respond(mut request: ServiceRequest, response: HttpResponse) -> ResponseFuture {
    let mut payload = request.take_payload();
    match unread_body::rest(request.headers(), &mut payload) {
        None => Box::pin(ready(Ok(request.into_response(response)))),
        Some(rest) => Box::pin(async move {
            rest.await;
            Ok(request.into_response(response))
        }),
    }
}

/// Rejects a path that is not UTF-8 once decoded: actix-web puts U+FFFD in place
/// of what cannot be decoded, which the client has not sent.
fn undecodable(request: &ServiceRequest, node: &Node, spans: &PathSpans) -> Option<Rejection> {
    let path = request.uri().path();
    if node.names.is_empty() || !path.contains('%') {
        return None;
    }
    percent_encoding::percent_decode_str(path)
        .decode_utf8()
        .is_err()
        .then(|| {
            let outer = request.match_info();
            let own = node.names.iter().map(String::as_str);
            let own = own.zip(spans.values(outer.as_str()));
            let violations = outer
                .iter()
                .chain(own)
                .filter(|(_, value)| value.contains('\u{fffd}'))
                .map(|(name, _)| Violation::not_utf8(Location::Path, &format!("/{name}")));
            Rejection::invalid(violations.collect::<Vec<_>>())
        })
}
