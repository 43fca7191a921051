//! A service without dependencies, which is built once, and folders with what `dist` writes of it.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use cargo_purlin::{
    Service,
    attest::{Envelope, SigningKey, Statement},
    dist::{self, Verdict, VerifyOptions},
    oci::Digest,
};
use clap::{Args, Parser};
use ed25519_dalek::pkcs8::{
    EncodePrivateKey as _, EncodePublicKey as _, spki::der::pem::LineEnding,
};
use fs_err as fs;
use tempfile::TempDir;

const MANIFEST: &str = r#"[package]
name = "hello"
version = "1.0.0"
edition = "2024"
license = "MIT"
repository = "https://example.com/hello"

[profile.dist]
inherits = "release"

[workspace]
"#;

const LOCK: &str = "version = 4\n\n[[package]]\nname = \"hello\"\nversion = \"1.0.0\"\n";

/// Prints what a program of purlin-app does, with one registry.
const PROGRAM: &str = r#"fn main() {
    let args: Vec<String> = std::env::args().collect();
    let text = match args.last().map(String::as_str) {
        Some("names") => "{\"variables\": \"HELLO_\"}",
        Some("--list") => "[{\"title\": \"Hello\", \"version\": \"1.0.0\"}]",
        _ => "{}",
    };
    println!("{text}");
}
"#;

/// The options of a command line.
pub fn options<T: Args>(args: &[&str]) -> T {
    #[derive(Parser)]
    struct Cli<T: Args> {
        #[command(flatten)]
        options: T,
    }
    let args = ["test"].iter().chain(args);
    Cli::parse_from(args).options
}

/// Writes the sources of the service to a folder and commits them.
pub fn service(folder: &Path) -> Service {
    fs::create_dir_all(folder.join("src")).unwrap();
    for (file, text) in [
        ("Cargo.toml", MANIFEST),
        ("Cargo.lock", LOCK),
        ("src/main.rs", PROGRAM),
        (".gitignore", "/target\n"),
    ] {
        fs::write(folder.join(file), text).unwrap();
    }
    git(folder, &["init", "--quiet"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "--message", "hello"]);
    Service::of_package(folder, "hello").unwrap()
}

/// A folder with the files of a workspace.
pub struct Workspace(TempDir);

impl Workspace {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let workspace = Self(tempfile::tempdir().unwrap());
        for (file, text) in files {
            workspace.write(file, text);
        }
        workspace
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs `cargo purlin` in a folder of the workspace.
    pub fn cargo_purlin(&self, folder: &str, args: &[&str]) -> Outcome {
        let mut program = cargo_purlin(args);
        program.current_dir(self.path().join(folder));
        Outcome::of(&mut program)
    }
}

/// What a program printed, and its exit status.
#[derive(Debug)]
pub struct Outcome {
    pub status: Option<i32>,
    pub out: String,
    pub errors: String,
}

