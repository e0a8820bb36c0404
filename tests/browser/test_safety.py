"""What a dashboard on a class server must refuse: other sites' pages, uploads without its token, and paths that lead out."""

from __future__ import annotations

import http.client
import re
import socket
import tomllib
from collections.abc import Iterator

import pytest
from served import ROOT, Server, serving

SETTINGS = tomllib.loads((ROOT / "dashboards" / ".streamlit" / "config.toml").read_text())
STREAM = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
          "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
UPLOAD = "/_stcore/upload_file/a-session/a-file"


def asked(server: Server, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
    """The answer to a request that is made by hand."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    return connection.getresponse()


def raw(server: Server, path: str) -> bytes:
    """The answer to a path that nothing has tidied."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(f"GET {path} HTTP/1.0\r\nHost: {server.host}\r\n\r\n".encode())
        return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.mark.parametrize(("origin", "status"), [
    ("http://127.0.0.1:{port}", 101), ("http://elsewhere.example", 403), ("http://127.0.0.1.elsewhere.example:{port}", 403),
    ("null", 403)])
def test_only_its_own_pages_may_talk_to_the_server(server, origin, status):
    answer = asked(server, "/_stcore/stream", **STREAM, Origin=origin.format(port=server.port))
    assert answer.status == status


def test_other_sites_may_not_read_the_answers(server):
    answer = asked(server, "/_stcore/host-config", Origin="http://elsewhere.example")
    assert answer.getheader("Access-Control-Allow-Origin") in (None, server.address)


def test_an_upload_needs_the_token_that_the_page_was_given(server):
    assert SETTINGS["server"]["enableXsrfProtection"] is True
    given = re.search(r"_streamlit_xsrf=([^;]+)", asked(server, "/_stcore/health").getheader("Set-Cookie"))
    assert asked(server, UPLOAD, "PUT", b"days: 5").status == 403
    assert asked(server, UPLOAD, "PUT", b"days: 5", Cookie=given[0]).status == 403
    assert asked(server, UPLOAD, "PUT", b"days: 5", Cookie=given[0], X_Xsrftoken="2|0|0|0").status == 403
    assert asked(server, UPLOAD, "DELETE", Cookie=given[0]).status == 403


@pytest.mark.parametrize("path", [
    "/../../../../../../etc/passwd", "/..%2f..%2f..%2f..%2fetc%2fpasswd", "/static/../../../../../etc/passwd", "//etc/passwd",
    "/media/..%2f..%2fetc%2fpasswd", "/app/static/..%2fapp.py", "/_stcore/../../app.py", "/component/..%2f..%2f/etc/passwd",
    "/media/%00", "/dashboards/app.py"])
def test_no_path_leads_to_a_file_of_the_machine(server, path):
    answer = raw(server, path)
    assert b"root:" not in answer and b"set_page_config" not in answer


def test_it_listens_here_only_and_reports_to_nobody():
    assert SETTINGS["server"]["address"] == "127.0.0.1"
    assert SETTINGS["browser"]["gatherUsageStats"] is False
    assert SETTINGS["client"]["showErrorDetails"] == "none"
    assert SETTINGS["server"]["maxUploadSize"] <= 1


def test_no_other_name_leads_to_it(server):
    answer = asked(server, "/_stcore/stream", **STREAM, Origin="http://elsewhere.example", Host="elsewhere.example")
    assert answer.status == 403


def test_nothing_but_a_browser_drives_it(server):
    for path in ("/_stcore/agent/interact", "/_stcore/agent/mcp"):
        answer = asked(server, path, "POST", b"{}", Content_Type="application/json")
        assert answer.status >= 400
        assert b"does not serve the agent API" in answer.read()


@pytest.fixture(scope="module")
def open_to_others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, socket.socket]]:
    """A dashboard for other machines and behind a proxy, and the place where it would ask any machine beyond this one."""
    with socket.create_server(("127.0.0.1", 0)) as beyond, pytest.MonkeyPatch.context() as patch:
        for name in ("http_proxy", "https_proxy"):
            patch.setenv(name, f"http://127.0.0.1:{beyond.getsockname()[1]}")
        patch.setenv("no_proxy", "127.0.0.1")
        options = "--address=0.0.0.0", "--host=dash.example.org", "--base-path=/x"
        with serving(tmp_path_factory.mktemp("open"), *options) as server:
            yield server, beyond


@pytest.mark.parametrize(("host", "origin", "status"), [
    ("dash.example.org", "https://dash.example.org", 101),  # a proxy that keeps the name
    ("127.0.0.1:{port}", "https://dash.example.org", 101),  # a proxy that rewrites it
    ("{own}:{port}", "http://{own}:{port}", 101), ("localhost:{port}", "http://localhost:{port}", 101),
    ("elsewhere.example", "http://elsewhere.example", 403), ("127.0.0.1:{port}", "http://elsewhere.example", 403),
    ("dash.example.org.elsewhere.example", "https://dash.example.org.elsewhere.example", 403),
    ("dash.example.org", "https://elsewhere.example", 403)])
def test_a_server_for_others_answers_to_its_names_and_to_no_other(open_to_others, host, origin, status):
    server, _ = open_to_others
    words = {"port": server.port, "own": socket.gethostname()}
    answer = asked(server, "/x/_stcore/stream", **STREAM, Host=host.format(**words), Origin=origin.format(**words))
    assert answer.status == status


def test_it_asks_no_other_machine_where_it_is(open_to_others):
    server, beyond = open_to_others
    assert asked(server, "/x/_stcore/stream", **STREAM, Origin="http://elsewhere.example").status == 403
    beyond.settimeout(0.5)
    with pytest.raises(TimeoutError):
        beyond.accept()
    assert "external" not in server.log.read_text().lower()


def test_below_its_path_it_is_whole(open_to_others):
    server, _ = open_to_others
    assert asked(server, "/x/").status == 200 and asked(server, "/x/_stcore/health").status == 200
