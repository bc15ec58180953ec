from __future__ import annotations

import ipaddress
import socket

import pytest

from mnist_core.serving.own_address import address_in_network, is_only_here, listens_to_others


@pytest.mark.parametrize(
    ("host", "only_here"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("digits.localhost", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", True),
        ("192.168.1.20", False),
        ("school.example", False),
        ("localhost.example", False),
        ("<script>", False),
    ],
)
def test_names_that_mean_the_computer_itself_are_known(host: str, only_here: bool) -> None:
    assert is_only_here(host) is only_here


@pytest.mark.parametrize(
    ("server_address", "answers"),
    [
        (None, True),
        ("", True),
        ("0.0.0.0", True),
        ("::", True),
        ("192.168.1.20", True),
        ("127.0.0.1", False),
        ("localhost", False),
        ("::1", False),
    ],
)
def test_a_server_that_listens_on_its_own_machine_only_is_told_apart(
    server_address: str | None, answers: bool
) -> None:
    assert listens_to_others(server_address) is answers


def test_the_address_in_the_network_is_one_of_this_computers_own_and_never_localhost() -> None:
    address = address_in_network()
    if address is None:  # a computer without a network
        return
    assert not is_only_here(address)
    family = socket.AF_INET if ipaddress.ip_address(address).version == 4 else socket.AF_INET6
    with socket.socket(family) as own:
        own.bind((address, 0))  # which nobody else's can be


def test_without_a_network_there_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    assert address_in_network() is None