impl Outcome {
    pub fn of(program: &mut Command) -> Self {
        let output = program.output().unwrap();
        Self {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The program, as cargo starts it.
pub fn cargo_purlin(args: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-purlin"));
    program
        .arg("purlin")
        .args(args)
        .env("CARGO_NET_OFFLINE", "true");
    program
}

/// Compares a text with a file of the repository.
pub fn assert_golden(file: &Path, text: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let kept = fs::read_to_string(file).unwrap_or_default();
    assert_eq!(
        kept,
        text,
        "{}: run with UPDATE_GOLDEN=1 and read the difference",
        file.display()
    );
}

/// Runs git without the settings of the user, at a fixed time.
pub fn git(folder: &Path, args: &[&str]) -> String {
    let mut git = Command::new("git");
    git.current_dir(folder).args(args);
    for who in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{who}_NAME"), "a");
        git.env(format!("GIT_{who}_EMAIL"), "a@example.com");
        git.env(format!("GIT_{who}_DATE"), "2026-01-01T00:00:00Z");
    }
    git.env("GIT_CONFIG_GLOBAL", "/dev/null");
    let output = git.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Writes a pair of keys, one for each seed, and returns their files.
pub fn keys(folder: &Path, seed: u8) -> (PathBuf, PathBuf) {
    let key = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
    let private = folder.join(format!("{seed}.pem"));
    let public = folder.join(format!("{seed}.pub"));
    let text = key.to_pkcs8_pem(LineEnding::LF).unwrap();
    fs::write(&private, text.as_bytes()).unwrap();
    let text = key.verifying_key().to_public_key_pem(LineEnding::LF);
    fs::write(&public, text.unwrap()).unwrap();
    (private, public)
}

/// Builds a service for this machine into a folder.
pub fn build(service: &Service, output: &Path, args: &[&str]) -> cargo_purlin::Result {
    let mut service = service.clone();
    service.output = output.to_owned();
    let platform = match std::env::consts::ARCH {
        "aarch64" => "linux/arm64",
        _ => "linux/amd64",
    };
    let here = ["--libc", "gnu", "--platform", platform];
    let args: Vec<_> = here.iter().chain(args).copied().collect();
    dist::dist(&service, &options(&args))
}

/// A copy of the files of a signed build, and the keys.
pub struct Built {
    folder: TempDir,
    pub commit: String,
}

impl Built {
    pub fn signed() -> Self {
        static ORIGINAL: OnceLock<(PathBuf, String)> = OnceLock::new();
        let (original, commit) = ORIGINAL.get_or_init(|| {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("signed");
            if folder.exists() {
                fs::remove_dir_all(&folder).unwrap();
            }
            let service = service(&folder);
            let target = folder.join("target");
            fs::create_dir_all(&target).unwrap();
            let (private, _) = keys(&target, 1);
            let output = target.join("files");
            build(
                &service,
                &output,
                &["--sign-key", private.to_str().unwrap()],
            )
            .unwrap();
            (output, git(&folder, &["rev-parse", "HEAD"]))
        });
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("files");
        fs::create_dir(&files).unwrap();
        for entry in fs::read_dir(original).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), files.join(entry.file_name())).unwrap();
        }
        keys(folder.path(), 1);
        keys(folder.path(), 2);
        Self {
            folder,
            commit: commit.clone(),
        }
    }

    /// The folder with the files.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.files().join(name)
    }

    /// A file beside the folder.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_slice(&fs::read(self.file(name)).unwrap()).unwrap()
    }

    /// Changes a byte in the middle of a file.
    pub fn damage(&self, name: &str) {
        let mut bytes = fs::read(self.file(name)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(self.file(name), bytes).unwrap();
    }

    pub fn verify(&self, args: &[&str]) -> cargo_purlin::Result<Verdict> {
        let files = self.files();
        dist::verify(&files, &options::<VerifyOptions>(args))
    }

    /// Verifies with the public key and returns the findings.
    pub fn findings(&self) -> Vec<String> {
        let key = self.beside("1.pub");
        self.findings_with(&["--key", key.to_str().unwrap()])
    }

    pub fn findings_with(&self, args: &[&str]) -> Vec<String> {
        match self.verify(args).unwrap() {
            Verdict::Verified(_) => Vec::new(),
            Verdict::NotVerified(findings) => findings.iter().map(ToString::to_string).collect(),
        }
    }

    /// Changes the statement and signs it again, as one who has the key can.
    pub fn sign_again(&self, change: impl FnOnce(&mut Statement)) {
        let json = fs::read(self.file("provenance.json")).unwrap();
        let mut statement = Statement::parse(&json).unwrap();
        for subject in &mut statement.subjects {
            if let Ok(bytes) = fs::read(self.file(&subject.name)) {
                subject.digest = Digest::of(&bytes);
            }
        }
        change(&mut statement);
        let key = SigningKey::read(&self.beside("1.pem")).unwrap();
        let payload = statement.to_json();
        fs::write(self.file("provenance.json"), &payload).unwrap();
        let envelope = Envelope::sign(Statement::MEDIA_TYPE, payload, &key);
        fs::write(self.file("provenance.dsse.json"), envelope.to_json()).unwrap();
        self.sum_again();
    }

    /// Writes the checksums of the files as they are.
    pub fn sum_again(&self) {
        let mut names: Vec<_> = fs::read_dir(self.files())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "SHA256SUMS")
            .collect();
        names.sort_unstable();
        let lines = names.iter().map(|name| {
            let digest = Digest::of(&fs::read(self.file(name)).unwrap());
            format!("{}  {name}\n", digest.hex())
        });
        fs::write(self.file("SHA256SUMS"), lines.collect::<String>()).unwrap();
    }
}
