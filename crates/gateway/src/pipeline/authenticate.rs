//! Who asks: a JWT to a Caller.

use std::sync::Arc;

use auth::{Caller, Clock, RevocationList, TokenError, TokenIds, Verified, Verifier};
use futures::future::join_all;
use http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use revocation::Follower;
use tokio::time::Instant;

use crate::error::{Code, Refusal};

/// Who is let in.
pub(crate) enum Authentication {
    /// Everybody, without a Caller.
    Insecure,
    /// Whoever has a token that one of them believes.
    Tokens {
        /// For each issuer, one or several.
        verifiers: Vec<Verifier>,
        /// Tells how long a token is still good.
        clock: Arc<dyn Clock>,
        /// Keep the verifiers' lists of revocations up to date.
        followers: Vec<Follower>,
    },
}

/// Who asks, and for how long that holds.
#[derive(Clone)]
pub(crate) struct Identity {
    /// `None` where nobody is asked who they are.
    pub(crate) caller: Option<Arc<Caller>>,
    /// When the token expires: what lasts longer than a request ends then.
    until: Option<Instant>,
    /// Where its issuer tells what it takes back.
    revocable: Option<Arc<(Arc<RevocationList>, TokenIds)>>,
}

/// Why an [`Identity`] holds no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lapse {
    /// Its token has expired.
    Expired,
    /// Its token was taken back.
    Revoked,
}

impl Lapse {
    /// What a client reads.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::Expired => "The token has expired.",
            Self::Revoked => "The token was revoked.",
        }
    }
}

impl Identity {
    /// Somebody who was not asked who they are.
    const ANYBODY: Self = Self { caller: None, until: None, revocable: None };

    /// Ends when the token is no longer believed; never, where nobody is asked who they are.
    pub(crate) async fn lapsed(&self) -> Lapse {
        let expired = async {
            match self.until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let revoked = async {
            match self.revocable.as_deref() {
                Some((list, ids)) => list.revoked(ids).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = expired => Lapse::Expired,
            () = revoked => Lapse::Revoked,
        }
    }
}

impl Authentication {
    /// Whether tokens of every issuer can be verified. A gateway that has just started waits to hear what was taken back; one that
    /// has heard goes on without Redis, for as long as a token lives that could have been taken back since.
    pub(crate) async fn is_ready(&self) -> bool {
        match self {
            Self::Insecure => true,
            Self::Tokens { verifiers, followers, .. } => {
                followers.iter().all(Follower::has_caught_up)
                    && join_all(verifiers.iter().map(Verifier::is_ready)).await.into_iter().all(|ready| ready)
            }
        }
    }

    /// The Caller of a request.
    pub(crate) async fn identify(&self, headers: &HeaderMap) -> Result<Identity, Refusal> {
        self.believe(headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok())).await
    }

    /// The Caller whom the value of `authorization` tells of, wherever it stood.
    pub(crate) async fn believe(&self, authorization: Option<&str>) -> Result<Identity, Refusal> {
        let Self::Tokens { verifiers, clock, .. } = self else {
            return Ok(Identity::ANYBODY);
        };
        let Some(token) = authorization.and_then(bearer) else {
            return Err(refusal("A bearer token is required.", "Bearer realm=\"tributary\"".to_owned()));
        };
        let reason = match verified(verifiers, token).await {
            Ok((Verified { caller, until, ids }, revocations)) => {
                tracing::Span::current().record("tenant", tracing::field::display(caller.tenant));
                let left = (until - clock.now()).to_std().unwrap_or_default();
                return Ok(Identity {
                    caller: Some(Arc::new(caller)),
                    // What is too far away to be counted does not come.
                    until: Instant::now().checked_add(left),
                    revocable: revocations.map(|list| Arc::new((list, ids))),
                });
            }
            Err(reason) => reason,
        };
        tracing::info!(reason = reason.code(), "a token was refused");
        if reason == TokenError::KeysUnavailable {
            // Not the token's fault: a client that is told 401 would throw it away.
            return Err(Refusal {
                header: Some((RETRY_AFTER, "1".to_owned())),
                ..Refusal::request(
                    StatusCode::SERVICE_UNAVAILABLE,
                    Code::AuthenticationUnavailable,
                    "Tokens can't be verified at the moment.",
                )
            });
        }
        let message = match reason {
            TokenError::Expired => Lapse::Expired.message(),
            TokenError::Revoked => Lapse::Revoked.message(),
            _ => "The token is not valid.",
        };
        // RFC 6750 section 3.1.
        let challenge =
            format!("Bearer realm=\"tributary\", error=\"invalid_token\", error_description=\"{message}\"");
        Err(refusal(message, challenge))
    }
}

/// What the verifiers of the token's issuer say. The others are not asked: an issuer that is away must not keep the tokens of
/// the rest waiting, nor can made-up issuers cause a fetch of keys.
async fn verified(
    verifiers: &[Verifier],
    token: &str,
) -> Result<(Verified, Option<Arc<RevocationList>>), TokenError> {
    let issuer = auth::unverified_issuer(token).ok_or(TokenError::Malformed)?;
    let mut reason = TokenError::WrongIssuer;
    for verifier in verifiers.iter().filter(|verifier| verifier.issuer() == issuer) {
        match verifier.verify_in_full(token).await {
            Ok(believed) => return Ok((believed, verifier.revocations().cloned())),
            Err(error) if weight(error) > weight(reason) => reason = error,
            Err(_) => {}
        }
    }
    Err(reason)
}

/// Which reason is told where an issuer has several verifiers: the one of the verifier that came closest, but none at all
/// while one of them could not look.
fn weight(reason: TokenError) -> u8 {
    match reason {
        TokenError::WrongIssuer => 0,
        TokenError::UnknownKey => 1,
        TokenError::WrongAudience => 2,
        TokenError::KeysUnavailable => 4,
        _ => 3,
    }
}

/// The token of `Bearer …`; the scheme in any case (RFC 9110 section 11.1).
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

fn refusal(message: &str, challenge: String) -> Refusal {
    Refusal {
        header: Some((WWW_AUTHENTICATE, challenge)),
        ..Refusal::request(StatusCode::UNAUTHORIZED, Code::Unauthenticated, message)
    }
}
