"""A real nginx before a dashboard, as schools put one there: on one path, with Host rewritten."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.server import Server, free_port, wait_until

PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

CONFIG = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map $http_upgrade $connection_upgrade {{ default upgrade; "" close; }}
    {servers}
}}
"""
_PROXY = """
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size 1m;
        location /{path}/ {{
            proxy_pass http://127.0.0.1:{upstream};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header Host {host};
        }}
        location / {{ return 404; }}
    }}
"""
_FRAME = """
    server {{
        listen 127.0.0.1:{port};
        location / {{
            default_type text/html;
            return 200 '<iframe src="{url}" width="1300" height="850" allow="camera"></iframe>';
        }}
    }}
"""


class Nginx:
    """nginx before a server whose ``server.baseUrlPath`` is a path; it forwards nothing else.

    Args:
        server: the dashboard, not started yet maybe.
        path: below which it is.
        hosts: what nginx writes into Host, by a name for it.
        folder: for its files.
    """

    def __init__(self, server: Server, path: str, hosts: Mapping[str, str], folder: Path) -> None:
        ports = {name: free_port() for name in hosts}
        self.urls = {name: f"http://127.0.0.1:{port}/{path}" for name, port in ports.items()}
        frame = free_port()
        # Another name, so another site: browsers keep the cookies of the two apart.
        self.frame_url = f"http://localhost:{frame}/"
        servers = [
            _PROXY.format(port=ports[name], upstream=server.port, path=path, host=host)
            for name, host in hosts.items()
        ]
        first = next(iter(self.urls.values()))
        servers.append(_FRAME.format(port=frame, url=f"{first}/train?epochs=100&batch_size=2"))
        self._config = folder / "nginx.conf"
        self._config.write_text(CONFIG.format(folder=folder, servers="".join(servers)))
        self._pid = folder / "nginx.pid"

    def __enter__(self) -> Nginx:
        assert PROGRAM
        self._process = subprocess.Popen([PROGRAM, "-c", str(self._config)])
        wait_until(self._pid.exists, "nginx")
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=60)
