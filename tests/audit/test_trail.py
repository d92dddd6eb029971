"""The trail in the database: what it takes, what it refuses, and what verification notices."""

import json
import subprocess
import sys
import threading
import zipfile
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from controltower import embedded
from controltower.audit import Actor, checkpoints, reading, record
from controltower.audit.chain import first_break
from controltower.audit.recording import NotCollecting
from controltower.db import rows
from controltower.ops.audit import public_key, sign_heads
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation

CORA = Actor("member", 1, "Cora")


def write(organisation, now, count=3):
    with acting_for(organisation):
        for number in range(count):
            record(verb="case.noted", subject="case:1", actor=CORA, after={"ü": number}, now=now)


def as_superuser(*statements: str) -> None:
    """What somebody who owns the whole server could do."""
    with psycopg.connect(embedded.superuser_url(settings.HOME, connection.settings_dict["NAME"])) as attacker:
        attacker.execute("SET session_replication_role = replica")
        for statement in statements:
            attacker.execute(statement)


def verify(organisation) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_audit", organisation=organisation.slug, stdout=out)
    except SystemExit as stop:
        return int(stop.code), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def checkpoint_dir(tmp_path: Path, settings) -> Path:
    settings.CHECKPOINT_DIR = tmp_path / "checkpoints"
    return settings.CHECKPOINT_DIR


def test_entries_of_one_organisation_form_a_chain(organisation, other_organisation, now):
    write(organisation, now)
    write(other_organisation, now, count=2)
    with acting_for(organisation):
        entries = list(reading.entries(organisation.pk))
    assert [entry.seq for entry in entries] == ["1", "2", "3"]
    assert json.loads(entries[2].after) == {"ü": 2}
    assert first_break(entries) is None


def test_a_trail_cannot_be_read_by_another_organisation(organisation, other_organisation, now):
    write(organisation, now)
    with acting_for(other_organisation):
        assert rows("SELECT count(*) FROM audit_entry") == [(0,)]


def test_nothing_is_recorded_outside_an_organisation(db, now):
    with pytest.raises(NotCollecting, match="outside an organisation"):
        record(verb="case.noted", subject="case:1", actor=CORA, now=now)
    with pytest.raises(DatabaseError, match="outside an organisation"), transaction.atomic():
        rows("SELECT audit_append('{}', '{}', '{}', '{}', '{}', '{}', '{}')")


def test_what_a_rolled_back_savepoint_recorded_is_not_in_the_trail(organisation, now):
    with acting_for(organisation):
        record(verb="case.opened", subject="case:1", actor=CORA, now=now)
        with transaction.atomic():
            record(verb="case.resolved", subject="case:1", actor=CORA, now=now)
            transaction.set_rollback(True)
        record(verb="case.taken", subject="case:1", actor=CORA, now=now)
    with acting_for(organisation):
        assert [entry.verb for entry in reading.entries(organisation.pk)] == ["case.opened", "case.taken"]


def test_what_was_read_inside_a_savepoint_that_is_rolled_back_stays_in_the_trail(organisation, now):
    """Reading appends what was collected before; the rollback takes that back, and the end does it again."""
    with acting_for(organisation):
        record(verb="case.opened", subject="case:1", actor=CORA, now=now)
        with transaction.atomic():
            assert [entry.verb for entry in reading.entries(organisation.pk)] == ["case.opened"]
            transaction.set_rollback(True)
        record(verb="case.taken", subject="case:1", actor=CORA, now=now)
    with acting_for(organisation):
        assert [entry.verb for entry in reading.entries(organisation.pk)] == ["case.opened", "case.taken"]


