"""Files and guide for a server, a lab and containers: what they name is there and is understood."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from streamlit import config

from mnist_core import environment
from mnist_core.__main__ import _build_parser
from mnist_core.serving.browser_token import COOKIE
from mnist_core.serving.certificates import find_certificates, make_certificates
from mnist_core.serving.probes import probe_routes
from mnist_core.serving.store_health import StoreHealth
from mnist_core.store import Store
from tests.e2e.nginx import CONFIG, PROGRAM
from tests.e2e.server import free_port

PROJECT = Path(__file__).parents[2]
DEPLOY = PROJECT / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*"))
GUIDE = (PROJECT / "docs" / "deployment.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"^```\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]

# Variables of others: uvicorn's, what NumPy's libraries read, and PostgreSQL's container.
OTHERS = {"FORWARDED_ALLOW_IPS", "OPENBLAS_NUM_THREADS"}
POSTGRES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}


def is_known(name: str) -> bool:
    """Whether the program, Streamlit or somebody else reads a variable of this name."""
    options = {f"STREAMLIT_{key.replace('.', '_').upper()}" for key in snake_keys()}
    return name in {*environment.VARIABLES, *OTHERS, *options}


def snake_keys() -> Iterator[str]:
    for key in config.get_config_options():
        yield re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key)


def settings_of(unit: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(unit.read_text(encoding="utf-8"))
    return parser


def check_command(words: list[str]) -> None:
    """Check that Python is given a call of the dashboard, or one that the program understands."""
    match words[:2]:
        case ["-m", "mnist_core"]:
            _build_parser().parse_args(words[2:])
        case ["-m", "streamlit"]:
            assert words[2] == "run"
            assert (PROJECT / words[3]).is_file()
            for option in words[4:]:
                assert option.removeprefix("--").partition("=")[0] in config.get_config_options()
        case _:
            raise AssertionError(words)


def test_units_start_what_there_is() -> None:
    started = {
        unit.name: settings_of(unit)["Service"] for unit in UNITS if unit.suffix == ".service"
    }
    assert len(started) == 4
    for name, service in started.items():
        assert (service["User"], service["WorkingDirectory"]) == ("mnist", "/opt/mnist"), name
        program, *words = shlex.split(service["ExecStart"])
        may_write = ["/opt/mnist/var"]
        if program == "/opt/mnist/.venv/bin/python":
            address = "tls://192.168.1.20:8786"
            check_command([word.replace("${DASK_SCHEDULER_ADDRESS}", address) for word in words])
        else:
            assert os.access(PROJECT / Path(program).relative_to("/opt/mnist"), os.X_OK)
            may_write += words
        assert service["ReadWritePaths"].split() == may_write


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    for each in UNITS:  # a timer looks for its service beside it
        text = each.read_text(encoding="utf-8")
        text = text.replace("/opt/mnist/.venv/bin/python", sys.executable)
        (tmp_path / each.name).write_text(text.replace("/opt/mnist", str(PROJECT)))
    told = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / unit.name)], capture_output=True, text=True
    )
    about_it = [line for line in told.stderr.splitlines() if unit.name in line]
    assert (told.returncode, about_it) == (0, [])


def test_the_environment_names_variables_that_somebody_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = (DEPLOY / "environment").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert [name for name in given if not is_known(name)] == []
    for name in given.keys() & environment.VARIABLES.keys():
        monkeypatch.setenv(name, given[name])
        environment.VARIABLES[name]()


@pytest.mark.skipif(not PROGRAM, reason="needs nginx: apt-get install nginx-light")
def test_nginx_understands_every_line(tmp_path: Path) -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    make_certificates(tmp_path / "tls")
    files = find_certificates(tmp_path / "tls")
    for theirs, here in {
        "/etc/mnist/tls/fullchain.pem": str(files.certificate),
        "/etc/mnist/tls/privkey.pem": str(files.key),
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl;": f"listen 127.0.0.1:{free_port()} ssl;",
        "    # server ": "    server ",
    }.items():
        assert theirs in text
        text = text.replace(theirs, here)
    (tmp_path / "mnist.conf").write_text(text)
    main = tmp_path / "nginx.conf"
    main.write_text(CONFIG.format(folder=tmp_path, servers=f"include {tmp_path}/mnist.conf;"))
    told = subprocess.run([PROGRAM, "-t", "-c", str(main)], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert "[warn]" not in told.stderr
    assert f"$cookie_{COOKIE} " in text


def test_containers_start_what_there_is() -> None:
    assert SERVICES.keys() == {"database", "certificates", "scheduler", "worker", "dashboard"}
    for name, service in SERVICES.items():
        for variable in service.get("environment", {}):
            assert variable in POSTGRES if name == "database" else is_known(variable)
        assert {*service.get("depends_on", {})} <= SERVICES.keys()
        volumes = {volume.partition(":")[0] for volume in service.get("volumes", ())}
        assert volumes <= COMPOSE["volumes"].keys()
        if name != "database":
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
            command = service["command"]
            if name == "certificates":
                command = shlex.split(command[2].partition("|| ")[2])
            assert command[0] == "python"
            check_command(command[1:])


def test_containers_wait_for_each_other_and_are_looked_at() -> None:
    waits = SERVICES["dashboard"]["depends_on"]
    assert waits["database"]["condition"] == "service_healthy"
    assert SERVICES["database"]["healthcheck"]["test"][1] == "pg_isready"
    python, flag, code = SERVICES["dashboard"]["healthcheck"]["test"][1:]
    assert (python, flag) == ("python", "-c")
    compile(code, "healthcheck", "exec")
    assert "http://127.0.0.1:8501/healthz" in code
    port = SERVICES["dashboard"]["ports"]
    assert port == ["127.0.0.1:8501:8501"]  # nobody else is let in unasked


def test_what_is_asked_whether_the_server_is_well_is_there(store: Store) -> None:
    asked = re.findall(r"http://127\.0\.0\.1:8501(/\w+)", f"{COMPOSE}{COMMANDS}")
    served = {route.path for route in probe_routes(store, StoreHealth())}
    assert {*asked} == served == {"/healthz", "/readyz"}


def test_no_container_starts_without_a_secret_or_with_one_of_ours() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    for name in ("POSTGRES_PASSWORD", "MNIST_TEACHER_SECRET"):
        assert set(re.findall(rf"\${{{name}(.)", text)) == {":"}
        assert set(re.findall(rf"\${{{name}:(.)", text)) == {"?"}


@pytest.mark.skipif(
    not shutil.which("docker")
    or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode,
    reason="needs docker compose",
)
def test_docker_understands_the_containers(tmp_path: Path) -> None:
    secrets = tmp_path / "env"
    secrets.write_text("POSTGRES_PASSWORD=a\nMNIST_TEACHER_SECRET=b\n")
    files = ["--file", str(DEPLOY / "compose.yaml"), "--env-file", str(secrets)]
    told = subprocess.run(
        ["docker", "compose", *files, "config", "--quiet"], capture_output=True, text=True
    )
    assert (told.returncode, told.stderr) == (0, "")


def test_the_image_is_made_of_what_there_is() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    left_out = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    for line in lines:
        match line.split():
            case ["COPY", source, _]:
                assert (PROJECT / source).exists()
                assert source not in left_out
            case ["ENV", setting]:
                assert is_known(setting.partition("=")[0])
            case ["CMD", *_]:
                check_command(yaml.safe_load(line.removeprefix("CMD "))[1:])
    assert "USER mnist" in lines
    sources = [*(PROJECT / "mnist_core").rglob("*.py"), *(PROJECT / "pages").rglob("*.py")]
    read = {
        name
        for source in sources
        for name in re.findall(r'PROJECT / "(\w+)"', source.read_text(encoding="utf-8"))
    }
    assert read >= {"docs", "var"}
    assert read & {*left_out} == {"var"}


def test_the_guide_s_commands_are_the_program_s() -> None:
    of_python = [line for line in COMMANDS if "-m mnist_core" in line]
    assert of_python
    for line in of_python:
        check_command(shlex.split(line)[1:])


def test_the_guide_names_files_units_and_variables_that_are_there() -> None:
    text = "\n".join(COMMANDS)
    for path in re.findall(r"(?<![\w/])(?:/opt/mnist/)?(deploy/[\w./-]+)", text):
        assert (PROJECT / path).exists() or path == "deploy/.env", path
    units = {unit.name for unit in UNITS}
    for name, suffix in re.findall(r"\b(mnist-\w+@?)(?:\d+)?(\.timer)?", text):
        if name not in ("mnist-copies",):
            assert f"{name}{suffix or '.service'}" in units
    for name in re.findall(r"\b((?:MNIST|STREAMLIT|DASK|FORWARDED)_[A-Z_]+)\b", GUIDE):
        assert is_known(name), name
    for link in re.findall(r"\]\((\.\./[^)#]+)", GUIDE):
        assert (PROJECT / "docs" / link).exists(), link
