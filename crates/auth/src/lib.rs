//! Tokens, key sets and the Caller.
