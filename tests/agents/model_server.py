"""A real local HTTP server that speaks the chat-completions protocol and misbehaves on demand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass
class Script:
    """What the server does with the next requests: one behaviour each, the last one for all that follow."""

    behaviours: list[Callable[[Handler, Body], None]]
    requests: list[Body] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    models: tuple[str, ...] = ("test-model",)
    stopping: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Callable[[Handler, Body], None]:
        return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ModelServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.script.requests.append(body)
        self.server.script.headers.append(dict(self.headers))
        behave = self.server.script.next()
        try:
            behave(self, body)
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.close_connection = True

    def do_GET(self) -> None:
        listed = [{"id": name, "object": "model"} for name in self.server.script.models]
        self.send(200, json.dumps({"object": "list", "data": listed}).encode())

    def send(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        content_type: str = "application/json",
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def pause(self, seconds: float) -> None:
        self.server.script.stopping.wait(seconds)

    def log_message(self, format: str, *args: object) -> None:
        pass


class ModelServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    script: Script

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def model_server(*behaviours: Callable[[Handler, Body], None]) -> Iterator[ModelServer]:
    server = ModelServer(("127.0.0.1", 0), Handler)
    server.script = Script(list(behaviours))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.script.stopping.set()
        server.shutdown()
        server.server_close()


# ---- envelopes


def completion(content: str | None, *, finish: str = "stop", refusal: str | None = None) -> Body:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "test-model",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": content, "refusal": refusal},
            }
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }


# ---- behaviours


def says(content: str | None, *, finish: str = "stop", refusal: str | None = None) -> Callable[[Handler, Body], None]:
    body = json.dumps(completion(content, finish=finish, refusal=refusal)).encode()
    return lambda handler, request: handler.send(200, body)


def answers(answer: object) -> Callable[[Handler, Body], None]:
    return says(json.dumps(answer))


def computes(think: Callable[[Body], object]) -> Callable[[Handler, Body], None]:
    """Answers with what `think` makes of the request."""
    return lambda handler, request: says(json.dumps(think(request)))(handler, request)


def replies(
    status: int, body: bytes, headers: dict[str, str] | None = None, content_type: str = "application/json"
) -> Callable[[Handler, Body], None]:
    return lambda handler, request: handler.send(status, body, headers, content_type)


def fails(
    status: int, *, code: str = "", message: str = "", headers: dict[str, str] | None = None
) -> Callable[[Handler, Body], None]:
    body = json.dumps({"error": {"message": message or "no", "type": "error", "code": code or None}}).encode()
    return replies(status, body, headers)


def hangs(handler: Handler, request: Body) -> None:
    handler.pause(120)


def hangs_up(handler: Handler, request: Body) -> None:
    handler.connection.close()


def drips_headers(handler: Handler, request: Body) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(200):
        handler.wfile.write(f"X-Drip-{number}: wait\r\n".encode())
        handler.pause(0.1)
        if handler.server.script.stopping.is_set():
            return


def drips_body(handler: Handler, request: Body) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        handler.pause(0.1)
        if handler.server.script.stopping.is_set():
            return


def drips_error_body(handler: Handler, request: Body) -> None:
    handler.send_response(500)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        handler.pause(0.1)
        if handler.server.script.stopping.is_set():
            return


def floods(status: int) -> Callable[[Handler, Body], None]:
    def flood(handler: Handler, request: Body) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        for _ in range(400):
            handler.wfile.write(b"x" * 100_000)
            time.sleep(0)

    return flood


def compresses(handler: Handler, request: Body) -> None:
    """A small body that would grow a thousandfold, sent although plain bytes were asked for."""
    import gzip

    handler.send(200, gzip.compress(b" " * 10_000_000), {"Content-Encoding": "gzip"})
