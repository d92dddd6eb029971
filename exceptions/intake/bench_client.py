"""A client that costs little: requests made beforehand, over connections that stay open, from a few threads."""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Answers:
    """Statuses in the order of arrival, bodies where they are kept, and seconds from the first byte to the last."""

    seconds: float = 0.0
    statuses: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def take(self, status: int, body: bytes) -> None:
        self.statuses.append(status)
        self.bodies.append(body)

    def must_be(self, status: int) -> None:
        """Anything else spoils a measurement: raises `RuntimeError` with the first other answer."""
        others = [(found, body) for found, body in zip(self.statuses, self.bodies, strict=True) if found != status]
        if others:
            found, body = others[0]
            raise RuntimeError(
                f"{len(others)} of {len(self.statuses)} requests were not answered {status}; the first of them with {found}: "
                f"{body[:300]!r}"
            )


def request_bytes(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def send_all(port: int, requests: Sequence[bytes], *, connections: int) -> Answers:
    """Send as fast as the server takes them, each connection its share."""
    answers, lock = Answers(), threading.Lock()

    def work(share: Iterable[bytes]) -> None:
        link = Link(port)
        for request in share:
            status, body = link.ask(request)
            with lock:
                answers.take(status, body)
        link.close()

    threads = [threading.Thread(target=work, args=(requests[each::connections],)) for each in range(connections)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.seconds = time.monotonic() - began
    return answers


def send_paced(port: int, requests: Sequence[bytes], *, every: float, sent: Callable[[int], None]) -> Answers:
    """One request each `every` seconds, later ones at once where the server was slow. `sent` is told its index."""
    answers, link = Answers(), Link(port)
    began = time.monotonic()
    for index, request in enumerate(requests):
        time.sleep(max(0.0, began + index * every - time.monotonic()))
        sent(index)
        status, body = link.ask(request)
        answers.take(status, body)
    answers.seconds = time.monotonic() - began
    link.close()
    return answers


class Link:
    """One connection; the answer is read by the standard library."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        self.socket.sendall(request)
        response = http.client.HTTPResponse(self.socket)
        response.begin()
        return response.status, response.read()

    def close(self) -> None:
        self.socket.close()
