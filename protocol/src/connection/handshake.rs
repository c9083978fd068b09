//! The first words: which versions the broker speaks. SASL will be further steps between this and ready.

use bytes::Bytes;

use super::{Connection, ConnectionError, State};
use crate::api::Versions;
use crate::api::api_versions::{ApiVersionsRequest, ApiVersionsResponse};
use crate::message::read_reply;
use crate::{ApiKey, ErrorCode, Timestamp};

impl Connection {
    pub(super) fn shake_hands(&mut self, version: i16, deadline: Timestamp) {
        let request = ApiVersionsRequest {
            client_software_name: self.config.software_name.clone(),
            client_software_version: self.config.software_version.clone(),
            ..ApiVersionsRequest::default()
        };
        let correlation = self.take_correlation();
        self.state = State::Handshake {
            version,
            correlation,
            deadline,
        };
        // It can always be written: the version is one of ours. Should it ever not be, the handshake times out.
        let _ = self.write(version, correlation, &request.into());
    }

    /// KIP-511: a broker that does not know the version answers UNSUPPORTED_VERSION in a v0 body, with the versions it does know
    /// (brokers before 2.4 name none and want v0).
    pub(super) fn shaken(
        &mut self,
        version: i16,
        deadline: Timestamp,
        answer: &ApiVersionsResponse,
    ) -> Result<(), ConnectionError> {
        if answer.error_code == ErrorCode::UNSUPPORTED_VERSION && version > 0 {
            let known = Versions::new(&answer.api_keys).of_broker(ApiKey::ApiVersions);
            let retry = known.map_or(0, |range| range.max.clamp(0, version - 1));
            self.shake_hands(retry, deadline);
            return Ok(());
        }
        if !answer.error_code.is_ok() {
            return self.break_off(ConnectionError::HandshakeRefused(answer.error_code));
        }
        self.state = State::Ready(Versions::new(&answer.api_keys));
        Ok(())
    }
}

/// The error code stands at the same place in every version, before anything that differs.
pub(super) fn read_handshake(version: i16, frame: Bytes) -> Result<ApiVersionsResponse, String> {
    let unsupported = frame.get(4..6) == Some(&ErrorCode::UNSUPPORTED_VERSION.0.to_be_bytes());
    let version = if unsupported { 0 } else { version };
    let (_, response) =
        read_reply::<ApiVersionsRequest>(version, frame).map_err(|error| error.to_string())?;
    Ok(response)
}
