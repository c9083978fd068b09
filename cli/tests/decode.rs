//! `kohort decode`, as it is called from a shell.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// JoinGroup v9 of a consumer, with its header, as Kafka 4.4.0 got it.
const REQUEST: &str = "000b000900000001000d6b6f686f72742d636865636b7300096c6966652d392d3100004e2000003a98010666697273740963\
                       6f6e73756d6572020672616e67650b00000000000000000000000000";
/// Heartbeat v0: correlation id 2, UNKNOWN_MEMBER_ID. Its first four bytes could be a size.
const RESPONSE: &str = "000000020019";

fn decode(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kohort"))
        .arg("decode")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // It may end without reading.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16).expect("a digit")).expect("four bits");
    let (pairs, _) = hex.as_bytes().as_chunks::<2>();
    pairs
        .iter()
        .map(|[high, low]| digit(*high) << 4 | digit(*low))
        .collect()
}

fn sized(frame: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(frame.len())
        .expect("a short one")
        .to_be_bytes()
        .to_vec();
    bytes.extend_from_slice(frame);
    bytes
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("text")
}

fn said(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("text")
}

#[test]
fn a_request_says_itself_what_it_is() {
    for (arguments, input) in [
        (&[][..], bytes(REQUEST)),
        (&["--hex"], REQUEST.as_bytes().to_vec()),
        (&["--sized"], sized(&bytes(REQUEST))),
        (&["--bare", "--request"], bytes(REQUEST)),
    ] {
        let output = decode(arguments, &input);
        assert!(output.status.success(), "{output:?}");
        assert!(
            out(&output).starts_with("JoinGroupRequest v9 (API key 11), 78 bytes\n"),
            "{output:?}"
        );
        assert!(out(&output).contains("        metadata: 10 bytes, ConsumerProtocolSubscription v0\n"));
    }
}

#[test]
fn a_response_must_be_told_and_is_not_taken_for_a_size() {
    let told = ["--response", "--api", "heartbeat", "--version", "0", "--json"];
    for input in [bytes(RESPONSE), sized(&bytes(RESPONSE))] {
        let output = decode(&told, &input);
        assert!(output.status.success(), "{output:?}");
        let value: Value = serde_json::from_str(out(&output)).expect("JSON");
        assert_eq!(value["body"]["errorCodeName"], "UNKNOWN_MEMBER_ID");
    }
    let untold = decode(&["--response"], &bytes(RESPONSE));
    assert!(
        !untold.status.success() && said(&untold).contains("give --api and --version"),
        "{untold:?}"
    );
    let half_told = decode(&["--api", "11"], &bytes(RESPONSE));
    assert!(
        said(&half_told).contains("Say --request or --response"),
        "{half_told:?}"
    );
}

#[test]
fn a_body_alone() {
    let output = decode(
        &["--response", "--body", "--api", "12", "--version", "0"],
        &[0, 25],
    );
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        out(&output),
        "HeartbeatResponse v0 (API key 12), 2 bytes\n  body:\n    errorCode: 25 UNKNOWN_MEMBER_ID\n"
    );
}

#[test]
fn frames_behind_one_another_are_all_shown_and_a_bad_one_hides_none() {
    let good = bytes(REQUEST);
    let mut stream = sized(&good);
    stream.extend(sized(&good[..40]));
    stream.extend(sized(&good));
    stream.extend(&sized(&good)[..30]);
    let output = decode(&["--json"], &stream);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let lines: Vec<Value> = out(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let errors: Vec<bool> = lines.iter().map(|line| line["error"].is_string()).collect();
    assert_eq!(errors, [false, true, false, true]);
    assert!(
        said(&output).contains("frame 2: JoinGroupRequest.v9"),
        "{output:?}"
    );
    assert!(said(&output).contains("frame 4: it is cut off"), "{output:?}");
}

#[test]
fn an_unknown_api_is_told_with_those_near_it() {
    let output = decode(&["--api", "JoinGruop"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("there is JoinGroup"), "{output:?}");
}

#[test]
fn nothing_is_an_error() {
    let output = decode(&[], b"");
    assert!(
        !output.status.success() && said(&output).contains("the input is empty"),
        "{output:?}"
    );
    let output = decode(&["--hex"], b"hello");
    assert!(
        !output.status.success() && said(&output).contains("line 1 is not hexadecimal"),
        "{output:?}"
    );
}
