"""The data folder of the packaged servers: whose it is, who may enter, where the sockets go."""

import fcntl
import hashlib
import os
import pwd
import re
import stat
import tempfile
from pathlib import Path

# A socket's path may have 103 bytes on macOS and 107 on Linux, and PostgreSQL reads a comma or quote in it as syntax.
SOCKET_BYTES = 100
PLAIN = re.compile(r"[A-Za-z0-9/._+@-]+\Z")
# What an installation keeps in its data folder.
FAMILIAR = {
    "bench", "checkpoints", "documents", "logs", "mailbox", "metrics", "postgres", "postgres.unfinished", "run",
    "secrets.json", "servers.lock", "static", "supervisor.lock", "test",
}  # fmt: skip


class EmbeddedError(RuntimeError):
    """The packaged servers cannot start; the message is a sentence for people that says what to do."""


def socket_folder(home: Path) -> Path:
    """Where the sockets of an absolute `home` are: `home/run`, or a short folder under the temporary one.

    The second is taken when the first would make a socket's path too long or has characters that need quoting.
    """
    run = home / "run"
    longest = run / ".s.PGSQL.5432"
    if len(os.fsencode(longest)) <= SOCKET_BYTES and PLAIN.match(str(run)):
        return run
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"tower-{os.geteuid()}-{digest}"


def prepare(home: Path, *, group: int | None) -> None:
    """Make `home`, ours alone. `group` (as root: of PostgreSQL's user) may pass through it, without seeing what is in it."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = home.stat()
    if found.st_uid != os.geteuid():
        raise EmbeddedError(
            f"The data folder {home} belongs to another user (uid {found.st_uid}). Set TOWER_HOME to a folder of your own."
        )
    names = {entry.name for entry in home.iterdir()}
    if stat.S_IMODE(found.st_mode) & 0o027 and "postgres" not in names and names - FAMILIAR:
        raise EmbeddedError(
            f"The data folder {home} is open to other users and holds other things, so it is left as it is. "
            "Set TOWER_HOME to an empty folder, or close this one (`chmod 700`)."
        )
    if group is None:
        home.chmod(0o700)
    else:
        os.chown(home, -1, group)
        home.chmod(0o710)
    (home / "logs").mkdir(mode=0o700, exist_ok=True)


def lock(home: Path, what: str) -> int:
    """Take the lock `what` of the folder for the life of this process; EmbeddedError names who has it."""
    # A POSIX record lock belongs to this process alone: children that outlive a killed parent do not keep it.
    handle = os.open(home / f"{what}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(handle, 20).decode(errors="replace").strip()
        os.close(handle)
        raise EmbeddedError(
            f"The data folder {home} is in use by process {holder or 'unknown'}. Stop that one first, or set "
            "TOWER_HOME to another folder."
        ) from None
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    return handle


def prepare_run(home: Path, *, owner: pwd.struct_passwd | None) -> None:
    """Make the folders for pids and sockets, closed to others; sockets of a killed server are cleared away."""
    for folder in {home / "run", socket_folder(home)}:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        allowed = {os.geteuid(), owner.pw_uid} if owner else {os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in allowed:
            raise EmbeddedError(f"{folder} is not a folder of ours: remove it, or set TOWER_HOME to a shorter path.")
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o700)
        for entry in folder.iterdir():
            if entry.is_socket() or entry.name.startswith(".s.PGSQL"):
                entry.unlink()


def enterable(path: Path, account: pwd.struct_passwd) -> bool:
    """Whether `account` can reach `path` and read it, judged by the folders' permission bits."""
    for folder in (path, *path.parents):
        found = folder.stat()
        mode = stat.S_IMODE(found.st_mode)
        if found.st_uid == account.pw_uid:
            mode >>= 6
        elif found.st_gid == account.pw_gid:
            mode >>= 3
        if not mode & stat.S_IXOTH:
            return False
    return True
