//! The commands: where the files are, and what `up`, `roll`, `scale`, `down`, `compose`, `images` and `kubernetes` do.

use std::path::{Path, PathBuf};

use super::{
    Deployment, File, compose_files,
    edge::Variant,
    engine::{self, docker, is_rootless},
    files, images, kubernetes_files, observe, private,
    project::Project,
    servers,
};
use crate::{Error, Result, Service, count::counted};

/// The folder of the workspace with what cannot be rendered: secrets, certificates, and the digests of images.
const FOLDER: &str = "deploy";

/// Where the compose file and the secrets of this machine are.
#[derive(Clone, Debug, Default, clap::Args)]
#[non_exhaustive]
pub struct Folders {
    /// Use the compose.yaml of this folder as it is [default: the metadata, rendered into target/deploy]
    #[arg(long, value_name = "FOLDER")]
    pub files: Option<PathBuf>,
    /// The folder of secrets and certificates; also the variable PRIVATE_FOLDER [default: deploy/private]
    #[arg(long, value_name = "FOLDER")]
    pub private: Option<PathBuf>,
    /// What users type, for messages.
    #[arg(skip = "cargo purlin")]
    pub command: &'static str,
}

/// Options of `up`.
#[derive(Clone, Debug, Default, clap::Args)]
#[non_exhaustive]
#[command(after_help = "Examples:
  cargo purlin up                                        ports 80 and 443
  EDGE_HTTP=8080 EDGE_HTTPS=8443 cargo purlin up         other ports
  cargo purlin up --name api.example.org --mail operations@example.org
                                                         with a certificate of Let's Encrypt")]
pub struct Up {
    /// Where the files are.
    #[command(flatten)]
    pub folders: Folders,
    /// A host name of the edge, which rejects requests for others [default: `hosts` of the metadata, and localhost]
    #[arg(long = "name", value_name = "HOST")]
    pub names: Vec<String>,
    /// Get a certificate for the names with certbot; the address is passed to the certificate authority
    #[arg(long, value_name = "ADDRESS", requires = "names")]
    pub mail: Option<String>,
    /// Run Prometheus beside the services, with their alerts, until it is interrupted
    #[arg(long)]
    pub observe: bool,
}

/// Options of `roll`.
#[derive(Clone, Debug, Default, clap::Args)]
#[non_exhaustive]
#[command(after_help = "Examples:
  cargo purlin dist && cargo purlin roll                 upgrade
  SERVER_IMAGE=billing:1.4.0 cargo purlin roll           back to an image that is still in the engine")]
pub struct Roll {
    /// Where the files are.
    #[command(flatten)]
    pub folders: Folders,
}

/// Options of `scale`.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
#[command(after_help = "Examples:
  cargo purlin scale 5
  cargo purlin scale 1 --package shop-server")]
pub struct Scale {
    /// Where the files are.
    #[command(flatten)]
    pub folders: Folders,
    /// The number of servers
    pub servers: usize,
}

/// Options of `down`.
#[derive(Clone, Debug, Default, clap::Args)]
#[non_exhaustive]
#[command(after_help = "Examples:
  cargo purlin down")]
pub struct Down {
    /// Where the files are.
    #[command(flatten)]
    pub folders: Folders,
}

/// Options of `compose`.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
#[command(after_help = "Examples:
  cargo purlin compose && git add deploy
  cargo purlin up --files deploy                         runs what was written, also after a change")]
pub struct ComposeOptions {
    /// The folder to write compose.yaml and what it mounts to
    #[arg(long, value_name = "FOLDER", default_value = FOLDER)]
    pub output: PathBuf,
}

/// Options of `images`.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
#[command(after_help = "Examples:
  cargo purlin images && git diff deploy/.env
  cargo purlin images --edge registry.example/nginx:stable

The digests are looked up with skopeo, or by pulling the images with Docker.")]
pub struct ImagesOptions {
    /// The image of the edge
    #[arg(
        long,
        value_name = "IMAGE",
        default_value = "docker.io/library/nginx:stable"
    )]
    pub edge: String,
    /// The image of the ACME client
    #[arg(
        long,
        value_name = "IMAGE",
        default_value = "docker.io/certbot/certbot:latest"
    )]
    pub certbot: String,
    /// The file to write
    #[arg(long, value_name = "FILE", default_value = "deploy/.env")]
    pub output: PathBuf,
}

