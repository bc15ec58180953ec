"""Digits in small, files made of them, and a server on this machine to download them from."""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from mnist_core.data import Arrays, Dataset, RemoteFile, load_mnist

NAMED_BY_THE_TESTER = os.environ.get("MNIST_PATH")


@pytest.fixture(autouse=True)
def _on_a_fresh_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MNIST_PATH", "MNIST_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="session")
def largest_dataset() -> Dataset:
    """All of MNIST where the tester names it, otherwise the sample."""
    return load_mnist(NAMED_BY_THE_TESTER or "sample")


@pytest.fixture(scope="session")
def few() -> Arrays:
    """60 real digits: 40 to train on and 20 to test with."""
    sample = load_mnist("sample")
    return Arrays(sample.x_train[:40], sample.y_train[:40], sample.x_test[:20], sample.y_test[:20])


@pytest.fixture
def npz(tmp_path: Path, few: Arrays) -> Callable[..., Path]:
    """Write the few digits as an .npz, with some arrays replaced, or left out where None."""

    def write(name: str = "digits.npz", **changes: np.ndarray | None) -> Path:
        arrays = {k: v for k, v in (few._asdict() | changes).items() if v is not None}
        np.savez_compressed(tmp_path / name, **arrays)
        return tmp_path / name

    return write


@dataclass
class Server:
    """A web server that sends what the test says."""

    url: str
    released: threading.Event
    files: dict[str, bytes] = field(default_factory=dict)
    hanging: set[str] = field(default_factory=set)
    """Takes the request and never answers."""
    stalling: set[str] = field(default_factory=set)
    """Sends the first half and then nothing."""
    dripping: set[str] = field(default_factory=set)
    """Sends byte after byte, for ever."""
    asked: list[str] = field(default_factory=list)

    def offer(self, name: str, content: bytes, checksum: str | None = None) -> RemoteFile:
        """Have the server send a file; tell its true checksum unless another is given."""
        self.files[f"/{name}"] = content
        checksum = checksum or f"md5:{hashlib.md5(content).hexdigest()}"
        return RemoteFile(f"{self.url}/{name}", checksum, len(content))

    def offer_idx(self, name: str, array: np.ndarray) -> RemoteFile:
        """Have the server send an array as LeCun's files hold it."""
        start = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
        return self.offer(f"{name}.gz", gzip.compress(start + array.tobytes()))


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content.asked.append(self.path)
            if self.path in content.hanging:
                content.released.wait()
                return
            body = content.files.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self._send(body or b"")

        def _send(self, body: bytes) -> None:
            if self.path in content.stalling:
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                content.released.wait()
            elif self.path in content.dripping:
                for byte in body:
                    if content.released.wait(0.01):
                        return
                    self.wfile.write(bytes([byte]))
            else:
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    class QuietServer(ThreadingHTTPServer):
        def handle_error(self, *args: object) -> None:
            """A client that gives up is what these tests are about."""

    http = QuietServer(("127.0.0.1", 0), Handler)
    content = Server(f"http://127.0.0.1:{http.server_port}", threading.Event())
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield content
    content.released.set()
    http.shutdown()
    thread.join()
    http.server_close()
