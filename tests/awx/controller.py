# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of AWX's API as awx.awx needs to look things up, make them, change them and tie them together; all in memory.

It knows nothing of AWX's own rules, which tests/e2e/test_awx_definitions.py checks, but what it is given must refer to what is there.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Item = dict[str, Any]
UPDATED = {"name": "MediaConnect", "status": "successful", "finished": "now", "failed": False, "scm_revision": "1"}
TEMPLATES = ("job_templates", "workflow_job_templates")


class Controller:
    """An AWX with the organization Default and the credential type Amazon Web Services. `writes` counts what changed something."""

    def __init__(self) -> None:
        self.items: dict[str, list[Item]] = {}
        self.ties: dict[str, list[int]] = {}
        self.surveys: dict[str, Any] = {}
        self.writes: list[str] = []
        self._add("organizations", {"name": "Default"})
        self._add("credential_types", {"name": "Amazon Web Services"})
        controller = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments: Any) -> None:
                pass

            def answer(self) -> None:
                url = urlsplit(self.path)
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
                parts = url.path.removeprefix("/api/v2/").strip("/").split("/")
                status, value = controller.answer(self.command, parts, dict(parse_qsl(url.query)), body)
                data = b"" if value is None else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = answer  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Controller:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def named(self, kind: str, name: str) -> Item:
        (item,) = (item for item in self.items[kind] if item["name"] == name)
        return item

    def tied(self, kind: str, name: str, tie: str) -> list[str]:
        """The names of what is tied to an item, such as the credentials of a job template."""
        ids = self.ties.get(f"{kind}/{self.named(kind, name)['id']}/{tie}", [])
        return sorted(item["name"] for item in self.items[tie] if item["id"] in ids)

    def answer(self, method: str, parts: list[str], query: dict[str, str], body: Item) -> tuple[int, Any]:
        if method != "GET":
            self.writes.append(f"{method} {'/'.join(parts)}")
        kind, number, tie = [*parts, "", ""][:3]
        if not number:
            return (201, self._add(kind, body)) if method == "POST" else (200, _page(self._found(kind, query)))
        if tie == "survey_spec":
            return self._survey(method, number, body)
        if tie == "create_approval_template":
            return 201, self._approval(number, body)
        if tie == "update":
            return 202, self._add("project_updates", UPDATED)
        if tie:
            return self._tie(method, "/".join(parts), tie, body)
        (item,) = (item for item in self.items[kind] if str(item["id"]) == number)
        item.update(body)
        return 200, item

    def _add(self, kind: str, body: Item) -> Item:
        number = sum(map(len, self.items.values())) + 1
        url = f"/api/v2/{kind}/{number}/"
        related = {"survey_spec": f"{url}survey_spec/", "update": f"{url}update/"}
        synced = {"scm_revision": "1"} if kind == "projects" else {}
        item = {**body, **synced, "id": number, "type": kind[:-1], "url": url, "related": related, "summary_fields": {}}
        self.items.setdefault(kind, []).append(item)
        return item

    def _found(self, kind: str, query: dict[str, str]) -> list[Item]:
        kinds = TEMPLATES if kind == "unified_job_templates" else (kind,)
        wanted = {name.removeprefix("or__"): value for name, value in query.items() if name != "or__id"}
        return [
            item
            for name in kinds
            for item in self.items.get(name, [])
            if all(str(item.get(field)) == value for field, value in wanted.items())
        ]

    def _approval(self, number: str, body: Item) -> Item:
        """An approval has its name, description and timeout, and nothing else of what awx.awx sends: so it is changed by every run."""
        made = self._add(
            "workflow_approval_templates", {name: body.get(name) for name in ("name", "description", "timeout")}
        )
        (node,) = (node for node in self.items["workflow_job_template_nodes"] if str(node["id"]) == number)
        node["unified_job_template"], node["related"]["unified_job_template"] = made["id"], made["url"]
        return made

    def _survey(self, method: str, number: str, body: Item) -> tuple[int, Any]:
        if method == "POST":
            self.surveys[number] = body
        return 200, self.surveys.get(number, {})

    def _tie(self, method: str, path: str, kind: str, body: Item) -> tuple[int, Any]:
        ids = self.ties.setdefault(path, [])
        if method == "GET":
            return 200, _page([{"id": number} for number in ids])
        ids.append(body["id"])
        return 204, None


def _page(items: list[Item]) -> Item:
    return {"count": len(items), "next": None, "results": items}
