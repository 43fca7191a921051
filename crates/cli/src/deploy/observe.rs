//! Prometheus beside the servers of a compose file, with the rules of the service.

use fs_err as fs;

use super::{Deployment, deployment::OPS_PORT, rules};
use crate::{
    Result, Service,
    process::{Cmd, require},
};

/// Where Prometheus listens.
const ADDRESS: &str = "127.0.0.1:9090";

/// Runs Prometheus until it is interrupted. It finds the servers by Docker, also those that start later.
pub(super) fn run(service: &Service, deployment: &Deployment) -> Result {
    require("prometheus", "--version", "prometheus")?;
    let folder = service.target.join("observe").join(&deployment.name);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("rules.yml"), rules::render(deployment)?)?;
    let file = folder.join("prometheus.yml");
    fs::write(&file, configuration(&deployment.name))?;
    eprintln!(
        "\nPrometheus scrapes the servers and shows metrics and alerts at http://{ADDRESS}/ until it is interrupted; the \
         services keep running"
    );
    Cmd::new("prometheus")
        .arg(format!("--config.file={}", file.display()))
        .arg(format!(
            "--storage.tsdb.path={}",
            folder.join("data").display()
        ))
        .arg(format!("--web.listen-address={ADDRESS}"))
        .arg("--log.level=warn")
        .run()
}

fn configuration(name: &str) -> String {
    let engine = std::env::var("DOCKER_HOST");
    let engine = engine.unwrap_or_else(|_| "unix:///var/run/docker.sock".to_owned());
    format!(
        r#"global: {{scrape_interval: 5s, evaluation_interval: 5s}}
rule_files: [rules.yml]
scrape_configs:
  - job_name: {name}
    docker_sd_configs:
      - host: {engine}
        refresh_interval: 5s
        filters: [{{name: label, values: ["com.docker.compose.project={name}"]}}]
    relabel_configs:
      - {{source_labels: [__meta_docker_container_label_com_docker_compose_service], regex: server, action: keep}}
      - {{source_labels: [__meta_docker_network_name], regex: .*_inner, action: keep}}
      - {{source_labels: [__meta_docker_network_ip], replacement: "$1:{OPS_PORT}", target_label: __address__}}
"#
    )
}
