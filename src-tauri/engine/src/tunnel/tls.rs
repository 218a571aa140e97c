//! The cryptography under the tunnel: one provider, the roots of trust, random bytes.

use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// The provider of this process. The ngrok crate asks rustls for the process's default one and
/// panics where there is none, so the first call installs it. A default that the program installed
/// before stays.
pub(super) fn provider() -> &'static Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        // The error says only that another thread or `main` was first, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        CryptoProvider::get_default()
            .cloned()
            .unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()))
    })
}

/// Unguessable bytes. Zeros only if the operating system has no randomness to give.
pub(super) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if provider().secure_random.fill(&mut bytes).is_err() {
        tracing::warn!("the operating system gives no random bytes");
    }
    bytes
}

/// Who vouches for public web servers: the computer's own authorities, and those of `extra`.
/// Reads files, so call it where blocking is allowed.
///
/// # Errors
/// If `extra` cannot be read or holds no certificate.
pub(super) fn public_roots(extra: Option<&Path>) -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let own = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(own.certs);
    if let Some(file) = extra.filter(|file| !is_keyword(file)) {
        let pem = std::fs::read(file)?;
        let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
            .filter_map(Result::ok)
            .collect();
        if roots.add_parsable_certificates(certificates).0 == 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the file holds no certificate",
            ));
        }
    }
    Ok(ClientConfig::builder_with_provider(provider().clone())
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// The words that stand for a set of authorities instead of a file, as in ngrok's own agent.
fn is_keyword(file: &Path) -> bool {
    file.as_os_str() == "host" || file.as_os_str() == "trusted"
}