/// Options of `kubernetes`.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
#[command(after_help = "Examples:
  cargo purlin kubernetes
  cargo purlin kubernetes --output manifests --image registry.example/billing@sha256:…
  kubectl apply --kustomize deploy/kubernetes/overlays/prod")]
pub struct KubernetesOptions {
    /// The folder to write to; base and components are replaced, overlays that exist are kept
    #[arg(long, value_name = "FOLDER", default_value = "deploy/kubernetes")]
    pub output: PathBuf,
    /// The image with its tag or digest [default: the service's name and version]
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,
}

impl Folders {
    /// Uses the compose file of a folder as it is. `command` is what users type.
    pub fn kept(files: impl Into<PathBuf>, command: &'static str) -> Self {
        Self {
            files: Some(files.into()),
            private: None,
            command,
        }
    }

    /// Renders the compose file unless one is used as it is, and returns its project.
    fn open(&self, service: &Service, deployment: &Deployment, certbot: bool) -> Result<Project> {
        // A machine without Docker gets no files.
        engine::find()?;
        let (files, state) = match &self.files {
            Some(folder) => (folder.clone(), folder.clone()),
            None => {
                let folder = service.target.join(FOLDER).join(&deployment.name);
                files::write(&folder, &compose_files(deployment)?)?;
                (folder, service.workspace.join(FOLDER))
            }
        };
        let private = self.private(&state);
        let mut project = Project::new(deployment, &files, &private, self.command)?;
        for (name, image) in images::resolved(&state.join(".env"), certbot)? {
            project = project.env(&name, &image);
        }
        Ok(project)
    }

    fn private(&self, state: &Path) -> PathBuf {
        let named = self.private.clone();
        let named = named.or_else(|| std::env::var_os("PRIVATE_FOLDER").map(PathBuf::from));
        named.unwrap_or_else(|| state.join("private"))
    }

    fn state(&self, service: &Service) -> PathBuf {
        let named = self.files.clone();
        named.unwrap_or_else(|| service.workspace.join(FOLDER))
    }
}

impl Up {
    /// Runs the compose file of these folders.
    pub fn at(folders: Folders) -> Self {
        Self {
            folders,
            ..Self::default()
        }
    }

    /// Starts everything, or what is missing, and waits until it is healthy.
    ///
    /// # Errors
    /// Fails with the remedy if something is missing, if a port is in use, or if a container does not become healthy.
    pub fn run(&self, service: &Service) -> Result {
        let deployment = Deployment::of(service)?;
        let mut project = self
            .folders
            .open(service, &deployment, self.mail.is_some())?;
        let names = self.names(&deployment);
        let folder = self.folders.private(&self.folders.state(service));
        private::prepare(&deployment, &folder, &names)?;
        load(service, &deployment, self.folders.command)?;
        project = with_configuration(project)?;
        if let Some(mail) = &self.mail {
            project = project
                .env("EDGE_NAMES", &self.names.join(" "))
                .env("EDGE_MAIL", mail)
                .env("CERTBOT_USER", &private::certbot_user(&folder)?);
        }
        servers::start(&project)?;
        if self.mail.is_some() {
            project
                .compose(&["--profile", "tls", "up", "-d", "--no-deps", "certbot"])
                .run()?;
        }
        let edge = project.edge()?;
        eprintln!(
            "\nthe edge listens on {} and {}; try",
            edge.http, edge.https
        );
        let host = names.first().map_or("localhost", String::as_str);
        let port = edge.https.port();
        eprintln!(
            "  curl --insecure --resolve {host}:{port}:{} https://{host}:{port}/",
            edge.https.ip()
        );
        if is_rootless()? {
            eprintln!(
                "Docker runs without root: the edge may see all clients as one address, and limits them as one; see \
                 https://github.com/purlin-rs/purlin/blob/main/docs/deploy.md#addresses-of-clients"
            );
        }
        if self.observe {
            observe::run(service, &deployment)?;
        }
        Ok(())
    }

    /// Returns the hosts that the edge serves.
    fn names(&self, deployment: &Deployment) -> Vec<String> {
        if !self.names.is_empty() {
            return self.names.clone();
        }
        let localhost = ["localhost".to_owned()];
        deployment.hosts.iter().cloned().chain(localhost).collect()
    }
}

