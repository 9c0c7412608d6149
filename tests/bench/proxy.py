"""Stands between the clients and the real Redmine: counts requests, times the server, keeps its answers.

Two ways of working, set by `mode`:
- "pass": every request goes to the server; its answer is kept.
- "replay": an answer that is kept is given at once. What remains of a client's time is the client's own.
"""

import http.client
import socket
import threading
import time
from email.utils import formatdate
from urllib.parse import urlsplit

NOT_PASSED_ON = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class Proxy:
    def __init__(self, upstream):
        parts = urlsplit(upstream)
        self.upstream = (parts.hostname, parts.port)
        self.mode = "pass"
        self.kept = {}
        self.log = []  # (method, path, seconds the server took, whether it was asked)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def take_log(self):
        """What was asked since the last time."""
        log, self.log = self.log, []
        return log

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def close(self):
        self.listener.close()

    def serve(self, client):
        server = http.client.HTTPConnection(*self.upstream, timeout=120)
        reader = client.makefile("rb")
        try:
            while True:
                line = reader.readline()
                if not line:
                    return
                method, path, _ = line.decode("latin-1").split(" ", 2)
                headers = {}
                while (line := reader.readline().decode("latin-1").strip()):
                    name, value = line.split(":", 1)
                    headers[name.strip()] = value.strip()
                body = reader.read(int(next((v for k, v in headers.items() if k.lower() == "content-length"), 0)))
                client.sendall(self.answer(server, method, path, headers, body))
                if any(k.lower() == "connection" and v.lower() == "close" for k, v in headers.items()):
                    return
        except OSError:
            return  # The client went away; it says itself whether that was a failure.
        finally:
            server.close()
            client.close()

    def answer(self, server, method, path, headers, body):
        kept = self.kept.get(path) if method == "GET" and self.mode == "replay" else None
        took = 0.0
        if kept is None:
            headers = {k: v for k, v in headers.items() if k.lower() not in ("host", "connection")}
            began = time.monotonic()
            for attempt in (1, 2):
                try:
                    server.request(method, path, body or None, headers)
                    reply = server.getresponse()
                    break
                except (http.client.RemoteDisconnected, ConnectionError):
                    # The server closed a connection that had been idle: once more on a new one.
                    server.close()
                    if attempt == 2:
                        raise
            content = reply.read()
            took = time.monotonic() - began
            head = [f"HTTP/1.1 {reply.status} {reply.reason}"]
            head += [f"{k}: {v}" for k, v in reply.getheaders() if k.lower() not in NOT_PASSED_ON]
            head.append(f"Content-Length: {len(content)}")
            kept = ("\r\n".join(head).encode("latin-1"), content)
            if method == "GET" and reply.status == 200:
                self.kept[path] = kept
            self.log.append((method, path, took, True))
        else:
            self.log.append((method, path, 0.0, False))
        head, content = kept
        date = f"\r\nDate: {formatdate(usegmt=True)}\r\n\r\n".encode("latin-1")
        return head + date + content
