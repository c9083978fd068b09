//! A tool that was started: its lines, its end, and what it has said.

use crate::supervised::{Plan, Supervised};
use anyhow::{Context, Result, ensure};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A tool that runs; dropping it kills it.
pub struct Tool {
    name: String,
    process: Supervised,
    errors: PathBuf,
}

/// What a tool has said.
#[derive(Clone, Debug)]
pub struct ToolOutput {
    /// Exit code; 128 + n: ended by signal n.
    pub code: i32,
    /// Lines of standard output.
    pub stdout: Vec<String>,
    /// Standard error, warnings of its log included.
    pub stderr: String,
}

impl ToolOutput {
    /// This output, if the tool ended with exit code 0.
    ///
    /// # Errors
    /// It did not; the message has all that it said.
    pub fn success(self) -> Result<Self> {
        let said = || format!("{}\n{}", self.stdout.join("\n"), self.stderr);
        ensure!(
            self.code == 0,
            "the tool ended with exit code {}:\n{}",
            self.code,
            said()
        );
        Ok(self)
    }
}

impl Tool {
    /// Starts it on this input, in a folder of its own below `parent` that goes when it ends; its errors stay in a log beside.
    /// The command is made for that folder.
    pub(crate) fn start(
        parent: &Path,
        name: &str,
        text: &str,
        command: impl FnOnce(&Path) -> Result<Vec<OsString>>,
    ) -> Result<Self> {
        let folder = parent.join(format!("{name}-{:08x}", crate::random() >> 32));
        fs::create_dir_all(&folder)?;
        let input = folder.join("input");
        fs::write(&input, text)?;
        let errors = folder.with_extension("log");
        let plan = Plan {
            command: command(&folder)?,
            folder: folder.clone(),
            input: Some(input),
            errors: errors.clone(),
            merge: false,
            doomed: Some(folder),
        };
        Ok(Self {
            name: name.to_owned(),
            process: Supervised::start(plan)?,
            errors,
        })
    }

    /// The next line of standard output; `None` when the tool has ended.
    ///
    /// # Errors
    /// Neither happened within `limit`.
    pub fn next_line(&self, limit: Duration) -> Result<Option<String>> {
        let line = self.process.next_line(Instant::now() + limit);
        line.with_context(|| format!("{}; its errors so far:\n{}", self.name, self.stderr()))
    }

    /// The lines of standard output that came since the last look; does not wait.
    pub fn new_lines(&self) -> Vec<String> {
        self.process.ready_lines()
    }

    /// Waits for the end of the tool.
    ///
    /// # Errors
    /// It does not end within `limit`.
    pub fn wait(self, limit: Duration) -> Result<ToolOutput> {
        let stdout = self.process.rest(Instant::now() + limit);
        let stderr = self.stderr();
        let stdout = stdout.with_context(|| format!("{}; its errors so far:\n{stderr}", self.name))?;
        Ok(ToolOutput {
            code: self.process.finish()?,
            stdout,
            stderr,
        })
    }

    /// SIGTERM: consumers and producers of Kafka close in order, then end.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn terminate(&mut self) -> Result<()> {
        self.process.signal("TERM")
    }

    /// SIGKILL.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn kill(&mut self) -> Result<()> {
        self.process.signal("KILL")
    }

    /// Standard error so far.
    pub fn stderr(&self) -> String {
        fs::read_to_string(&self.errors).unwrap_or_default()
    }
}
