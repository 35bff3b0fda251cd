//! What a person sees when the platform is up.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use anyhow::Result;

use super::tokens::Tokens;

/// Prints the console's address, a token for each role, and a request to paste.
pub(super) fn print(address: SocketAddr, tokens: &Tokens) -> Result<()> {
    let tokens = tokens.mint()?;
    let mut out = io::stdout().lock();
    writeln!(out, "\nTributary is up.\n")?;
    writeln!(out, "  console   http://{address}/")?;
    writeln!(out, "  GraphQL   http://{address}/graphql")?;
    writeln!(out, "\nDevelopment tokens, good for 12 hours:\n")?;
    for token in &tokens {
        writeln!(out, "  {}\n  {}\n", token.label, token.token)?;
    }
    if let Some(first) = tokens.first() {
        writeln!(out, "Ask one question over three services:\n")?;
        writeln!(
            out,
            "curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer {}' \
             -d '{{\"query\":\"{{ organization {{ displayName orders(first: 3) {{ nodes {{ number total {{ amount currency }} \
             placedBy {{ displayName }} invoice {{ status }} amountDue {{ amount }} }} }} balance {{ amount currency }} }} }}\"}}'\n",
            first.token
        )?;
    }
    writeln!(out, "Ctrl-C stops it.")?;
    Ok(out.flush()?)
}
