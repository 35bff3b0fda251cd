//! Subgraph schemas to one supergraph schema, or errors that name the spot.
