//! A child process that cannot outlive us, whatever happens to us.
//!
//! Between us and each JVM stands a `sh` that reads its orders from a pipe we hold. When the pipe closes, because the
//! value was dropped or because this process ended in any way (return, panic, Ctrl-C, kill -9), the shell kills the
//! JVM with SIGKILL, which also ends a stopped one, and removes the folder it was told to remove.
//! `PR_SET_PDEATHSIG` would not do: it fires when the *thread* that started the child ends, and each test is a thread.
//!
//! The shell alone signals the JVM. Shells reap their children when they like (dash at once), after which the pid may
//! be somebody else's: so we tell the shell as soon as the JVM's output ends, and it signals no more.
//! This file knows nothing of Kafka.

use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Arguments: stdin file, stderr file, folder to remove at the end, whether stdout joins stderr, then the command.
///
/// Hang-up is ignored because the kernel sends it when our end leaves a process group with a stopped process in it.
/// With stdout in the log the JVM still holds the pipe as descriptor 3, so that its end is seen in both cases.
const SHELL: &str = r#"
input=$1 errors=$2 doomed=$3 merge=$4
shift 4
trap '' HUP
if [ -n "$merge" ]; then
    "$@" <"$input" 3>&1 >>"$errors" 2>&1 &
else
    "$@" <"$input" 2>>"$errors" &
fi
child=$! job=$!
trap '[ -z "$child" ] || kill -s KILL "$child"' INT TERM
exec >&-
echo "$child" >&2
while read -r order; do
    case $order in
        ended) child= ; continue ;;
        spare) doomed= ;;
        *) [ -n "$child" ] && kill -s "$order" "$child" 2>/dev/null ;;
    esac && echo done >&2 || echo refused >&2
done
# Nobody may read our answers any more, and a shell that reports "Killed" into a closed pipe dies of it.
exec 2>/dev/null
[ -z "$child" ] || kill -s KILL "$child"
wait "$job"
status=$?
[ -z "$doomed" ] || rm -rf "$doomed"
exit "$status"
"#;

/// What to run, and where its streams go.
pub(crate) struct Plan {
    /// Program and arguments.
    pub(crate) command: Vec<OsString>,
    /// Working folder.
    pub(crate) folder: PathBuf,
    /// Read as stdin; `None`: nothing to read.
    pub(crate) input: Option<PathBuf>,
    /// Gets stderr, appended.
    pub(crate) errors: PathBuf,
    /// Put stdout there too, instead of handing it out as lines.
    pub(crate) merge: bool,
    /// Removed after the end of the process, also when we were killed.
    pub(crate) doomed: Option<PathBuf>,
}

/// Our end of the pipe, shared with the thread that sees the end of the process; `None`: closed.
type Orders = Arc<Mutex<Option<ChildStdin>>>;

/// A running or ended child; dropping it kills the process and waits for its end.
pub(crate) struct Supervised {
    shell: Child,
    orders: Orders,
    answers: BufReader<ChildStderr>,
    lines: Receiver<String>,
    pid: u32,
}

impl Supervised {
    pub(crate) fn start(plan: Plan) -> Result<Self> {
        let mut shell = shell(plan).spawn().context("cannot start sh")?;
        let (Some(orders), Some(answers), Some(output)) =
            (shell.stdin.take(), shell.stderr.take(), shell.stdout.take())
        else {
            bail!("sh was started without pipes");
        };
        let orders = Arc::new(Mutex::new(Some(orders)));
        let lines = lines_of(output, Arc::clone(&orders));
        let mut child = Self {
            shell,
            orders,
            answers: BufReader::new(answers),
            lines,
            pid: 0,
        };
        let answer = child.answer()?;
        child.pid = answer
            .parse()
            .with_context(|| format!("sh could not start the process: {answer}"))?;
        Ok(child)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Sends a signal by its name without `SIG`; it is sent when this returns.
    pub(crate) fn signal(&mut self, name: &str) -> Result<()> {
        self.order(name)
            .with_context(|| format!("cannot send SIG{name} to process {}", self.pid))
    }

    /// Keeps the folder that was to be removed at the end.
    pub(crate) fn spare_folder(&mut self) -> Result<()> {
        self.order("spare")
    }

    /// The next line of stdout; `None` once stdout is closed, which is when the process has ended.
    pub(crate) fn next_line(&self, deadline: Instant) -> Result<Option<String>> {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.lines.recv_timeout(left) {
            Ok(line) => Ok(Some(line)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => bail!("no further line and no end of process {}", self.pid),
        }
    }

    /// The lines of stdout that lie ready.
    pub(crate) fn ready_lines(&self) -> Vec<String> {
        self.lines.try_iter().collect()
    }

    /// All further lines of stdout up to the end of the process.
    pub(crate) fn rest(&self, deadline: Instant) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        while let Some(line) = self.next_line(deadline)? {
            lines.push(line);
        }
        Ok(lines)
    }

    /// Whether the process is over. Unread lines are lost.
    pub(crate) fn has_ended(&self) -> bool {
        self.rest(Instant::now()).is_ok()
    }

    /// Kills the process unless it has ended, and returns its exit code (128 + n: ended by signal n).
    pub(crate) fn finish(mut self) -> Result<i32> {
        close(&self.orders);
        Ok(self.shell.wait()?.code().unwrap_or(-1))
    }

    fn order(&mut self, order: &str) -> Result<()> {
        tell(&self.orders, order)?;
        match self.answer()?.as_str() {
            "done" => Ok(()),
            answer => bail!("the shell answered {answer:?} to {order:?}"),
        }
    }

    fn answer(&mut self) -> Result<String> {
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(answer.trim().to_owned())
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        close(&self.orders);
        // Nothing can be done about a failure here, and the shell has its order.
        let _ = self.shell.wait();
    }
}

fn shell(plan: Plan) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", SHELL, "sh"]);
    shell.arg(plan.input.unwrap_or_else(|| PathBuf::from("/dev/null")));
    shell.arg(plan.errors);
    shell.arg(plan.doomed.unwrap_or_default());
    shell.arg(if plan.merge { "merge" } else { "" });
    shell.args(plan.command).current_dir(plan.folder);
    shell
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // A group of its own: Ctrl-C in a terminal reaches us alone, and we decide what becomes of the children.
    shell.process_group(0);
    shell
}

