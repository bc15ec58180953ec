"""What the measurements were taken on; nothing that would name the machine itself."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

LIBRARIES: Final = ("tensorflow", "keras", "numpy", "torch", "jax", "jaxlib", "scikit-learn")


def describe_machine() -> dict[str, Any]:
    """Describe processor, memory, system and libraries, and the day."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor(),
        "cores": usable_cores(),
        "memory_gb": memory_gb(),
        "system": system(),
        "python": platform.python_version(),
        "libraries": dict(filter(lambda pair: pair[1], map(version, LIBRARIES))),
        "load_before": load(),
    }


def processor() -> str:
    """Name the processor as the system does."""
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text().splitlines():
            if line.startswith("model name"):
                return f"{line.partition(':')[2].strip()}{vectors(listed.read_text())}"
    return platform.processor() or platform.machine()


def vectors(flags: str) -> str:
    """Name the widest vector instructions, which decide about matrix products."""
    for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")):
        if flag in flags:
            return f", {name}"
    return ""


def usable_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_gb() -> float | None:
    """Return the memory in 10^9 bytes, where the system tells."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (AttributeError, ValueError, OSError):
        return None


def system() -> str:
    """Name the operating system, without the kernel's own words."""
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = f"{platform.system()} {platform.release()}"
    return f"{name}, {platform.machine()}"


def version(library: str) -> tuple[str, str | None]:
    """Return a library and its version; None where it is not installed."""
    try:
        return library, metadata.version(library)
    except metadata.PackageNotFoundError:
        return library, None


def load() -> float | None:
    """Return the load of the last minute: a quiet machine is near 0."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
