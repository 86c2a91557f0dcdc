"""A relay before a gate that hands every answer on five seconds late."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys

ANSWER_WAIT_S = 5.0


async def relay(gate_port: int) -> None:
    """Relays until told to end."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gate_reader, gate_writer = await asyncio.open_connection("127.0.0.1", gate_port)
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(
                _hand_on(reader, gate_writer, 0), _hand_on(gate_reader, writer, ANSWER_WAIT_S)
            )

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"event": "ready", "gate": f"http://127.0.0.1:{port}"}), flush=True)
    await server.serve_forever()


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait_s: float) -> None:
    while data := await reader.read(1 << 16):
        await asyncio.sleep(wait_s)
        writer.write(data)
        await writer.drain()
    writer.close()


if __name__ == "__main__":
    asyncio.run(relay(int(sys.argv[1])))