@pytest.mark.django_db(transaction=True)
def test_two_that_record_first_and_lock_the_same_row_later_do_not_wait_for_each_other(organisation, now):
    """The chain's head is the last lock of every transaction, whenever `record` was called."""
    both_recorded = threading.Barrier(2, timeout=60)
    failed: list[Exception] = []

    def work(record_first: bool) -> None:
        def lock() -> None:
            Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)

        def note() -> None:
            record(verb="case.noted", subject="case:1", actor=CORA, now=now)

        try:
            with acting_for(organisation):
                for step in (note, lock) if record_first else (lock, note):
                    step()
                    if step is (note if record_first else lock):
                        both_recorded.wait()
        except Exception as error:  # noqa: BLE001  # told to the test below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(first,)) for first in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failed == []
    assert verify(organisation) == (0, "ok 2 entries\n")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET verb = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "INSERT INTO audit_entry VALUES (1, 99, '', '', '', '', '', '', '', '', '')",
        "UPDATE audit_head SET seq = 0",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    ],
)
def test_the_runtime_role_cannot_touch_the_trail(organisation, now, statement):
    write(organisation, now)
    refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
    with acting_for(organisation), refused, transaction.atomic():
        rows(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET verb = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
@pytest.mark.django_db(transaction=True)
def test_even_a_superuser_in_replica_mode_is_refused_by_the_triggers(organisation, now, statement):
    write(organisation, now)
    with pytest.raises(psycopg.DatabaseError, match="append-only"):
        as_superuser(statement)


@pytest.mark.django_db(transaction=True)
def test_verification_names_the_organisation_and_the_first_bad_entry(organisation, now, checkpoint_dir):
    write(organisation, now, count=5)
    assert verify(organisation) == (0, "ok 5 entries\n")
    as_superuser(
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        f"UPDATE audit_entry SET actor = 'member:2' WHERE organisation_id = {organisation.pk} AND seq = 4",
        "ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER append_only_rows",
        "ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER append_only_table",
    )
    code, said = verify(organisation)
    assert code == 1
    assert said.startswith(f"BAD {organisation.slug}: entry 4 ")


@pytest.mark.django_db(transaction=True)
def test_a_tail_cut_off_together_with_its_head_shows_against_the_checkpoint(organisation, now, checkpoint_dir):
    write(organisation, now, count=5)
    assert sign_heads(now) == 1
    assert sign_heads(now) == 0, "a head that did not move is not signed again"
    as_superuser(
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        f"DELETE FROM audit_entry WHERE organisation_id = {organisation.pk} AND seq > 3",
        f"UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit_entry WHERE organisation_id = {organisation.pk}"
        f" AND seq = 3) WHERE organisation_id = {organisation.pk}",
        "ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER append_only_rows",
        "ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER append_only_table",
    )
    code, said = verify(organisation)
    assert (code, "entry 4 entry 5 was signed" in said) == (1, True), said


def test_a_forged_checkpoint_is_noticed(organisation, now, checkpoint_dir):
    write(organisation, now)
    sign_heads(now)
    path = checkpoint_dir / f"{organisation.pk}.jsonl"
    path.write_text(path.read_text().replace('"seq": 3', '"seq": 2'))
    code, said = verify(organisation)
    assert code == 1
    assert "wrong signature" in said


def test_an_export_verifies_with_the_standard_library_alone(organisation, now, checkpoint_dir, tmp_path):
    write(organisation, now, count=4)
    sign_heads(now)
    target = tmp_path / "trail.zip"
    call_command("export_audit", organisation.slug, str(target), stdout=StringIO())
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path / "out")

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(tmp_path / "out" / "verify.py"), public_key()]
        return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)

    assert run().stdout == "ok 5 entries, 1 checkpoints\n"
    entries = tmp_path / "out" / "entries.jsonl"
    entries.write_text(entries.read_text().replace("member:1", "member:2", 1))
    assert (run().returncode, run().stdout) == (1, "BAD: entry 1 was changed\n")


def test_the_stand_alone_verifier_refuses_a_wrong_signature(organisation, now, checkpoint_dir, tmp_path):
    write(organisation, now)
    sign_heads(now)
    target = tmp_path / "trail.zip"
    call_command("export_audit", organisation.slug, str(target), stdout=StringIO())
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path)
    other_key = checkpoints.public_hex(checkpoints.private_key("11" * 32))
    command = [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), other_key]
    result = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert result.returncode == 1
    assert "wrong signature" in result.stdout
