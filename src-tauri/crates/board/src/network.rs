//! How this machine reaches servers.
use std::path::PathBuf;

/// How servers are reached from this machine, and which one stamps (`docs/configuration.md`, `http.*`, `minutes.*`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// An HTTP proxy; `None` takes the environment's, an empty one none at all.
    pub proxy: Option<String>,
    /// Certificate authorities trusted besides the system's, PEM.
    pub extra_roots_pem: Option<String>,
    /// The service that stamps what is sealed here; `None`: nothing is stamped.
    pub timestamp_url: Option<String>,
    /// A PEM file of the certificates that its timestamps must come from; `None`: they are not compared.
    pub timestamp_root: Option<PathBuf>,
}

impl Network {
    /// As the settings say.
    ///
    /// # Errors
    /// When the file of certificate authorities cannot be read.
    pub fn of(config: &crate::config::Config) -> std::io::Result<Self> {
        Ok(Self {
            proxy: config.http_proxy().map(ToOwned::to_owned),
            extra_roots_pem: config.http_ca_file().map(std::fs::read_to_string).transpose()?,
            timestamp_url: config.timestamp_url().map(ToOwned::to_owned),
            timestamp_root: config.timestamp_root(),
        })
    }
}
