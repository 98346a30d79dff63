//! The server's certificate. Whatever renews it writes the files; the server reads them again when they change.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use thiserror::Error;
use tokio::{sync::watch, time::interval};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use crate::config::TlsConfig;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Why there is no usable certificate.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read, or holds nothing of the kind.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The certificate cannot be used with the key.
    #[error("{}: {why}", path.display())]
    Unusable {
        /// The certificate's file.
        path: PathBuf,
        /// What is wrong.
        why: rustls::Error,
    },
}

/// A certificate in use. Cheap to clone; the clones change together.
#[derive(Clone, Debug)]
pub struct Tls {
    current: watch::Receiver<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the certificate, and goes on watching its files for as long as there is a clone; `None` when none is configured.
    /// Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn begin(config: &TlsConfig) -> Result<Option<Self>, TlsError> {
        let (Some(certificate), Some(key)) = (&config.tls_certificate, &config.tls_key) else { return Ok(None) };
        let files = Files { certificate: certificate.clone(), key: key.clone() };
        let stamp = files.stamp();
        let (told, current) = watch::channel(files.read()?);
        tokio::spawn(follow(files, stamp, told));
        Ok(Some(Self { current }))
    }

    /// What the next connection is accepted with.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.current.borrow()))
    }
}

struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What changes when a file does.
type Stamp = [Option<(SystemTime, u64)>; 2];

impl Files {
    fn stamp(&self) -> Stamp {
        let of = |path: &Path| {
            let metadata = std::fs::metadata(path).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        };
        [of(&self.certificate), of(&self.key)]
    }

    fn read(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let unreadable = |path: &Path, why: String| TlsError::Unreadable { path: path.to_owned(), why };
        let chain = CertificateDer::pem_file_iter(&self.certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let chain = chain.map_err(|e| unreadable(&self.certificate, e.to_string()))?;
        if chain.is_empty() {
            return Err(unreadable(&self.certificate, "holds no certificate".into()));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|e| unreadable(&self.key, e.to_string()))?;
        let unusable = |why| TlsError::Unusable { path: self.certificate.clone(), why };
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unusable)?;
        Ok(Arc::new(config))
    }
}

async fn follow(files: Files, mut stamp: Stamp, told: watch::Sender<Arc<ServerConfig>>) {
    let mut looks = interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            () = told.closed() => return,
        }
        let now = files.stamp();
        if now == stamp {
            continue;
        }
        stamp = now;
        match files.read() {
            Ok(config) => {
                tracing::info!("took up the new certificate");
                told.send_replace(config);
            }
            // Half of a pair, perhaps, while the other half is being written: the old one serves until they fit.
            Err(error) => tracing::error!(%error, "goes on with the certificate it has"),
        }
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    fn write(dir: &Path) -> TlsConfig {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
        let (tls_certificate, tls_key) = (dir.join("c.pem"), dir.join("k.pem"));
        std::fs::write(&tls_certificate, certificate.pem()).unwrap();
        std::fs::write(&tls_key, key.serialize_pem()).unwrap();
        TlsConfig { tls_certificate: Some(tls_certificate), tls_key: Some(tls_key) }
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_certificate_is_taken_up_and_a_broken_one_is_not() {
        let dir = tempfile::TempDir::new().unwrap();
        assert!(Tls::begin(&TlsConfig::default()).unwrap().is_none());
        let config = write(dir.path());
        let mut tls = Tls::begin(&config).unwrap().unwrap();
        let first = Arc::clone(&tls.current.borrow_and_update());

        std::fs::write(dir.path().join("k.pem"), "half a key").unwrap();
        tokio::time::sleep(3 * LOOK_EVERY).await;
        assert!(Arc::ptr_eq(&first, &tls.current.borrow_and_update()), "the old one serves on");

        write(dir.path());
        tls.current.changed().await.unwrap();
        assert!(!Arc::ptr_eq(&first, &tls.current.borrow()));
    }
}
