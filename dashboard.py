"""The dashboard: everything that belongs together is joined here and nowhere else.

Start it with ``scripts/run``, or with ``streamlit run dashboard.py``.
"""

import contextlib
import gc
import sys
from collections.abc import AsyncIterator, Sequence

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route, WebSocketRoute
from streamlit.web.server.server_util import is_url_from_allowed_origins

from mnist_core import environment
from mnist_core.errors import MnistError
from mnist_core.serving.browser_token import BrowserToken
from mnist_core.serving.class_changes import revision_route
from mnist_core.serving.digit_sprite import sprite_routes
from mnist_core.serving.dispatcher import trainers
from mnist_core.serving.drafts import draft_route
from mnist_core.serving.host_names import HostNames
from mnist_core.serving.live import LiveHub, routes
from mnist_core.serving.probes import probe_routes
from mnist_core.serving.shutdown import limit_farewell
from mnist_core.serving.sockets import SocketLimit
from mnist_core.serving.store_health import health_route
from mnist_core.serving.uploads import UploadLimit
from pages.services.datasets import run_dataset
from pages.services.log import set_up_log
from pages.services.server import (
    get_metrics,
    get_precompile_requests,
    get_shelf,
    get_store,
    get_store_health,
    get_tsne_queue,
    get_wrong_variables,
)
from pages.services.uploads import MEGABYTE, bytes_held
from pages.session.fresh_start import explain_break
from pages.text import message

set_up_log()
try:
    get_wrong_variables()
    hub = LiveHub(get_store(), get_store_health(), trusts=is_url_from_allowed_origins)
except MnistError as error:  # there is nothing to serve without a store
    sys.exit(str(error))


@contextlib.asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start workers, dispatcher and live events with the server; end them with it."""
    # Streamlit collects garbage after each run of a page, and everybody waits meanwhile. What was
    # imported up to here stays for good: without a look at it, a collection takes a tenth of that.
    gc.collect()
    gc.freeze()
    limit_farewell()
    shelf = get_shelf()
    if shelf.current.is_sample and not environment.is_offline():
        shelf.start_download()
    port = environment.metrics_port()
    with (
        contextlib.closing(get_tsne_queue()),
        get_metrics().served(port, get_store(), hub),
    ):
        async with hub, trainers(get_store(), get_precompile_requests(), get_store_health()):
            yield


def explain(error: Exception) -> bool:
    """Turn whatever breaks a page into a sentence on it."""
    if isinstance(error, MnistError):
        message.error("{error} Nothing was lost.", error=error)
    else:
        explain_break(error)
    return True


def own_address() -> list[str]:
    """Return the name that Streamlit was told it is called by, if any."""
    address = st.get_option("browser.serverAddress")
    return [address] if address else []


def below_base_path(routes: Sequence[Route | WebSocketRoute]) -> list[BaseRoute]:
    """Serve routes below ``server.baseUrlPath`` as well: a proxy may forward nothing else."""
    base = st.get_option("server.baseUrlPath").strip("/")
    # Not as one Mount, which would keep Streamlit from what is its own there.
    return [*routes, *(_below(base, route) for route in routes if base)]


def _below(base: str, route: Route | WebSocketRoute) -> BaseRoute:
    path = f"/{base}{route.path}"
    if isinstance(route, WebSocketRoute):
        return WebSocketRoute(path, route.endpoint)
    return Route(path, route.endpoint, methods=route.methods)


app = st.App(
    "pages/navigation.py",
    lifespan=lifespan,
    routes=below_base_path(
        [
            *routes(hub),
            *sprite_routes(run_dataset),
            draft_route(get_store()),
            revision_route(get_store()),
            health_route(get_store_health()),
            *probe_routes(get_store(), get_store_health()),
        ]
    ),
    middleware=[
        Middleware(
            HostNames,
            names=[*st.get_option("server.allowedHosts"), *own_address()],
            trusts=is_url_from_allowed_origins,
        ),
        Middleware(SocketLimit),
        Middleware(
            UploadLimit,
            held=bytes_held,
            largest=st.get_option("server.maxUploadSize") * MEGABYTE,
        ),
        Middleware(BrowserToken),
    ],
    on_script_error=explain,
)