fn tell(orders: &Orders, order: &str) -> Result<()> {
    let mut orders = orders.lock().unwrap_or_else(PoisonError::into_inner);
    writeln!(
        orders.as_mut().context("the shell has no pipe any more")?,
        "{order}"
    )?;
    Ok(())
}

fn close(orders: &Orders) {
    orders.lock().unwrap_or_else(PoisonError::into_inner).take();
}

/// Reads on a thread, so that the process never blocks on a full pipe and we can wait with a limit.
fn lines_of(output: ChildStdout, orders: Orders) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            // The receiver is gone when nobody wants the lines; read on, or the process would block.
            let _ = sender.send(String::from_utf8_lossy(&line).into_owned());
        }
        // Fails when the pipe is closed already, and then the shell has no use for it.
        let _ = tell(&orders, "ended");
    });
    lines
}

/// The last `lines` lines of a log, for error messages; what cannot be read is said instead. Kafka's long lists of
/// settings (a tab, a name, an equals sign) are left out.
pub(crate) fn end_of(log: &std::path::Path, lines: usize) -> String {
    let mut bytes = Vec::new();
    if let Err(error) = std::fs::File::open(log).and_then(|mut file| file.read_to_end(&mut bytes)) {
        return format!("({}: {error})", log.display());
    }
    let text = String::from_utf8_lossy(&bytes);
    let setting = |line: &&str| line.starts_with('\t') && line.contains(" = ");
    let all: Vec<&str> = text.lines().filter(|line| !setting(line)).collect();
    all.iter()
        .skip(all.len().saturating_sub(lines))
        .map(|line| format!("  {line}\n"))
        .collect()
}

/// Calls `attempt` every 20 ms until it succeeds; after `limit` its last error is the cause of ours.
pub(crate) fn until<T>(limit: Duration, what: &str, mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        match attempt() {
            Ok(value) => return Ok(value),
            Err(error) if Instant::now() >= deadline => {
                return Err(error.context(format!("not within {limit:?}: {what}")));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(script: &str, doomed: Option<PathBuf>) -> Plan {
        Plan {
            command: ["sh", "-c", script].map(OsString::from).to_vec(),
            folder: std::env::temp_dir(),
            input: None,
            errors: "/dev/null".into(),
            merge: false,
            doomed,
        }
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    #[test]
    fn lines_and_exit_code_are_handed_out() {
        let child = Supervised::start(plan("echo one; echo two; exit 7", None)).unwrap();
        assert_eq!(child.rest(soon()).unwrap(), ["one", "two"]);
        assert_eq!(child.finish().unwrap(), 7);
    }

    #[test]
    fn a_stopped_process_is_killed_on_drop_and_its_folder_removed() {
        let folder = std::env::temp_dir().join(format!("kohort-supervised-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut child = Supervised::start(plan("exec sleep 1000", Some(folder.clone()))).unwrap();
        child.signal("STOP").unwrap();
        let pid = child.pid();
        drop(child);
        assert!(!folder.exists());
        assert!(
            !Command::new("kill")
                .args(["-0", &pid.to_string()])
                .status()
                .unwrap()
                .success()
        );
    }

    #[test]
    fn a_spared_folder_stays() {
        let folder = std::env::temp_dir().join(format!("kohort-spared-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut child = Supervised::start(plan("exec sleep 1000", Some(folder.clone()))).unwrap();
        child.spare_folder().unwrap();
        child.signal("KILL").unwrap();
        child.rest(soon()).unwrap();
        assert!(child.has_ended());
        assert_eq!(child.finish().unwrap(), 128 + 9);
        std::fs::remove_dir(&folder).unwrap();
    }

    #[test]
    fn a_signal_to_an_ended_process_is_refused() {
        let mut child = Supervised::start(plan("exit 0", None)).unwrap();
        child.rest(soon()).unwrap();
        assert!(child.signal("KILL").is_err());
        assert_eq!(child.finish().unwrap(), 0);
    }

    #[test]
    fn an_unknown_signal_is_an_error_and_not_a_hang() {
        let mut child = Supervised::start(plan("exec sleep 1000", None)).unwrap();
        assert!(child.signal("NONSENSE").is_err());
        assert!(!child.has_ended());
    }
}
