"""The bare baseline: one Starlette route that echoes what is posted, served exactly as the lane is served."""

from __future__ import annotations

import asyncio
import gc
import json

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from evertill.host.ports import bind_loopback


async def echo(request: Request) -> Response:
    """The body, back."""
    return Response(await request.body(), media_type="application/json")


async def serve() -> None:
    """Serves until told to end."""
    listening = bind_loopback(0)
    config = uvicorn.Config(
        Starlette(routes=[Route("/echo", echo, methods=["POST"])]),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        access_log=False,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    gc.collect()
    gc.freeze()
    port = listening.getsockname()[1]
    print(json.dumps({"event": "ready", "echo": f"http://127.0.0.1:{port}"}), flush=True)
    await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    asyncio.run(serve())
