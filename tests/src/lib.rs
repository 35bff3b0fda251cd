//! Scenarios from outside, each run in both shapes.
