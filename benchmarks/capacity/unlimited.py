"""Streamlit's command line, for a dashboard that opens as many sockets as it is asked for.

The dashboard refuses the 801st by itself; what would be if it did not is to be measured.
"""

from __future__ import annotations

from typing import Final

from streamlit.web.cli import main

from mnist_core.serving import sockets

MODULE: Final = "benchmarks.capacity.unlimited"
MANY: Final = 1_000_000

if __name__ == "__main__":
    sockets.MOST_OF_ONE = sockets.MOST_OF_ALL = MANY
    main(prog_name="streamlit")
