//! Frames shown to people, and addresses put in: whatever the bytes are, there is an end, little memory, and no
//! more output than allowed.

use bytes::Bytes;
use core::fmt;
use kohort_protocol::dissect::{Dissect, Form};
use kohort_protocol::endpoints::{Endpoint, rewrite};
use kohort_protocol::layout;

use crate::limits::Limit;

/// A decompressed batch with what its codec needs; besides an error with its path.
const SHOWN: Limit = Limit::of(16 << 20, 8);
/// The body with another address in each 8 bytes of it.
const REWRITTEN: Limit = Limit::of(64 << 10, 16);
const OUTPUT: usize = 1 << 20;

/// What is it (a request, a response), of which API, in which version; then the frame.
pub(crate) fn fuzz(bytes: &[u8]) {
    let [kind, api_key, version, frame @ ..] = bytes else {
        return;
    };
    let (api_key, version) = (i16::from(*api_key), i16::from(*version));
    let frame = Bytes::copy_from_slice(frame);
    for form in [Form::Text, Form::Json] {
        let how = Dissect {
            form,
            decompressed: 64 << 10,
            output: OUTPUT,
            ..Dissect::default()
        };
        let mut out = Counted::default();
        SHOWN.judge(frame.len(), || match kind % 2 {
            0 => how.request(&frame, &mut out).ok(),
            _ => how.response(api_key, version, &frame, &mut out).ok(),
        });
        assert!(
            out.written < OUTPUT + 64 * (frame.len() + 1000),
            "{} bytes of output",
            out.written
        );
    }
    let Some(schema) = layout::response(api_key) else {
        return;
    };
    let other = || Endpoint {
        host: "127.0.0.1".to_owned(),
        port: 19092,
    };
    let (rewritten, _) = REWRITTEN.judge(frame.len(), || {
        rewrite(schema, version, &frame, &mut |_, _| Some(other())).ok()?
    });
    if let Some(body) = rewritten {
        layout::walk(schema, version, &body, &mut Look).expect("what was put in fits");
    }
}

#[derive(Default)]
struct Counted {
    written: usize,
}

impl fmt::Write for Counted {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.written += text.len();
        Ok(())
    }
}

struct Look;

impl layout::Visit for Look {}
