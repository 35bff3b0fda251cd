//! The Federation router.
