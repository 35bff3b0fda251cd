//! Private servers, tokens and planted faults for tests.
