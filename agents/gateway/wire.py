"""The only module that loads `openai`: one bounded exchange of bytes with a model server.

The library's comfortable paths are not bounded: its timeout is per read, so a server that drips headers holds a call for
ever; an error body is read without a limit; a redirect re-sends the prompt elsewhere. So the bytes pass through a
transport of our own that knows the deadline and the cap, and a watchdog that shuts the socket when time is up.
Imported lazily by `exchange.py`, so that the web process never loads the client.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import openai

from agents.gateway.outcomes import Outcome
from agents.gateway.profiles import Profile
from agents.gateway.reply import Failure, Reply

# At debug level the library logs whole prompts, and its client every address: whatever the environment says, not here.
logging.getLogger("openai").setLevel(logging.WARNING)
logging.getLogger("httpx2").setLevel(logging.WARNING)

_clients: dict[tuple[int, str], openai.OpenAI] = {}
_clients_lock = threading.Lock()
_CODE = re.compile(r"[a-z0-9_.-]{1,60}\Z")


class _TooLarge(httpx2.RequestError):
    """The response passed the byte cap, or hides its size behind a compression we did not ask for."""


class _Watch:
    """Deadline and byte count of one exchange; shuts the socket when time is up."""

    def __init__(self, seconds: float, cap: int) -> None:
        self.ends = time.monotonic() + seconds
        self.left = cap
        self.expired = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Receives the connection pool's events; remembers the socket as soon as there is one."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
            if self.expired:
                self._shut()

    def take(self, chunk: bytes) -> bytes:
        """Counts a chunk of the response body against the cap and the clock."""
        self.left -= len(chunk)
        if self.left < 0:
            raise _TooLarge("the response is larger than the cap")
        if self.expired or time.monotonic() > self.ends:
            self.expired = True
            raise httpx2.ReadTimeout("the deadline has passed")
        return chunk

    def _expire(self) -> None:
        self.expired = True
        self._shut()

    def _shut(self) -> None:
        # Closing does not wake a thread that is waiting in recv; shutting down does, under TLS too.
        with self._lock, contextlib.suppress(OSError, ValueError):
            if self._socket is not None:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


_current = threading.local()


class _WatchedStream(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, watch: _Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._inner:
            yield self._watch.take(chunk)

    def close(self) -> None:
        self._inner.close()


class _WatchedTransport(httpx2.BaseTransport):
    """Plain HTTP without proxies from the environment and without keep-alive, under the current watch."""

    def __init__(self) -> None:
        # A fresh connection per call costs little beside a model's answer and gives the watchdog the socket each time.
        self._inner = httpx2.HTTPTransport(trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        watch: _Watch = _current.watch
        request.extensions = {**request.extensions, "trace": watch.trace}
        response = self._inner.handle_request(request)
        if response.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
            response.close()
            raise _TooLarge("the response is compressed although we asked for plain bytes")
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _WatchedStream(response.stream, watch)
        return response

    def close(self) -> None:
        self._inner.close()


def _client(profile: Profile) -> openai.OpenAI:
    """One client per process and profile, made on first use and so after every fork."""
    key = (os.getpid(), profile.key)
    with _clients_lock:
        if key not in _clients:
            _clients[key] = openai.OpenAI(
                base_url=profile.base_url,
                api_key=profile.api_key.get_secret_value(),
                max_retries=0,
                default_headers={"Accept-Encoding": "identity"},
                http_client=httpx2.Client(transport=_WatchedTransport(), follow_redirects=False, trust_env=False),
            )
        return _clients[key]


def exchange(profile: Profile, request: Mapping[str, Any], *, seconds: float) -> Reply | Failure:
    """Sends one chat completion and returns the body's bytes, within `seconds` and the profile's byte cap. Never raises."""
    started = time.monotonic()
    received = bytearray()
    with _Watch(seconds, profile.byte_cap) as watch:
        _current.watch = watch
        try:
            create = _client(profile).chat.completions.with_streaming_response.create
            timeout = httpx2.Timeout(seconds, connect=min(profile.connect_seconds, seconds))
            with create(**request, timeout=timeout) as response:
                for chunk in response.iter_bytes():
                    received += chunk
            if not watch.expired:
                return Reply(bytes(received), time.monotonic() - started)
            failure = Failure(Outcome.DEADLINE)
        except Exception as error:  # noqa: BLE001 - whatever a server provokes is an outcome, never a crash
            failure = Failure(Outcome.DEADLINE) if watch.expired else _failure(error)
        finally:
            _current.watch = None
    return failure.after(time.monotonic() - started, bytes(received))


def models_listed(profile: Profile, *, seconds: float) -> tuple[str, ...] | Failure:
    """Names of the models the server says it has; for the probe."""
    started = time.monotonic()
    with _Watch(seconds, profile.byte_cap) as watch:
        _current.watch = watch
        try:
            page = _client(profile).models.list(timeout=seconds)
            return tuple(str(model.id) for model in page.data)
        except Exception as error:  # noqa: BLE001 - as above
            failure = Failure(Outcome.DEADLINE) if watch.expired else _failure(error)
            return failure.after(time.monotonic() - started, b"")
        finally:
            _current.watch = None


def _failure(error: Exception) -> Failure:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, _TooLarge):
            return Failure(Outcome.TOO_LARGE)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, openai.APIStatusError):
        return _status_failure(error)
    if isinstance(error, (openai.APITimeoutError, httpx2.TimeoutException)):
        connecting = isinstance(error.__cause__, httpx2.ConnectTimeout) or isinstance(error, httpx2.ConnectTimeout)
        return Failure(Outcome.CONNECT if connecting else Outcome.TIMEOUT)
    if isinstance(error, (openai.APIConnectionError, httpx2.HTTPError, OSError)):
        return Failure(Outcome.CONNECT)
    return Failure(Outcome.BAD_ENVELOPE, type(error).__name__)


def _status_failure(error: openai.APIStatusError) -> Failure:
    status = error.status_code
    # The server's prose may repeat our key or the prompt: only its status and code are kept.
    code = error.code.lower() if isinstance(error.code, str) and _CODE.match(error.code.lower()) else ""
    detail = f"{status} {code}".strip()
    return Failure(_status_outcome(status, code, error.message or ""), detail, _retry_after(error.response.headers))


def _status_outcome(status: int, code: str, message: str) -> Outcome:
    if status == 429:
        return Outcome.QUOTA if code in ("insufficient_quota", "billing_hard_limit_reached") else Outcome.RATE_LIMITED
    if status in (401, 403):
        return Outcome.AUTH
    if status == 404:
        return Outcome.MODEL_NOT_FOUND
    if 300 <= status < 400:
        return Outcome.REDIRECT
    if status in (408, 409) or status >= 500:
        return Outcome.SERVER_ERROR
    if code == "content_filter":
        return Outcome.CONTENT_FILTER
    if code == "context_length_exceeded" or status == 413:
        return Outcome.CONTEXT_TOO_LONG
    if re.search(r"schema|response_format|grammar", f"{code} {message}", re.IGNORECASE):
        return Outcome.SCHEMA_REJECTED
    return Outcome.BAD_REQUEST


def _retry_after(headers: Mapping[str, str]) -> float | None:
    for name, divisor in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        with contextlib.suppress(ValueError):
            seconds = float(headers.get(name, "")) / divisor
            if 0 <= seconds < 86_400:
                return seconds
    return None
