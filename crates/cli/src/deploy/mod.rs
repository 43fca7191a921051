//! Deployment of a service: a compose file with an edge, and Kubernetes manifests, rendered from the service's metadata; and
//! the commands that run the compose file without losing requests.
//!
//! [`Deployment`] is what is deployed. [`compose_files`] and [`kubernetes_files`] render it, and [`Project`] runs the
//! rendered compose file: it says in which order things change, since Compose alone stops all servers at once when
//! something changed.

mod assemble;
mod certificate;
mod checks;
mod commands;
mod deployment;
pub mod edge;
mod engine;
mod files;
pub mod images;
mod metadata;
mod observe;
mod private;
mod project;
mod render;
mod rules;
mod servers;
mod variables;

pub use certificate::self_signed;
pub use commands::{
    ComposeOptions, Down, Folders, ImagesOptions, KubernetesOptions, Roll, Scale, Up, load,
};
pub use deployment::{Deployment, ErrorFormat, Secret};
pub use files::{File, Kept};
pub use metadata::metadata_table;
pub use private::{prepare, secret};
pub use project::{Edge, Project, health, remove};
pub use render::{compose_files, kubernetes_files};
pub use servers::{replace_servers, scale, start, stop};
