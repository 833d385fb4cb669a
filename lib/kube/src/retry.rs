//! When to ask again, and how long to wait before.
//!
//! What a server did not take up (429) is repeated whatever it was. What it may have done already is repeated only where a
//! repetition does no harm: reads, server-side apply, deletions, replacements.

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// How often a server may put us off, as often as with client-go.
const PUT_OFF: u32 = 10;
/// How often a failure that may pass is waited out.
const FAILURES: u32 = 4;
/// A server that asks for more patience than this is taken at its word only this long.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Whether a request may be sent twice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Repeat {
    /// A second time changes nothing.
    Harmless,
    /// A second time may do it twice.
    Harmful,
}

/// What came of an attempt.
pub(crate) enum Outcome<'a> {
    /// An answer that is no success.
    Answer { status: StatusCode, headers: &'a HeaderMap, body: &'a [u8] },
    /// None; whether the server could be reached at all.
    NoAnswer { reached: bool },
}

/// Counts attempts of one request.
#[derive(Default)]
pub(crate) struct Attempts {
    put_off: u32,
    failures: u32,
}

impl Attempts {
    /// How long to wait before the next attempt; `None` when there is none.
    pub(crate) fn next(&mut self, outcome: &Outcome<'_>, repeat: Repeat) -> Option<Duration> {
        match outcome {
            Outcome::Answer { status, headers, .. } if is_busy(*status) && headers.contains_key(RETRY_AFTER) => {
                self.put_off += 1;
                (self.put_off <= PUT_OFF).then(|| asked_for(headers))
            }
            Outcome::Answer { status: StatusCode::TOO_MANY_REQUESTS, .. } => self.after_failure(),
            Outcome::Answer { status, body, .. } if is_passing(*status, body) && repeat == Repeat::Harmless => {
                self.after_failure()
            }
            Outcome::NoAnswer { reached: true } if repeat == Repeat::Harmless => self.after_failure(),
            _ => None,
        }
    }

    fn after_failure(&mut self) -> Option<Duration> {
        self.failures += 1;
        (self.failures <= FAILURES).then(|| jittered(FIRST_PAUSE * (1 << self.failures.min(8))))
    }
}

fn is_busy(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

/// Failures that often pass: of etcd changing its leader, of something between us and the server.
fn is_passing(status: StatusCode, body: &[u8]) -> bool {
    match status {
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => true,
        // A refusing webhook answers 500 as well, with a text of its own.
        StatusCode::INTERNAL_SERVER_ERROR => !String::from_utf8_lossy(body).contains("webhook"),
        _ => false,
    }
}

fn asked_for(headers: &HeaderMap) -> Duration {
    let text = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Duration::from_secs(text.trim().parse().unwrap_or(1)).min(LONGEST_PAUSE)
}

/// Between half of a pause and the whole of it, so that many clients do not come back all at once.
pub(crate) fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(0_u8) % 1000;
    pause / 2 + pause.mul_f64(random as f64 / 2000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn pauses(status: StatusCode, retry_after: Option<&'static str>, body: &str, repeat: Repeat) -> usize {
        let headers: HeaderMap =
            retry_after.map(|value| (RETRY_AFTER, HeaderValue::from_static(value))).into_iter().collect();
        let mut attempts = Attempts::default();
        let outcome = Outcome::Answer { status, headers: &headers, body: body.as_bytes() };
        std::iter::from_fn(|| attempts.next(&outcome, repeat)).count()
    }

    #[test]
    fn what_was_not_taken_up_is_always_sent_again() {
        for repeat in [Repeat::Harmless, Repeat::Harmful] {
            assert_eq!(pauses(StatusCode::TOO_MANY_REQUESTS, Some("0"), "", repeat), 10);
            assert_eq!(pauses(StatusCode::SERVICE_UNAVAILABLE, Some("0"), "", repeat), 10);
            assert_eq!(pauses(StatusCode::TOO_MANY_REQUESTS, None, "", repeat), 4);
        }
    }

    #[test]
    fn what_may_have_been_done_is_sent_again_only_where_that_is_harmless() {
        assert_eq!(pauses(StatusCode::INTERNAL_SERVER_ERROR, None, "etcdserver: leader changed", Repeat::Harmless), 4);
        assert_eq!(pauses(StatusCode::INTERNAL_SERVER_ERROR, None, "", Repeat::Harmful), 0);
        assert_eq!(pauses(StatusCode::INTERNAL_SERVER_ERROR, None, "failed calling webhook", Repeat::Harmless), 0);
        assert_eq!(pauses(StatusCode::CONFLICT, None, "", Repeat::Harmless), 0);
        let no_answer = |reached, repeat| Attempts::default().next(&Outcome::NoAnswer { reached }, repeat).is_some();
        assert!(no_answer(true, Repeat::Harmless));
        assert!(!no_answer(true, Repeat::Harmful) && !no_answer(false, Repeat::Harmless));
    }

    #[test]
    fn a_pause_is_what_the_server_asks_for_up_to_a_minute() {
        let headers = |value| HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]);
        assert_eq!(asked_for(&headers("2")), Duration::from_secs(2));
        assert_eq!(asked_for(&headers("3600")), LONGEST_PAUSE);
    }
}
