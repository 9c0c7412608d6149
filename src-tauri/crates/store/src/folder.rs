//! The data folder: one board, one device.
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::ids::{Digest, EntryId, LogId};

use crate::error::{Result, StoreError};

/// Where everything of a board stands on this device.
#[derive(Debug, Clone)]
pub struct Folder {
    root: Arc<Path>,
}

/// The folder is ours until this is dropped, or the process ends however it ends: the lock is the
/// operating system's, not a file with a number in it.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl Folder {
    /// The folder at `root`, which need not exist yet.
    #[must_use]
    pub fn new(root: impl AsRef<Path>) -> Self {
        Self { root: Arc::from(root.as_ref()) }
    }
    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }
    /// `cabinet.db`.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.root.join("cabinet.db")
    }
    /// Whether a board is there.
    #[must_use]
    pub fn holds_board(&self) -> bool {
        self.database().is_file()
    }
    /// `entries/`: plain copies of every entry, readable without SQLite.
    #[must_use]
    pub fn entries(&self) -> PathBuf {
        self.root.join("entries")
    }
    /// `entries/<key>-<epoch>/`.
    #[must_use]
    pub fn log(&self, log: LogId) -> PathBuf {
        self.entries().join(format!("{}-{}", log.key, log.epoch))
    }
    /// `entries/<key>-<epoch>/<seq>.dsse`.
    #[must_use]
    pub fn entry(&self, log: LogId, seq: u32) -> PathBuf {
        self.log(log).join(format!("{seq}.dsse"))
    }
    /// `entries/<key>-<epoch>/<seq>-<id>.dsse` for an entry at a position that another holds; else as
    /// [`Folder::entry`]. The id is its first sixteen digits.
    #[must_use]
    pub fn entry_or_rival(&self, log: LogId, seq: u32, rival: Option<EntryId>) -> PathBuf {
        match rival {
            Some(id) => self.log(log).join(format!("{seq}-{}.dsse", &id.to_string()[..16])),
            None => self.entry(log, seq),
        }
    }
    /// `blobs/`.
    #[must_use]
    pub fn blobs(&self) -> PathBuf {
        self.root.join("blobs")
    }
    /// `blobs/<aa>/<digest>`.
    #[must_use]
    pub fn blob(&self, digest: Digest) -> PathBuf {
        let name = digest.to_string();
        self.blobs().join(&name[..2]).join(name)
    }
    /// `minutes/`: sealed PDF files.
    #[must_use]
    pub fn minutes(&self) -> PathBuf {
        self.root.join("minutes")
    }
    /// `vault/`: the passphrase-file vault, where one is used.
    #[must_use]
    pub fn vault(&self) -> PathBuf {
        self.root.join("vault")
    }
    /// `backups/`: copies of the database made before upgrades.
    #[must_use]
    pub fn backups(&self) -> PathBuf {
        self.root.join("backups")
    }
    /// `config.toml`.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.root.join("config.toml")
    }

    /// Makes the folder and its parts, readable by this user alone.
    ///
    /// # Errors
    /// [`StoreError::Io`] naming the part.
    pub fn create(&self) -> Result<()> {
        let new = !self.root.is_dir();
        make_dir(&self.root)?;
        for part in [self.entries(), self.blobs(), self.minutes(), self.vault(), self.backups()] {
            make_dir(&part)?;
        }
        sync_dir(&self.root)?;
        if !new {
            return Ok(());
        }
        // Its own name as well: a board that was acknowledged must not go with the folder it is in. A folder above that
        // this user may not read cannot be synced.
        match sync_dir(self.root.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))) {
            Err(StoreError::Io { source, .. }) if source.kind() == std::io::ErrorKind::PermissionDenied => Ok(()),
            synced => synced,
        }
    }

    /// Bytes this user may still write on the disk of the folder: hosts refuse to begin signing under 50 MB.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn free_space(&self) -> Result<u64> {
        fs4::available_space(self.path()).map_err(StoreError::io(self.path()))
    }

    /// Waits until nobody else is opening this folder. Switching a new database to WAL and upgrading it are
    /// not for two programs at once: SQLite's own waiting does not cover the switch.
    pub(crate) fn wait_to_open(&self) -> Result<File> {
        let path = self.root.join("opening");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(StoreError::io(&path))?;
        file.lock().map_err(StoreError::io(&path))?;
        Ok(file)
    }

    /// Takes the folder for a window, or for a `cab` that runs alone. A `cab` beside a running window
    /// is a guest and writes without it: `BEGIN IMMEDIATE` keeps the log whole.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if another process has it; [`StoreError::Io`].
    pub fn lock_exclusive(&self) -> Result<FolderLock> {
        make_dir(&self.root)?;
        let path = self.root.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(StoreError::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(FolderLock { _file: file }),
            Err(fs::TryLockError::WouldBlock) => Err(StoreError::Locked { path: self.root.to_path_buf() }),
            Err(fs::TryLockError::Error(error)) => Err(StoreError::io(&path)(error)),
        }
    }
}

/// Makes a folder and its parents; on Unix for this user alone.
pub(crate) fn make_dir(path: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(StoreError::io(path))
}

/// Makes the names in a folder durable. Windows has no such call; NTFS journals names itself.
pub(crate) fn sync_dir(path: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(path).and_then(|d| d.sync_all()).map_err(StoreError::io(path))?;
    }
    Ok(())
}

/// Writes a file so that it is either whole or absent, and durable once its folder is synced
/// ([`sync_dir`]). `unique` keeps two writers of the same file apart.
pub(crate) fn write_whole(path: &Path, unique: &str, bytes: &[u8]) -> Result<()> {
    let partial = path.with_extension(format!("{unique}.partial"));
    let written = (|| {
        let mut file = File::create(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)
    })();
    written.map_err(|error| {
        // Best effort: a partial file is never read, but need not stay.
        let _ = fs::remove_file(&partial);
        StoreError::io(path)(error)
    })
}

/// A name no other writer of this moment uses.
pub(crate) fn unique() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Runs file work off the async threads.
pub(crate) async fn off_thread<T, F>(work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(StoreError::Unstorable { what: "file work".to_owned(), why: error.to_string() }),
    }
}
