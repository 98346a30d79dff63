//! Lock files: the system gives them back when a process dies, however it dies.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use tokio::{sync::OwnedMutexGuard, task::spawn_blocking};

use super::{StoreError, open::io_failed};

/// A locked file, unlocked when dropped.
#[derive(Debug)]
pub struct FileLock {
    file: File,
}

impl Drop for FileLock {
    /// Closing the file is not enough: a process that was just begun by another thread has it open, too, until it has become what
    /// it is to be.
    fn drop(&mut self) {
        // What cannot be unlocked is closed all the same.
        let _ = self.file.unlock();
    }
}

impl FileLock {
    /// Locks the file, as soon as nobody else has it locked.
    pub(super) async fn wait(path: PathBuf) -> Result<Self, StoreError> {
        let locked = run(path, |path| {
            let file = lock_file(path)?;
            file.lock()?;
            Ok(Self { file })
        });
        locked.await
    }

    /// Locks the file, or tells that somebody else has.
    pub(super) async fn attempt(path: PathBuf) -> Result<Option<Self>, StoreError> {
        let locked = run(path, |path| {
            let file = lock_file(path)?;
            match file.try_lock() {
                Ok(()) => Ok(Some(Self { file })),
                Err(TryLockError::WouldBlock) => Ok(None),
                Err(TryLockError::Error(error)) => Err(error),
            }
        });
        locked.await
    }
}

fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).open(path)
}

async fn run<R: Send + 'static>(
    path: PathBuf,
    lock: impl FnOnce(&Path) -> io::Result<R> + Send + 'static,
) -> Result<R, StoreError> {
    let done = spawn_blocking(move || lock(&path).map_err(|e| io_failed(path.parent().unwrap_or(&path), &e))).await;
    done.map_err(|e| StoreError::Failed(e.to_string()))?
}

/// The right to read in order to write, against other tasks and other processes.
#[derive(Debug)]
pub struct Turn {
    // Dropped in this order: the file first, so that whichever task is next finds it free.
    _file: FileLock,
    _task: OwnedMutexGuard<()>,
}

impl Turn {
    pub(super) fn new(task: OwnedMutexGuard<()>, file: FileLock) -> Self {
        Self { _file: file, _task: task }
    }
}
