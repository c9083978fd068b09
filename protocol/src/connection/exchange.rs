//! Requests out, responses in, strictly in order.

use bytes::Bytes;

use super::handshake::read_handshake;
use super::{CallFailure, Connection, ConnectionError, InFlight, OUTPUT_SIZE, Queued, State, throttle};
use crate::api::{Outgoing, Request, Response};
use crate::message::{correlation_id, read_by, write_outgoing};
use crate::{ApiKey, Timestamp};

impl Connection {
    pub(super) fn frame(&mut self, now: Timestamp, frame: Bytes) -> Result<(), ConnectionError> {
        let Some(answered) = correlation_id(&frame) else {
            return Ok(());
        };
        match self.state {
            State::Handshake {
                version,
                correlation,
                deadline,
            } => {
                self.check_correlation(ApiKey::ApiVersions, correlation, answered)?;
                let response = match read_handshake(version, frame) {
                    Ok(response) => response,
                    Err(detail) => return self.break_off(ConnectionError::HandshakeMalformed(detail)),
                };
                self.shaken(version, deadline, &response)?;
                self.silence(now, version, &response.into());
                self.send_queued(now);
                Ok(())
            }
            State::Ready(_) => self.response(now, answered, frame),
            State::Unopened | State::Closed(_) => Ok(()),
        }
    }

    /// Kafka answers in the order asked: anything but the oldest call's id means that the stream cannot be trusted any more.
    fn response(&mut self, now: Timestamp, answered: i32, frame: Bytes) -> Result<(), ConnectionError> {
        let Some(place) = self.in_flight.iter().position(|call| call.done_at.is_none()) else {
            return self.break_off(ConnectionError::Unasked(answered));
        };
        if let Some(call) = self.in_flight.get(place) {
            self.check_correlation(call.api, call.correlation, answered)?;
        }
        let Some(call) = self.in_flight.remove(place) else {
            return Ok(());
        };
        match read_by(call.code, call.api, call.version, frame) {
            Ok((_, response)) => {
                self.silence(now, call.version, &response);
                self.completed.push_back((call.token, Ok(response)));
                self.send_queued(now);
                Ok(())
            }
            Err(malformed) => {
                let (api, reason) = (call.api, malformed.to_string());
                let detail = format!("{}: {reason}", self.peer);
                let failure = CallFailure::Malformed { api, detail };
                self.completed.push_back((call.token, Err(failure)));
                self.break_off(ConnectionError::Malformed { api, detail: reason })
            }
        }
    }

    fn check_correlation(
        &mut self,
        api: ApiKey,
        expected: i32,
        answered: i32,
    ) -> Result<(), ConnectionError> {
        if expected == answered {
            return Ok(());
        }
        self.break_off(ConnectionError::WrongCorrelation {
            api,
            expected,
            answered,
        })
    }

    fn silence(&mut self, now: Timestamp, version: i16, response: &Response) {
        self.silent_until = self
            .silent_until
            .max(throttle::silent_until(now, version, response));
    }

    pub(super) fn send_queued(&mut self, now: Timestamp) {
        if self.silent_until <= now {
            self.silent_until = Timestamp::ZERO;
        }
        while self.may_send(now)
            && let Some(call) = self.queue.pop_front()
        {
            let token = call.token;
            if let Err(failure) = self.send(call) {
                self.completed.push_back((token, Err(failure)));
            }
        }
    }

    fn may_send(&self, now: Timestamp) -> bool {
        self.is_ready()
            && self.silent_until <= now
            && self.in_flight.len() < self.config.max_in_flight
            && self.output.len() < OUTPUT_SIZE
    }

    fn send(&mut self, call: Queued) -> Result<(), CallFailure> {
        let Queued {
            token,
            request,
            deadline,
            timeout,
        } = call;
        let State::Ready(versions) = &self.state else {
            return Ok(());
        };
        let api = request.api();
        let unsupported = |peer: &str, reason: String| CallFailure::Unsupported {
            api,
            detail: format!("{peer}: {reason}"),
        };
        let version = versions
            .version_for(&request)
            .map_err(|none| unsupported(&self.peer, none.to_string()))?;
        let correlation = self.take_correlation();
        self.write(version, correlation, &request)
            .map_err(|reason| unsupported(&self.peer, reason))?;
        let unanswered = matches!(&*request, Request::Produce(produce) if produce.acks == 0);
        self.in_flight.push_back(InFlight {
            token,
            code: request.code(),
            api,
            version,
            correlation,
            deadline,
            timeout,
            done_at: unanswered.then_some(self.encoded),
        });
        Ok(())
    }

    pub(super) fn write(&mut self, version: i16, correlation: i32, request: &Outgoing) -> Result<(), String> {
        let before = self.output.len();
        write_outgoing(
            &mut self.output,
            version,
            correlation,
            Some(&self.config.client_id),
            request,
        )
        .map_err(|error| error.to_string())?;
        self.encoded += (self.output.len() - before) as u64;
        Ok(())
    }

    pub(super) fn take_correlation(&mut self) -> i32 {
        let correlation = self.next_correlation;
        self.next_correlation = correlation.checked_add(1).unwrap_or(0);
        correlation
    }
}
