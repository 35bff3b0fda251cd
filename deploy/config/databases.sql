-- A database for each subgraph.
CREATE DATABASE users;
CREATE DATABASE orders;
CREATE DATABASE billing;
