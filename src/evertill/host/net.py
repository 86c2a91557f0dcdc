"""The machine's own network, behind `ports.Link`: one server, over HTTP, one request at a time.

A thread does the waiting, so that whoever asks never does. Every exchange is bounded twice: httpx
bounds each step, and the caller abandons what is past its deadline; an abandoned exchange closes its
connection, so that a server that froze and wakes up hours later finds nobody.
"""

from __future__ import annotations

import threading

import httpx

from evertill.ports import LinkFailed, LinkReply, LinkRequest

CONNECT_TIMEOUT_S = 2.0


class HttpExchange:
    """One request on its way over HTTP."""

    def __init__(self, request: LinkRequest, ended: threading.Event) -> None:
        self.request = request
        self._ended = ended
        self._reply: LinkReply | None = None
        self._failure: LinkFailed | None = None
        self.client: httpx.Client | None = None
        self.abandoned = False

    def poll(self) -> LinkReply | None:
        """The reply, None while there is none. Raises LinkFailed."""
        if self._failure is not None:
            raise self._failure
        return self._reply

    def abandon(self) -> None:
        """Closes the connection; the thread that waits on it comes free."""
        self.abandoned = True
        if self.client is not None:
            self.client.close()

    def carry_out(self, client: httpx.Client) -> None:
        """Sends and waits, in the link's thread."""
        try:
            self._reply = self._ask(client)
        except LinkFailed as failure:
            self._failure = failure
        except httpx.TransportError as wrong:
            reached = not isinstance(wrong, httpx.ConnectError | httpx.ConnectTimeout)
            self._failure = LinkFailed(f"{type(wrong).__name__}: {wrong}", was_connected=reached)
        except (httpx.HTTPError, RuntimeError, OSError) as wrong:  # a client closed from another thread
            self._failure = LinkFailed(f"{type(wrong).__name__}: {wrong}", was_connected=True)
        finally:
            self._ended.set()

    def _ask(self, client: httpx.Client) -> LinkReply:
        request = self.request
        timeout = httpx.Timeout(request.deadline_ms / 1000, connect=CONNECT_TIMEOUT_S)
        with client.stream(
            request.method,
            request.path,
            headers=dict(request.headers),
            content=request.body or None,
            timeout=timeout,
        ) as response:
            body = bytearray()
            for chunk in response.iter_raw():
                body += chunk
                if self.abandoned:
                    raise LinkFailed("nobody waits any more", was_connected=True)
                if len(body) > request.reply_bytes_max:
                    raise LinkFailed("the reply is too long", was_connected=True)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return LinkReply(status=response.status_code, headers=headers, body=bytes(body))


class HttpLink:
    """Keeps the promises of `ports.Link` over HTTP."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = self._new_client()
        self._ended = threading.Event()
        self._current: HttpExchange | None = None

    def begin(self, request: LinkRequest) -> HttpExchange:
        """Puts a request on its way in a thread of its own."""
        if self._current is not None and self._current.abandoned:
            self._client = self._new_client()
        self._ended = threading.Event()
        exchange = HttpExchange(request, self._ended)
        exchange.client = self._client
        self._current = exchange
        threading.Thread(target=exchange.carry_out, args=(self._client,), name="link", daemon=True).start()
        return exchange

    def wait(self, wait_ms: int) -> None:
        """Waits so long, or until the request on its way has ended."""
        self._ended.wait(wait_ms / 1000)
        if self._current is not None and self._ended.is_set():
            self._ended = threading.Event()

    def close(self) -> None:
        """Closes what is open."""
        self._client.close()

    def _new_client(self) -> httpx.Client:
        return httpx.Client(base_url=self._url, trust_env=False, follow_redirects=False)
