#!/bin/sh
# A database for each subgraph, and two roles. NAME_owner owns it and migrates it. NAME is the service's: it owns nothing, is
# under row-level security, and may do what the migration grants it. PostgreSQL's image runs this once.
set -eu
for name in users orders billing; do
    psql --set=ON_ERROR_STOP=1 --set=name="$name" --set=owner="${name}_owner" --set=password="$POSTGRES_PASSWORD" \
        --set=service_password="$SERVICE_PASSWORD" --username postgres <<'SQL'
CREATE ROLE :"owner" LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE ROLE :"name" LOGIN PASSWORD :'service_password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE DATABASE :"name" OWNER :"owner";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"name" TO :"name";
\connect :"name"
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL
done
