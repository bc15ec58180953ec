"""By which address other computers of the same network reach this one. Standard library only."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from typing import Final

# Set aside for documentation (RFC 5737, RFC 3849): nobody is there, and nothing is sent.
_ELSEWHERE: Final = (
    (socket.AF_INET, "192.0.2.1"),
    (socket.AF_INET6, "2001:db8::1"),
)
_PORT: Final = 9


def address_in_network() -> str | None:
    """Find the address of the network card that leads out of this computer.

    Asks the system which one it would take. No packet leaves the computer.

    Returns:
        In numbers, such as "192.168.1.20"; None where there is no network.
    """
    for family, elsewhere in _ELSEWHERE:
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((elsewhere, _PORT))
            address: str = probe.getsockname()[0]
            if not is_only_here(address):
                return address
    return None


def is_only_here(host: str) -> bool:
    """Check whether a host's name or address means the computer itself to whoever uses it."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(name)
        return address.is_loopback or address.is_unspecified
    return False


def listens_to_others(server_address: str | None) -> bool:
    """Check whether a server that was told to listen there answers other computers.

    Args:
        server_address: as Streamlit's ``server.address`` has it; None is everywhere.
    """
    if not server_address:
        return True
    name = server_address.strip("[]")
    return name in ("0.0.0.0", "::") or not is_only_here(name)  # noqa: S104 - only read
