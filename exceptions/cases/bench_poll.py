"""The idle poll of many open pages: a real web server, signed-in sessions, connections that stay open."""

from __future__ import annotations

import http.client
import socket
import threading
import time
import urllib.request
from contextlib import suppress
from typing import Final

from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore

from controltower.ops import processes
from controltower.ops.benchmarks import Bench, Figure
from controltower.tenancy.access import SESSION_KEY
from controltower.tenancy.viewer import Viewer
from controltower.web import live

PAGES: Final = 4  # connections at once: two for each process of the server
POLLS, ROUNDS = 1_500, 5


def poll_figures(bench: Bench, viewer: Viewer) -> dict[str, Figure]:
    """`idle_poll_per_s`: answers 204 a second, the client's own work on the same cores included."""
    polls, rounds = (50, 2) if bench.quick else (POLLS, ROUNDS)
    port = processes.free_port()
    bench.start("web", processes.web(port))
    _wait(port)
    request = _request(viewer, live.current(viewer.organisation.pk) or 0)
    _round(port, request, polls)
    found = [_round(port, request, polls) for _ in range(rounds)]
    bench.stop_all()
    goal = None if bench.quick else 1_500
    return {"idle_poll_per_s": Figure(tuple(found), f"answers 204 a second over {PAGES} connections", goal)}


def signed_in(viewer: Viewer) -> str:
    """The key of a new session of this member, as the sign-in leaves it."""
    user = viewer.user
    assert user is not None, "only people have sessions"
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session[SESSION_KEY] = viewer.organisation.pk
    session.create()
    return str(session.session_key)


def _request(viewer: Viewer, since: int) -> bytes:
    cookie = f"{settings.SESSION_COOKIE_NAME}={signed_in(viewer)}"
    return f"GET /live/?since={since} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


def _round(port: int, request: bytes, polls: int) -> float:
    threads = [threading.Thread(target=_poll, args=(port, request, polls)) for _ in range(PAGES)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return PAGES * polls / (time.perf_counter() - began)


def _poll(port: int, request: bytes, polls: int) -> None:
    """The first answer is read in full and must be a 204; of the others, which have no body either, the end of the head."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.sendall(request)
        answer = http.client.HTTPResponse(link)
        answer.begin()
        assert answer.status == 204, f"the poll answered {answer.status}"
        for _ in range(polls - 1):
            link.sendall(request)
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += link.recv(4096)
            assert head.startswith(b"HTTP/1.1 204"), head[:40]


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError("the web server did not answer within a minute")
