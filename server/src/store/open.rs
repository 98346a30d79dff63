//! Opening a store: connections, pragmas, schema, and the secrets that are drawn once.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use sqlx::{
    Any, AnyConnection, AnyPool, Connection, Executor,
    any::{AnyConnectOptions, AnyPoolOptions},
    pool::{PoolConnection, PoolOptions},
};

use tokio::sync::broadcast;

use super::{
    Move, ReadTx, StoreError, WriteTx,
    catalog::Directory,
    dialect::Engine,
    error::is_transient,
    migrate,
    retry::{LostCommit, Pauses},
};

/// Moves that a listener may be behind before it misses some.
const MOVES_KEPT: usize = 1_024;

const DRAW: &str = "INSERT INTO store_meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
const META: &str = "SELECT value FROM store_meta WHERE key = $1";

/// The central store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    writer: AnyPool,
    readers: AnyPool,
    shared: Arc<Shared>,
}

/// What all clones of a store, and its transactions, have in common.
pub(super) struct Shared {
    epoch: u64,
    author_key: [u8; 32],
    pub(super) engine: Engine,
    /// The address, which may hold a password.
    pub(super) url: String,
    /// The feeds that commits of this process have moved.
    pub(super) moves: broadcast::Sender<Move>,
    /// What was last read of units and forms, with the revision that tells whether it is current.
    pub(super) directory: Mutex<Option<Arc<Directory>>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("epoch", &self.shared.epoch).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store at `url` (`sqlite://PATH?mode=rwc` makes it where there is none; `postgres://…` is a database that is
    /// there), brings its schema up to date, and
    /// draws its epoch and key where it has none.
    ///
    /// # Errors
    /// [`StoreError`]: the database cannot be opened, is of a newer schema, or its engine is too old.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let engine = Engine::of(url)?;
        sqlx::any::install_default_drivers();
        let options = connect_options(engine, url)?;
        connect_once(engine, &options).await?;
        let (writers, readers) = engine.connections();
        let writer = pool(engine, writers, engine.settings_of_writer()).connect_with(options.clone()).await?;
        engine.check(&writer).await?;
        let unready = Arc::new(Shared {
            epoch: 0,
            author_key: [0; 32],
            engine,
            url: url.to_owned(),
            moves: broadcast::channel(MOVES_KEPT).0,
            directory: Mutex::default(),
        });
        loop {
            let mut tx = begin_write(&writer, &unready).await?;
            let stepped = migrate::step(&mut tx).await?;
            tx.commit().await?;
            if !stepped {
                break;
            }
        }
        let shared = Arc::new(draw_facts(&writer, &unready).await?);
        let readers = pool(engine, readers, "").connect_with(options).await?;
        Ok(Self { writer, readers, shared })
    }

    /// Opens the store in the file at `path`, and makes it where there is none.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub async fn open_file(path: &Path) -> Result<Self, StoreError> {
        Self::open(&Self::url_of_file(path)?).await
    }

    /// The address of the store in the file at `path`.
    ///
    /// # Errors
    /// [`StoreError::File`] when the path is no text, or there is no current directory.
    pub fn url_of_file(path: &Path) -> Result<String, StoreError> {
        let failed = |error| StoreError::File { path: path.display().to_string(), error };
        let absolute = std::path::absolute(path).map_err(failed)?;
        let text = absolute.to_str().ok_or_else(|| failed(std::io::ErrorKind::InvalidInput.into()))?;
        let mut url = String::from("sqlite://");
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => url.push(byte.into()),
                other => url.push_str(&format!("%{other:02X}")),
            }
        }
        url.push_str("?mode=rwc");
        Ok(url)
    }

    /// One consistent snapshot, as of the first statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read(&self) -> Result<ReadTx, StoreError> {
        let mut pauses = Pauses::default();
        loop {
            match self.readers.begin_with(self.engine().begin_read()).await {
                Ok(tx) => return Ok(ReadTx::new(tx, &self.shared)),
                // A connection that broke while nobody used it shows only now.
                Err(error) if is_transient(&error) && pauses.next().await => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A connection that reads outside of a transaction.
    pub(super) async fn reader(&self) -> Result<PoolConnection<Any>, StoreError> {
        Ok(self.readers.acquire().await?)
    }

    /// Begins a writing transaction; on SQLite the only one there is, once whoever has it has ended it. Prefer [`Self::write`].
    ///
    /// # Errors
    /// [`StoreError::Busy`] when somebody else keeps on writing for 10 s.
    pub async fn begin_write(&self) -> Result<WriteTx, StoreError> {
        begin_write(&self.writer, &self.shared).await
    }

    /// Runs `work` in one writing transaction: committed durably when it returns `Ok`, rolled back when it returns `Err`
    /// or is dropped. Where several servers share a database it may be run more than once, of which one counts.
    ///
    /// # Errors
    /// What `work` returns, or a [`StoreError`] of the transaction itself; nothing was written then, but for a connection that
    /// was lost in the middle of a commit.
    pub async fn write<T, E: From<StoreError> + std::error::Error + 'static>(
        &self,
        work: impl AsyncFnOnce(&mut WriteTx) -> Result<T, E> + Clone,
    ) -> Result<T, E> {
        self.run_tx(LostCommit::Report, work).await
    }

    /// Transactions of this process that can write at the same time.
    pub(crate) fn writers(&self) -> u32 {
        self.engine().connections().0
    }

    /// Whether other servers may use the same store.
    pub(crate) fn is_shared(&self) -> bool {
        self.engine() == Engine::Postgres
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// The database engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.shared.engine
    }

    /// The number drawn when this store was created or restored: cursors of another epoch mean nothing here.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.shared.epoch
    }

    /// The secret under which authors are proved to devices.
    pub(crate) fn author_key(&self) -> &[u8; 32] {
        &self.shared.author_key
    }

    /// Ends all connections, once those in use are given back.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn connect_options(engine: Engine, url: &str) -> Result<AnyConnectOptions, StoreError> {
    let mut options: AnyConnectOptions = url.parse()?;
    if engine == Engine::Postgres {
        // Statements of many rows come in several sizes each; the default of 100 would have them prepared over and over.
        options.database_url.query_pairs_mut().append_pair("statement-cache-capacity", "1000");
    }
    Ok(options)
}

