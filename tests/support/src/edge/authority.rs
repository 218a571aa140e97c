//! A certificate authority made at run time, so that no key is ever kept in the repository.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// The names that the stand-in answers for: the agents' address and every public host.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "*.ngrok-test.example"];

/// One test authority with one server certificate signed by it.
pub(super) struct Authority {
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
    /// Holds the PEM file for as long as the stand-in lives.
    folder: tempfile::TempDir,
}

impl Authority {
    /// Makes keys and certificates (elliptic curve, a few milliseconds) and writes the authority's PEM file.
    pub(super) fn create() -> io::Result<Self> {
        let authority_key = KeyPair::generate().map_err(io::Error::other)?;
        let mut params = CertificateParams::new(Vec::<String>::new()).map_err(io::Error::other)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::DigitalSignature,
        ];
        params
            .distinguished_name
            .push(DnType::CommonName, "Bellhop test authority");
        let root = params
            .self_signed(&authority_key)
            .map_err(io::Error::other)?;
        let issuer = Issuer::new(params, authority_key);

        let key = KeyPair::generate().map_err(io::Error::other)?;
        let names: Vec<String> = NAMES.iter().map(ToString::to_string).collect();
        let leaf = CertificateParams::new(names)
            .and_then(|params| params.signed_by(&key, &issuer))
            .map_err(io::Error::other)?;

        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("authority.pem"), root.pem())?;
        Ok(Self {
            server: Arc::new(server_config(leaf.der().clone(), &key)?),
            client: Arc::new(client_config(root.der().clone())?),
            folder,
        })
    }

    /// What the stand-in's listeners present.
    pub(super) fn server(&self) -> Arc<ServerConfig> {
        self.server.clone()
    }

    /// A client that trusts this authority only.
    pub(super) fn client(&self) -> Arc<ClientConfig> {
        self.client.clone()
    }

    /// The authority's certificate as a PEM file.
    pub(super) fn pem_file(&self) -> PathBuf {
        let folder: &Path = self.folder.path();
        folder.join("authority.pem")
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn server_config(leaf: CertificateDer<'static>, key: &KeyPair) -> io::Result<ServerConfig> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(vec![leaf], key)
        })
        .map_err(io::Error::other)
}

fn client_config(root: CertificateDer<'static>) -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(root).map_err(io::Error::other)?;
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
