//! `kohort decode`: frames as named fields, from a file or from stdin.

pub(crate) mod apis;
mod hex;
mod stream;

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read as _};
use std::process::ExitCode;

use anyhow::{Context as _, Error, Result, bail, ensure};
use bytes::Bytes;
use kohort::protocol::api::Direction;
use kohort::protocol::dissect::{self, Dissect, DissectError, Form};

use crate::args::Decode;
use crate::output::Output;
use crate::sniff::{Observer, capture};
use stream::{Framing, Piece};

pub(crate) fn run(arguments: &Decode) -> Result<ExitCode> {
    let input = read(arguments)?;
    ensure!(
        !input.is_empty(),
        "there is nothing to decode: the input is empty"
    );
    if arguments.capture {
        return capture(arguments, &input);
    }
    ensure!(
        arguments.show.only.is_empty() && arguments.show.bodies.is_none(),
        "--only and --bodies are for captures: add --capture, or leave them away"
    );
    let decoder = Decoder::new(arguments)?;
    let framing = match (arguments.sized, arguments.bare) {
        (true, _) => Framing::Sized,
        (_, true) => Framing::Bare,
        _ => stream::guess(&input, |frame| decoder.decode(frame, &mut String::new()).is_ok()),
    };
    let mut out = Output::default();
    let (mut frames, mut faults) = (0_usize, 0_usize);
    for piece in stream::pieces(&input, framing) {
        frames += 1;
        let decoded = match piece {
            Piece::Frame(frame) => decoder
                .decode(&frame, &mut out)
                .map_err(|error| error.to_string()),
            Piece::Rest(rest, why) => {
                let _ = decoder.decode(&rest, &mut out);
                Err(why)
            }
        };
        decoder.separate(&mut out);
        if let Err(error) = decoded {
            faults += 1;
            eprintln!("kohort: frame {frames}: {error}");
        }
        if !out.is_open() {
            return Ok(ExitCode::SUCCESS); // whoever read it has seen enough
        }
    }
    out.flush();
    eprintln!("kohort: read as {}", framing.describe(frames));
    Ok(if faults == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Tells a capture as `kohort sniff` would have.
fn capture(arguments: &Decode, input: &Bytes) -> Result<ExitCode> {
    let text = std::str::from_utf8(input).context("this is no capture: it is not even text")?;
    let mut observer = Observer::new(arguments.show.clone().into(), false);
    let mut out = Output::default();
    for entry in capture::read(text).map_err(Error::msg)? {
        observer.replay(entry.map_err(Error::msg)?);
        if out.write_str(&observer.take_lines()).is_err() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    observer.summary();
    let _ = out.write_str(&observer.take_lines());
    out.flush();
    Ok(ExitCode::SUCCESS)
}

fn read(arguments: &Decode) -> Result<Bytes> {
    let bytes = match &arguments.file {
        Some(path) => fs::read(path).with_context(|| format!("cannot read {}", path.display()))?,
        None => {
            let mut bytes = Vec::new();
            io::stdin()
                .lock()
                .read_to_end(&mut bytes)
                .context("cannot read stdin")?;
            bytes
        }
    };
    if !arguments.hex {
        return Ok(bytes.into());
    }
    let text = String::from_utf8(bytes).context("this is no text: leave --hex away for raw bytes")?;
    match hex::parse(&text) {
        Ok(bytes) => Ok(bytes.into()),
        Err(error) => bail!("{error}"),
    }
}

/// Knows what the frames are.
struct Decoder {
    how: Dissect,
    what: What,
}

enum What {
    Request,
    Response(i16, i16),
    Body(i16, i16, Direction),
}

impl Decoder {
    fn new(arguments: &Decode) -> Result<Self> {
        let how = Dissect {
            form: if arguments.show.json {
                Form::Json
            } else {
                Form::Text
            },
            bytes: arguments.bytes,
            records: arguments.records,
            secrets: arguments.show.secrets,
            ..Dissect::default()
        };
        let direction = if arguments.response {
            Direction::Response
        } else {
            Direction::Request
        };
        let what = match (direction, arguments.body, arguments.api, arguments.version) {
            (Direction::Request, false, None, None) => What::Request,
            (Direction::Request, false, _, _) if arguments.request => What::Request,
            (Direction::Request, false, _, _) => bail!(
                "is it a request or a response? Say --request or --response. (A request's header says its API and version itself.)"
            ),
            (Direction::Response, false, Some(api), Some(version)) => What::Response(api, version),
            (Direction::Response, false, ..) => bail!(
                "a response does not say what it answers: give --api and --version of the request, such as --api JoinGroup --version 9"
            ),
            (_, true, Some(api), Some(version)) if arguments.request || arguments.response => {
                What::Body(api, version, direction)
            }
            (_, true, ..) => bail!(
                "a body without its header says nothing of itself: give --api, --version and --request or --response"
            ),
        };
        Ok(Self { how, what })
    }

    fn decode(&self, frame: &Bytes, out: &mut dyn std::fmt::Write) -> Result<(), DissectError> {
        match self.what {
            What::Request => self.how.request(frame, out),
            What::Response(api, version) => self.how.response(api, version, frame, out),
            What::Body(api, version, direction) => match dissect::schema(api, direction) {
                Some(schema) => self.how.body(schema, version, frame, out),
                None => Err(DissectError::UnknownApi(api)),
            },
        }
    }

    /// A line for each object.
    fn separate(&self, out: &mut Output) {
        if self.how.form == Form::Json {
            let _ = out.write_char('\n');
        }
    }
}