/// Connects and goes: where that cannot be done it says at once why, when a pool goes on trying for half a minute, and then does
/// not say. Of several that make a new SQLite file's journal a write-ahead log, one does not wait but is told that it is busy.
async fn connect_once(engine: Engine, options: &AnyConnectOptions) -> Result<(), StoreError> {
    let mut pauses = Pauses::default();
    loop {
        let mut conn = AnyConnection::connect_with(options).await?;
        let settled = conn.execute(engine.settings()).await.map_err(StoreError::from);
        match settled {
            Ok(_) => return Ok(conn.close().await?),
            Err(StoreError::Busy) if pauses.next().await => {}
            Err(error) => return Err(error),
        }
    }
}

fn pool(engine: Engine, connections: u32, besides: &'static str) -> AnyPoolOptions {
    PoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_release(move |conn: &mut AnyConnection, _| Box::pin(async move { is_at_rest(engine, conn).await }))
        .after_connect(move |conn: &mut AnyConnection, _| {
            Box::pin(async move {
                conn.execute(engine.settings()).await?;
                if !besides.is_empty() {
                    conn.execute(besides).await?;
                }
                Ok(())
            })
        })
}

/// Whether a connection that is given back can be used again. When a write fails SQLite takes the transaction back by itself; sqlx,
/// whose `ROLLBACK` fails for want of one, believes in it for ever, and would begin none on that connection any more.
async fn is_at_rest(engine: Engine, conn: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    match engine {
        Engine::Sqlite => {
            // A rollback may still be on its way.
            conn.ping().await?;
            Ok(!conn.is_in_transaction())
        }
        Engine::Postgres => Ok(true),
    }
}

async fn begin_write(writer: &AnyPool, shared: &Arc<Shared>) -> Result<WriteTx, StoreError> {
    Ok(WriteTx::new(writer.begin_with(shared.engine.begin_write()).await?, shared))
}

/// Reads epoch and key, drawing what is missing: a new store has neither, a restored backup has no epoch.
async fn draw_facts(writer: &AnyPool, unready: &Arc<Shared>) -> Result<Shared, StoreError> {
    let (mut epoch, mut key) = ([0; 8], [0; 32]);
    getrandom::fill(&mut epoch).map_err(StoreError::NoRandomness)?;
    getrandom::fill(&mut key).map_err(StoreError::NoRandomness)?;
    // Never 0, which stands for "none" on devices; and 63 bits, so that every language's number can be made to hold it.
    let epoch = (u64::from_be_bytes(epoch) >> 1).max(1);
    let mut tx = begin_write(writer, unready).await?;
    let drawn = [("epoch", format!("{epoch:016x}")), ("author_key", hex(&key)), ("catalog_revision", "1".into())];
    let mut found = Vec::with_capacity(drawn.len());
    for (name, value) in drawn {
        sqlx::query(DRAW).bind(name).bind(value).execute(tx.conn()).await?;
        found.push(sqlx::query_scalar::<_, String>(META).bind(name).fetch_one(tx.conn()).await?);
    }
    tx.commit().await?;
    let epoch = u64::from_str_radix(&found[0], 16).map_err(|_| StoreError::damaged("the epoch"))?;
    let author_key = unhex(&found[1]).ok_or_else(|| StoreError::damaged("the author key"))?;
    let Shared { engine, url, moves, .. } = &**unready;
    let (url, moves) = (url.clone(), moves.clone());
    Ok(Shared { epoch, author_key, engine: *engine, url, moves, directory: Mutex::default() })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(bytes)
}
