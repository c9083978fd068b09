//! Where words go: logs to stderr, records to stdout.

use std::fmt;
use std::io::{self, BufWriter, StdoutLock, Write as _};

use tracing::level_filters::LevelFilter;

/// Logs of this level and above go to stderr.
pub(crate) fn log_to_stderr(verbose: u8) {
    let level = match verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(level)
        .with_target(verbose > 1)
        .init();
}

/// Waits until nobody can read stdout any more, as behind `| head -3`. Without it, who has nothing to print would not notice, and
/// keep its partitions. Stdout stays as it is, blocking.
#[cfg(unix)]
pub(crate) async fn stdout_has_no_reader() {
    use std::os::fd::AsFd as _;
    use tokio::io::Interest;
    use tokio::net::unix::pipe;

    let copy = io::stdout().as_fd().try_clone_to_owned();
    let Ok(stdout) = copy.and_then(pipe::Sender::from_owned_fd_unchecked) else {
        return std::future::pending().await; // a file has readers whenever they come
    };
    while let Ok(state) = stdout.ready(Interest::ERROR).await {
        if state.is_error() || state.is_write_closed() {
            return;
        }
    }
    std::future::pending::<()>().await; // it cannot be told
}

/// As on Unix, but noticed only by a failing write.
#[cfg(not(unix))]
pub(crate) async fn stdout_has_no_reader() {
    std::future::pending().await
}

/// Waits for Ctrl-C, or for the SIGTERM by which service managers and containers ask a program to end.
pub(crate) async fn asked_to_end() -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// A runtime for one command.
pub(crate) fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// Stdout, buffered, as text and as bytes. A reader that has gone is an ordinary end (`| head -3`): what follows goes nowhere.
pub(crate) struct Output {
    out: BufWriter<StdoutLock<'static>>,
    open: bool,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            out: BufWriter::with_capacity(64 << 10, io::stdout().lock()),
            open: true,
        }
    }
}

impl Output {
    /// Whether anybody still reads.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// Lets the reader see what was written.
    pub(crate) fn flush(&mut self) {
        self.open &= self.out.flush().is_ok();
    }
}

impl fmt::Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.open &= self.open && self.out.write_all(text.as_bytes()).is_ok();
        if self.open { Ok(()) } else { Err(fmt::Error) }
    }
}
