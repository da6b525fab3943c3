# The entrypoint of PostgreSQL's image runs this once, when the data directory is empty.
psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres --quiet <<SQL
CREATE ROLE projo_owner LOGIN CREATEROLE PASSWORD '$(cat /run/secrets/owner-password)';
CREATE DATABASE projo OWNER projo_owner;
SQL
