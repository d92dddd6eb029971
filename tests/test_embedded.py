"""The packaged servers, started for real: every test has a data folder of its own."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from controltower import embedded, embedded_folder, embedded_postgres, embedded_processes

ROOT = Path(__file__).resolve().parent.parent
AS_ROOT = os.geteuid() == 0


@pytest.fixture
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("h") / "data"
    yield folder
    embedded.stop(folder)
    embedded.end_leftovers(folder)


def answer(url, question="SELECT current_user::text"):
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone()[0]


def in_another_process(home, then, become=(), **kwargs):
    """Start the servers of `home` in a process of its own, do `then` there, and answer that process."""
    script = f"""
        import os, signal, sys, time
        from pathlib import Path
        from controltower import embedded, embedded_processes
        home = Path({str(home)!r})
        try:
            servers = embedded.start(home)
        except embedded.EmbeddedError as error:
            print(error); sys.exit(1)
        print("up", flush=True)
        {then}
    """
    return subprocess.Popen(
        [*become, sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True, cwd=ROOT, **kwargs
    )


def kill_the_starter_of(home):
    starter = in_another_process(home, "time.sleep(600)")
    assert starter.stdout.readline() == "up\n"
    servers = [psutil.Process(pid) for pid in embedded_processes.recorded_pids(home).values()]
    starter.kill()
    starter.wait()
    assert len(servers) == 2
    assert all(server.is_running() for server in servers), "a killed starter leaves its servers behind"
    return servers


def test_both_servers_answer_and_are_gone_after_the_block(home):
    with embedded.running(home, fast=True) as servers:
        assert servers == embedded.addresses(home)
        assert answer(servers.database_url) == "tower_runtime"
        assert answer(servers.owner_url) == "tower_owner"
        assert answer(servers.owner_url, "SHOW server_version").startswith("18")
        assert redis.Redis.from_url(servers.redis_url).ping()
        pids = embedded_processes.recorded_pids(home)
    assert set(pids) == {"postgres", "redis"}
    assert not any(psutil.pid_exists(pid) for pid in pids.values())


def test_what_was_stored_is_there_after_a_second_start(home):
    with embedded.running(home, fast=True) as servers, psycopg.connect(servers.owner_url) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 42 AS value")
    with embedded.running(home, fast=True) as servers:
        assert answer(servers.database_url, "SELECT value FROM kept") == 42


def test_the_runtime_role_uses_tables_of_the_owner_but_makes_none(home):
    with embedded.running(home, fast=True):
        servers = embedded.create_database(home, "bench")
        with psycopg.connect(servers.owner_url) as owner:
            owner.execute("CREATE TABLE thing (id bigserial PRIMARY KEY)")
            owner.execute("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        with psycopg.connect(servers.database_url, autocommit=True) as runtime:
            runtime.execute("INSERT INTO thing DEFAULT VALUES")
            assert runtime.execute("SELECT one() FROM thing").fetchone() == (1,)
            for refused in ("CREATE TABLE mine ()", "TRUNCATE thing", "DROP TABLE thing", "SET ROLE tower_audit"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    runtime.execute(refused)
        embedded.drop_database(home, "bench")
        with pytest.raises(psycopg.OperationalError):
            answer(servers.database_url)


def test_the_owner_can_hand_a_table_to_the_audit_role_also_in_a_database_it_makes_itself(home):
    with embedded.running(home, fast=True) as servers:
        with psycopg.connect(servers.owner_url, autocommit=True) as owner:
            owner.execute("CREATE DATABASE test_tower")
        with psycopg.connect(embedded.addresses(home, "test_tower").owner_url) as owner:
            owner.execute("CREATE TABLE entry (id int)")
            owner.execute("ALTER TABLE entry OWNER TO tower_audit")
        with psycopg.connect(embedded.addresses(home, "test_tower").database_url) as runtime:
            assert runtime.execute("SELECT count(*) FROM entry").fetchone() == (0,)


def test_no_role_of_ours_is_superuser_or_passes_row_level_security(home):
    with embedded.running(home, fast=True):
        roles = "SELECT bool_or(rolsuper OR rolbypassrls OR rolcreaterole) FROM pg_roles WHERE rolname LIKE 'tower%'"
        assert answer(embedded.superuser_url(home), roles) is False


def test_durability_is_on_unless_speed_is_asked_for(home):
    for fast, expected in ((False, "on"), (True, "off")):
        with embedded.running(home, fast=fast) as servers:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                assert answer(servers.database_url, f"SHOW {setting}") == expected


def test_redis_keeps_nothing_on_disk_and_refuses_instead_of_forgetting(home):
    with embedded.running(home, fast=True) as servers:
        client = redis.Redis.from_url(servers.redis_url)
        found = {name: client.config_get(name)[name] for name in ("save", "appendonly", "maxmemory-policy")}
    assert found == {"save": "", "appendonly": "no", "maxmemory-policy": "noeviction"}


def test_nobody_else_can_enter_the_data_folder(home):
    home.mkdir(mode=0o755)
    with embedded.running(home, fast=True):
        for folder in (home, home / "postgres", home / "run", home / "logs"):
            assert stat.S_IMODE(folder.stat().st_mode) & 0o067 == 0, folder


def test_a_folder_that_holds_other_things_and_is_open_to_others_is_refused_and_left_alone(home):
    home.mkdir(mode=0o755)
    (home / "thesis.txt").write_text("mine")
    with pytest.raises(embedded.EmbeddedError, match="open to other users"):
        embedded.start(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o755


@pytest.mark.skipif(not AS_ROOT, reason="only root can make a folder that belongs to somebody else")
def test_a_folder_of_another_user_is_refused(home):
    home.mkdir()
    os.chown(home, 65534, 65534)
    with pytest.raises(embedded.EmbeddedError, match="belongs to another user"):
        embedded.start(home)


def test_servers_of_a_killed_run_are_ended_and_the_next_start_works(home):
    leftovers = kill_the_starter_of(home)
    with embedded.running(home) as servers:
        assert answer(servers.database_url) == "tower_runtime"
        assert not any(server.is_running() and server.status() != "zombie" for server in leftovers)


def test_stale_files_of_a_killed_postgres_do_not_stop_the_next_start(home):
    for server in kill_the_starter_of(home):
        embedded_processes.end_process(server, signal.SIGKILL)
    assert (home / "postgres" / "postmaster.pid").exists()
    with embedded.running(home) as servers:
        assert answer(servers.database_url) == "tower_runtime"


def test_a_recorded_pid_that_belongs_to_another_program_now_is_left_alone(home):
    with embedded.running(home, fast=True):
        pass
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (home / "run" / "redis.pid").write_text(str(bystander.pid))
    (home / "run" / "postgres.pid").write_text(str(bystander.pid))
    (home / "postgres" / "postmaster.pid").write_text(f"{bystander.pid}\n{home / 'postgres'}\n")
    try:
        with embedded.running(home, fast=True) as servers:
            assert answer(servers.database_url) == "tower_runtime"
            assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_cluster_that_was_killed_while_being_made_is_made_again(home):
    embedded_folder.prepare(home, group=None)
    unfinished = home / "postgres.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    with embedded.running(home, fast=True) as servers:
        assert answer(servers.database_url) == "tower_runtime"
    assert not unfinished.exists()


def test_a_start_that_was_killed_before_the_roles_were_made_is_completed(home):
    with embedded.running(home, fast=True), psycopg.connect(embedded.superuser_url(home), autocommit=True) as superuser:
        superuser.execute("DROP DATABASE tower")
    with embedded.running(home, fast=True) as servers:
        assert answer(servers.database_url) == "tower_runtime"


def test_two_processes_cannot_run_the_same_folder(home):
    with embedded.running(home, fast=True) as servers:
        second = in_another_process(home, "")
        said, _ = second.communicate(timeout=240)
        assert second.returncode == 1
        assert f"in use by process {os.getpid()}" in said
        assert answer(servers.database_url) == "tower_runtime", "the first goes on undisturbed"


def test_the_children_of_a_killed_starter_do_not_hold_its_lock(home):
    starter = in_another_process(home, "child = os.fork(); child and print(child, flush=True); time.sleep(600)")
    assert starter.stdout.readline() == "up\n"
    child = psutil.Process(int(starter.stdout.readline()))
    starter.kill()
    starter.wait()
    try:
        with embedded.running(home) as servers:
            assert answer(servers.database_url) == "tower_runtime"
            assert child.is_running()
    finally:
        child.kill()


def test_a_ctrl_c_in_the_terminal_does_not_reach_the_servers(home):
    then = (
        "signal.signal(signal.SIGINT, lambda *_: print('asked', flush=True)); print('set', flush=True); time.sleep(600)"
    )
    starter = in_another_process(home, then, start_new_session=True)
    assert [starter.stdout.readline(), starter.stdout.readline()] == ["up\n", "set\n"]
    os.killpg(starter.pid, signal.SIGINT)
    assert starter.stdout.readline() == "asked\n"
    assert answer(embedded.addresses(home).database_url) == "tower_runtime"
    starter.kill()
    starter.wait()


@pytest.mark.parametrize(
    "name", ["with a space", 'it\'s, "odd"', "größe", "x" * 90], ids=["space", "odd", "utf8", "long"]
)
def test_any_folder_name_works(tmp_path, name):
    home = tmp_path / name
    with embedded.running(home, fast=True) as servers:
        assert answer(servers.database_url) == "tower_runtime"
        assert redis.Redis.from_url(servers.redis_url).ping()
        sockets = embedded_folder.socket_folder(home)
        assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= embedded_folder.SOCKET_BYTES
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700


def test_a_socket_folder_that_somebody_else_prepared_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    home = tmp_path / "with a space"
    (tmp_path / "elsewhere").mkdir()
    embedded_folder.socket_folder(home).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(embedded.EmbeddedError, match="not a folder of ours"):
        embedded.start(home)
    embedded_folder.socket_folder(home).unlink()


@pytest.mark.skipif(not AS_ROOT, reason="only root needs another user for PostgreSQL")
def test_root_opens_no_folder_to_other_users(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with embedded.running(closed / "data", fast=True) as servers:
        assert answer(servers.database_url) == "tower_runtime"
        server = psutil.Process(embedded_processes.recorded_pids(closed / "data")["postgres"])
        assert server.username() == embedded_postgres.SERVICE_USER
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="a normal user runs every other test of this file already")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv (util-linux) to become a normal user")
def test_a_normal_user_runs_both_servers_as_itself(tmp_path):
    user = pwd.getpwnam("nobody")
    tmp_path.chmod(0o755)
    os.chown(tmp_path, user.pw_uid, user.pw_gid)
    # The interpreter may lie in a folder that only root enters; the capability lets this user read it all the same.
    become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    become += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    then = "print(*embedded_processes.recorded_pids(home).values(), flush=True); sys.stdin.read(); embedded.stop(home)"
    starter = in_another_process(tmp_path / "data", then, become=become, stdin=subprocess.PIPE)
    assert starter.stdout.readline() == "up\n"
    servers = [psutil.Process(int(pid)) for pid in starter.stdout.readline().split()]
    assert {server.uids().effective for server in servers} == {user.pw_uid}
    starter.communicate(timeout=240)
    assert not any(server.is_running() for server in servers)


def test_a_machine_without_redis_is_told_what_to_install(home, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name, **_: None)
    monkeypatch.setattr("controltower.embedded.find_spec", lambda name: None)
    with pytest.raises(embedded.EmbeddedError, match="apt install redis-server"):
        embedded._redis_program()


def test_a_failed_start_leaves_nothing_running_and_can_be_repeated(home, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("controltower.embedded._redis_program", lambda: "/bin/false")
        with pytest.raises(embedded.EmbeddedError, match="Redis did not start"):
            embedded.start(home, fast=True)
    assert not (home / "postgres" / "postmaster.pid").exists()
    with embedded.running(home, fast=True) as servers:
        assert answer(servers.database_url) == "tower_runtime"


def test_the_cluster_of_another_version_is_not_touched(home):
    with embedded.running(home, fast=True):
        pass
    (home / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(embedded.EmbeddedError, match="made by PostgreSQL 17"):
        embedded.start(home)


def test_a_second_start_is_quick(home):
    with embedded.running(home):
        pass
    began = time.monotonic()
    with embedded.running(home):
        assert time.monotonic() - began < 30
