"""The SQL that makes a PostgreSQL server ready: three roles, and what each may do in a database.

`roles_sql` needs a superuser once per server; `privileges_sql` the database's owner (or a superuser) once per
database. Both may run again.
"""

ROLES = (
    ("tower_owner", "LOGIN CREATEDB"),
    ("tower_runtime", "LOGIN"),
    ("tower_audit", "NOLOGIN"),
)


def roles_sql() -> str:
    """Make the roles. CREATEDB of the owner is for test and benchmark databases; production may take it away."""
    made = "\n".join(
        f"""DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN CREATE ROLE {name}; END IF;
  ALTER ROLE {name} {attributes} NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
END $$;"""
        for name, attributes in ROLES
    )
    # The owner gives the audit table to tower_audit and must be its member for that; it may not hand that on.
    member = """DO $$ BEGIN
  IF NOT pg_has_role('tower_owner', 'tower_audit', 'MEMBER') THEN GRANT tower_audit TO tower_owner; END IF;
END $$;"""
    return f"{made}\n{member}\n"


def privileges_sql() -> str:
    """What the roles may do in this database, for all that tower_owner makes from now on."""
    default = "ALTER DEFAULT PRIVILEGES FOR ROLE tower_owner"
    return f"""REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO tower_runtime;
GRANT USAGE, CREATE ON SCHEMA public TO tower_owner, tower_audit;
{default} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO tower_runtime;
{default} GRANT USAGE, SELECT ON SEQUENCES TO tower_runtime;
{default} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
{default} GRANT EXECUTE ON FUNCTIONS TO tower_runtime;
"""


def server_sql(database: str) -> str:
    """Everything an operator runs in psql as superuser to prepare an own server; passwords are set after it."""
    return f"""{roles_sql()}
CREATE DATABASE {database} OWNER tower_owner ENCODING 'UTF8' TEMPLATE template0;
\\connect {database}
{privileges_sql()}"""
