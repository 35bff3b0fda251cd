//! The platform in one binary.
