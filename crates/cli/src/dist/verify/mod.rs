//! Verifies the files of a build: who signed their provenance, whether they are the files it names, and whether what it
//! claims agrees with them.

mod claims;
mod files;
mod finding;
mod images;
mod signature;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use fs_err as fs;

use self::files::Folder;
pub use self::finding::{Finding, Problem};
use crate::{
    Error, Result,
    attest::{PublicKey, Statement},
    count::counted,
};

/// What to verify, and against what.
#[derive(Clone, Debug, Default, clap::Args)]
#[non_exhaustive]
pub struct VerifyOptions {
    /// The public key that the provenance has to be signed with: Ed25519, in PEM
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// The commit that the files have to be built from, with all its digits
    #[arg(long)]
    pub commit: Option<String>,
    /// The URI of the builder that the provenance has to name
    #[arg(long, value_name = "URI")]
    pub builder: Option<String>,
    /// An image that has to be among the files, such as sha256:…
    #[arg(long, value_name = "DIGEST")]
    pub image: Option<String>,
}

/// The outcome of a verification.
#[derive(Debug)]
#[must_use]
pub enum Verdict {
    /// Everything agrees.
    Verified(Verified),
    /// Something does not.
    NotVerified(Vec<Finding>),
}

/// Writes what the commands print.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verified(verified) => verified.fmt(f),
            Self::NotVerified(findings) => {
                findings
                    .iter()
                    .try_for_each(|finding| writeln!(f, "{finding}"))?;
                write!(f, "{}: not verified", counted(findings.len(), "finding"))
            }
        }
    }
}

/// What was verified.
#[derive(Debug)]
#[non_exhaustive]
pub struct Verified {
    /// The id of the key that signed the provenance; none if no key was given.
    pub key_id: Option<String>,
    /// The commit the files were built from; none for an executable that was built elsewhere.
    pub commit: Option<String>,
    /// The builder.
    pub builder: String,
    /// The names of the files.
    pub files: Vec<String>,
    /// The names and digests of the images.
    pub images: Vec<(String, String)>,
}

/// Writes one line for each fact, as the commands print them.
impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match self.key_id {
            Some(_) => "verified",
            None => "consistent",
        };
        writeln!(f, "{outcome}: {}", counted(self.files.len(), "file"))?;
        for (name, digest) in &self.images {
            writeln!(f, "image     {name} {digest}")?;
        }
        if let Some(commit) = &self.commit {
            writeln!(f, "commit    {commit}")?;
        }
        writeln!(f, "builder   {}", self.builder)?;
        match &self.key_id {
            Some(key) => write!(f, "key       {key}"),
            None => f.write_str("no --key was given: who made these files was not verified"),
        }
    }
}

/// Verifies the files in a folder and reports everything that does not agree.
///
/// # Errors
/// Fails if the folder or the key cannot be read or the folder has nothing, which is no finding.
pub fn verify(folder: &Path, options: &VerifyOptions) -> Result<Verdict> {
    check_has_files(folder)?;
    let key = options.key.as_deref().map(PublicKey::read).transpose()?;
    let folder = Folder::read(folder)?;
    let (statement, source) = match signature::statement(&folder, key.as_ref())? {
        Ok(found) => found,
        // What is not signed, or no statement, says nothing about the files.
        Err(finding) => return Ok(Verdict::NotVerified(vec![finding])),
    };
    let mut findings = claims::of_statement(&statement, options, source);
    findings.extend(files::check(&folder, &statement)?);
    findings.extend(images::check(&folder, &statement)?);
    findings.extend(claims::of_record(&folder, &statement)?);
    if !findings.is_empty() {
        return Ok(Verdict::NotVerified(findings));
    }
    Ok(Verdict::Verified(verified(&statement, key.as_ref())))
}

/// Fails, with the remedy, if there is nothing to verify.
fn check_has_files(folder: &Path) -> Result {
    let problem = match fs::read_dir(folder).map(|mut entries| entries.next()) {
        Ok(Some(_)) => return Ok(()),
        Ok(None) => "is empty",
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => "does not exist",
        Err(error) => return Err(error.into()),
    };
    Err(Error::unsupported(format!(
        "{} {problem}: write the files of a build with `dist`, or name the folder that has them",
        folder.display()
    )))
}

fn verified(statement: &Statement, key: Option<&PublicKey>) -> Verified {
    let (images, files): (Vec<_>, Vec<_>) = statement.subjects.iter().partition(|it| it.is_image());
    let images = images.into_iter();
    Verified {
        key_id: key.map(PublicKey::id),
        commit: claims::commit(statement).map(str::to_owned),
        builder: claims::builder(statement).unwrap_or_default().to_owned(),
        files: files.into_iter().map(|file| file.name.clone()).collect(),
        images: images
            .map(|image| (image.name.clone(), image.digest.to_string()))
            .collect(),
    }
}
