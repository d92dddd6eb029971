"""Metrics are those of the whole installation, whichever process answers."""

import os
import subprocess
import sys
from datetime import timedelta

from django.utils import timezone

from controltower.jobs.models import Heartbeat, Job, JobState
from controltower.tenancy.context import acting_for


def value(text, line):
    found = [row.rsplit(" ", 1)[1] for row in text.splitlines() if row.startswith(line + " ")]
    return float(found[0]) if found else None


def test_requests_of_all_web_processes_are_counted_together(tmp_path):
    code = (
        "import django; django.setup()\n"
        "from controltower.ops import metrics\n"
        "metrics.request_done('GET', 'queue', 200, 0.01)\n"
        "metrics.request_done('BREW', 'queue', 405, 0.01)\n"
        "from prometheus_client import CollectorRegistry, generate_latest\n"
        "from prometheus_client.multiprocess import MultiProcessCollector\n"
        "registry = CollectorRegistry(); MultiProcessCollector(registry)\n"
        "print(generate_latest(registry).decode())"
    )
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for expected in (1.0, 2.0):
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        line = 'tower_http_requests_total{method="GET",route="queue",status="200"}'
        assert value(done.stdout, line) == expected
    assert 'method="other"' in done.stdout, "a caller cannot make up labels"


def test_jobs_are_told_by_kind_age_and_outcome(client, organisation, other_organisation):
    now = timezone.now()
    for tenant in (organisation, other_organisation):
        with acting_for(tenant):
            Job.objects.create(kind="intake.process", queue="intake", run_after=now - timedelta(seconds=90))
            Job.objects.create(kind="notices.send", queue="effects", state=JobState.DEAD, finished_at=now)
            Job.objects.create(kind="cases.price", queue="default", state=JobState.DONE, finished_at=now)
    Heartbeat.objects.create(name="s", role="sweeper", beat_at=now - timedelta(seconds=3))

    text = client.get("/metrics").content.decode()

    assert value(text, 'tower_jobs{kind="intake.process",state="waiting"}') == 2
    assert 90 <= value(text, 'tower_job_age_seconds{kind="intake.process"}') < 100
    assert 90 <= value(text, "tower_intake_lag_seconds") < 100
    assert value(text, 'tower_jobs_last_hour{kind="notices.send",outcome="dead"}') == 2
    assert value(text, 'tower_jobs_last_hour{kind="cases.price",outcome="done"}') == 2
    assert 3 <= value(text, 'tower_heartbeat_age_seconds{queue="",role="sweeper"}') < 10


def test_with_a_token_metrics_are_for_who_shows_it(client, db, settings):
    settings.METRICS_TOKEN = "m-1"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer m-2"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer m-1"}).status_code == 200


def test_in_production_metrics_are_closed_without_a_token(client, db, settings):
    settings.PRODUCTION = True
    assert client.get("/metrics").status_code == 404
