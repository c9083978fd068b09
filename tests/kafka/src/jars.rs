//! Where Kafka's jars come from: Maven Central, once per checkout, into `target/kafka/`.
//!
//! Brokers and command-line tools have folders of their own, since their versions differ. Several test processes may
//! ask at once: one of them runs Maven under a file lock, and a folder appears whole by one rename or not at all.
//! Nothing here starts a broker.

use crate::supervised::{Plan, Supervised, end_of};
use anyhow::{Context, Result, bail};
use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// `kafka-tools` has no 4.4.0 on Maven Central; these tools serve brokers of every version here.
pub const TOOLS_VERSION: &str = "4.3.1";
const MAVEN_GOAL: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
const MAVEN_LIMIT: Duration = Duration::from_secs(600);

/// A release of Apache Kafka, as Maven Central names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(Cow<'static, str>);

impl Version {
    /// The pinned release: what a test gets that does not ask for another.
    pub const V4_4_0: Self = Self(Cow::Borrowed("4.4.0"));
    /// The oldest release the project tests against.
    pub const V4_0_2: Self = Self(Cow::Borrowed("4.0.2"));

    /// A release that needs ZooKeeper, from before topics had ids. CI does not run it.
    pub const V2_7_2: Self = Self(Cow::Borrowed("2.7.2"));

    /// Any other release, such as `4.3.1`.
    pub fn new(version: impl Into<String>) -> Self {
        Self(Cow::Owned(version.into()))
    }

    /// Whether its brokers keep what they know of one another in ZooKeeper. From 3.0 on they can do without (KIP-500).
    pub(crate) fn needs_zookeeper(&self) -> bool {
        ["0.", "1.", "2."].iter().any(|old| self.0.starts_with(old))
    }

    /// `KOHORT_KAFKA_VERSION`, or the pinned release if that is not set.
    pub fn from_env() -> Self {
        std::env::var("KOHORT_KAFKA_VERSION").map_or(Self::V4_4_0, Self::new)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The folder with the jars of a broker of this version, resolved now if need be.
///
/// # Errors
/// Java or Maven is missing, or Maven cannot resolve the version: the message says which and what to do.
pub fn broker_jars(version: &Version) -> Result<PathBuf> {
    let text = version.to_string();
    if text.is_empty()
        || !text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
    {
        bail!("{text:?} is no version of Kafka; one looks like 4.4.0");
    }
    resolve("kafka_2.13", &text, &home().join(&text))
}

/// The folder with the jars of Kafka's command-line tools, resolved now if need be.
///
/// # Errors
/// As [`broker_jars`].
pub fn tool_jars() -> Result<PathBuf> {
    resolve(
        "kafka-tools",
        TOOLS_VERSION,
        &home().join(format!("tools-{TOOLS_VERSION}")),
    )
}

/// The `kafka-clients` jar of this version; its `common/message/*.json` are Kafka's own definitions of every message.
///
/// # Errors
/// As [`broker_jars`].
pub fn kafka_clients_jar(version: &Version) -> Result<PathBuf> {
    Ok(broker_jars(version)?.join(format!("kafka-clients-{version}.jar")))
}

/// `target/kafka`, which holds everything that the launcher writes.
pub(crate) fn home() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let workspace = workspace.canonicalize().unwrap_or(workspace);
    workspace
        .join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
        .join("kafka")
}

/// The `java` to use, checked once per process to be new enough for Kafka 4.
pub(crate) fn java() -> Result<&'static Path> {
    static JAVA: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    JAVA.get_or_init(find_java)
        .as_deref()
        .map_err(|message| anyhow::anyhow!(message.clone()))
}

fn find_java() -> Result<PathBuf, String> {
    let java = std::env::var_os("JAVA_HOME")
        .map(|home| Path::new(&home).join("bin/java"))
        .filter(|java| java.exists())
        .unwrap_or_else(|| "java".into());
    let advice = "Install a JDK of version 17 or newer (Debian: apt install openjdk-17-jre-headless), \
                  or set JAVA_HOME to one: this test runs a real Apache Kafka";
    let output = Command::new(&java)
        .arg("-version")
        .output()
        .map_err(|error| format!("cannot run {}: {error}. {advice}", java.display()))?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let major = text
        .split('"')
        .nth(1)
        .and_then(|v| v.split(['.', '-', '+']).next()?.parse::<u32>().ok());
    match major {
        Some(major) if major >= 17 => Ok(java),
        _ => Err(format!(
            "{} is too old for Kafka 4:\n{text}{advice}",
            java.display()
        )),
    }
}

fn resolve(artifact: &str, version: &str, into: &Path) -> Result<PathBuf> {
    let libs = into.join("libs");
    if libs.is_dir() {
        return Ok(libs);
    }
    fs::create_dir_all(into).with_context(|| format!("cannot create {}", into.display()))?;
    let lock = File::create(into.join("lock"))?;
    lock.lock()?;
    // Another process may have done it while we waited for the lock.
    if !libs.is_dir() {
        let fresh = copy_dependencies(artifact, version, into)?;
        fs::rename(fresh, &libs)?;
    }
    Ok(libs)
}

fn copy_dependencies(artifact: &str, version: &str, into: &Path) -> Result<PathBuf> {
    let (pom, log, fresh) = (
        into.join("pom.xml"),
        into.join("maven.log"),
        into.join("libs.partial"),
    );
    fs::write(&pom, pom_text(artifact, version))?;
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    // Twice, because Maven's local repository is not made for two processes that fill it at once.
    if run_maven(&pom, &log, &fresh)? != 0 && run_maven(&pom, &log, &fresh)? != 0 {
        bail!(
            "Maven cannot resolve org.apache.kafka:{artifact}:{version}. Its log ends:\n{}",
            end_of(&log, 15)
        );
    }
    let jar = fresh.join(format!("{artifact}-{version}.jar"));
    if !jar.exists() {
        bail!(
            "Maven ended well, but {} is missing; its log is {}",
            jar.display(),
            log.display()
        );
    }
    Ok(fresh)
}

fn run_maven(pom: &Path, log: &Path, into: &Path) -> Result<i32> {
    Command::new("mvn").arg("--version").output().context(
        "cannot run mvn. Install Apache Maven (Debian: apt install maven): this test runs a real Apache Kafka, \
         whose jars come from Maven Central",
    )?;
    let mut output = OsString::from("-DoutputDirectory=");
    output.push(into);
    let maven = Supervised::start(Plan {
        command: vec![
            "mvn".into(),
            "-B".into(),
            "-f".into(),
            pom.into(),
            MAVEN_GOAL.into(),
            output,
        ],
        folder: pom.parent().context("a pom lies in a folder")?.to_owned(),
        input: None,
        errors: log.to_owned(),
        merge: true,
        doomed: None,
    })?;
    let done = maven.rest(Instant::now() + MAVEN_LIMIT);
    done.with_context(|| format!("mvn; its log is {}", log.display()))?;
    maven.finish()
}

/// Kafka's jars bring slf4j's interface alone; without a binding no log line would appear.
fn pom_text(artifact: &str, version: &str) -> String {
    let dependency = |group: &str, artifact: &str, version: &str| {
        format!(
            "    <dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>\
             <version>{version}</version></dependency>\n"
        )
    };
    format!(
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n  <modelVersion>4.0.0</modelVersion>\n  \
         <groupId>kohort</groupId><artifactId>testkafka</artifactId><version>1</version>\n  \
         <dependencies>\n{}{}  </dependencies>\n</project>\n",
        dependency("org.apache.kafka", artifact, version),
        dependency("org.slf4j", "slf4j-simple", "1.7.36"),
    )
}