impl Roll {
    /// Replaces the servers of these folders.
    pub fn at(folders: Folders) -> Self {
        Self { folders }
    }

    /// Replaces the servers, one at a time, by what the compose file and the image say now.
    ///
    /// # Errors
    /// Fails if a new server does not become healthy; those that were not replaced keep running.
    pub fn run(&self, service: &Service) -> Result {
        let deployment = Deployment::of(service)?;
        let project = self.folders.open(service, &deployment, false)?;
        load(service, &deployment, self.folders.command)?;
        servers::replace_servers(&project)
    }
}

impl Scale {
    /// Changes the number of servers of these folders.
    pub fn at(folders: Folders, servers: usize) -> Self {
        Self { folders, servers }
    }

    /// Changes the number of servers, one at a time.
    ///
    /// # Errors
    /// Fails for no server, for several with a volume, and if a new server does not become healthy.
    pub fn run(&self, service: &Service) -> Result {
        let deployment = Deployment::of(service)?;
        let project = self.folders.open(service, &deployment, false)?;
        servers::scale(&project, self.servers)
    }
}

impl Down {
    /// Stops everything of these folders.
    pub fn at(folders: Folders) -> Self {
        Self { folders }
    }

    /// Stops everything; volumes are kept.
    ///
    /// # Errors
    /// Fails if Docker does.
    pub fn run(&self, service: &Service) -> Result {
        let deployment = Deployment::of(service)?;
        servers::stop(&self.folders.open(service, &deployment, false)?)
    }
}

impl ComposeOptions {
    /// Writes the files of one machine.
    ///
    /// # Errors
    /// Fails if the metadata is invalid or a file cannot be written.
    pub fn run(&self, service: &Service) -> Result {
        let deployment = Deployment::of(service)?;
        write(&self.output, &compose_files(&deployment)?)
    }
}

impl ImagesOptions {
    /// Looks up the digests of the images of others and writes them.
    ///
    /// # Errors
    /// Fails if a registry does not have an image.
    pub fn run(&self) -> Result {
        let images = [
            ("EDGE_IMAGE", &*self.edge),
            ("CERTBOT_IMAGE", &*self.certbot),
        ];
        images::write(&self.output, &images)
    }
}

impl KubernetesOptions {
    /// Writes the manifests.
    ///
    /// # Errors
    /// Fails if the metadata is invalid or a file cannot be written.
    pub fn run(&self, service: &Service) -> Result {
        let deployment = Deployment::of(service)?;
        let files = kubernetes_files(&deployment, self.image.as_deref())?;
        write(&self.output, &files)
    }
}

/// Writes files and prints how many did not change.
fn write(folder: &Path, files: &[File]) -> Result {
    let same = files::write(folder, files)?;
    if same > 0 {
        eprintln!("unchanged: {}", counted(same, "file"));
    }
    Ok(())
}

/// Loads the image of the server into the engine, if it was built here, and fails if the engine has none.
///
/// # Errors
/// Fails with the remedy if there is no image.
pub fn load(service: &Service, deployment: &Deployment, command: &str) -> Result {
    let named = std::env::var("SERVER_IMAGE").ok();
    let file = service.image_file();
    if named.is_none() && file.exists() {
        docker(&["load", "--quiet", "--input"]).arg(&file).run()?;
    }
    let image = named.unwrap_or_else(|| format!("{}:latest", deployment.image));
    if docker(&["image", "inspect", &image]).succeeds() {
        return Ok(());
    }
    // Compose would pull it; this says sooner and more plainly that it is not there.
    if image.contains('/') && docker(&["pull", &image]).run().is_ok() {
        return Ok(());
    }
    Err(Error::unsupported(format!(
        "there is neither the image {image} nor {}: build it with `{} dist`",
        file.display(),
        command
    )))
}

/// Chooses the configuration for the version of nginx, unless EDGE_CONF names one.
fn with_configuration(project: Project) -> Result<Project> {
    let Some(image) = project.variable("EDGE_IMAGE") else {
        return Ok(project);
    };
    if project.variable("EDGE_CONF").is_some() {
        return Ok(project);
    }
    let variant = Variant::of(&images::nginx_version(&image)?);
    Ok(project.env("EDGE_CONF", &format!("./{}", variant.file())))
}
