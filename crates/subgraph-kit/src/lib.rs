//! What every subgraph is made of.
