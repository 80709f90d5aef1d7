"""Variables with values that nobody would write; `faults.settings` has those that people do."""

import os
from pathlib import Path

import httpx
import pytest
from test_client import Net, ask, net
from test_connection_failures import PROXY, no_settings

from mkdocs_instagram.errors import NetworkUnusable
from mkdocs_instagram.instagram import network_settings
from mkdocs_instagram.instagram.client import Client

__all__ = ["net", "no_settings"]


@pytest.mark.parametrize("name", ["ALL_PROXY", "https_proxy"])
@pytest.mark.parametrize(
    "value",
    [
        "http://xn--:1",
        "http://a..b:1/@",
        "http://\udcff:1",
        "http://:1",
        "http://host:-1",
        "http://host:65536",
        "http://ada:pw@host:1?x",
        "http://" + "a" * 70_000,
        "://host:1",
        "socks5://[",
    ],
)
def test_a_proxy_that_is_none_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    flaw = network_settings.find_flaw(ValueError())

    assert flaw
    assert flaw.what.lower().startswith(f"{name} ".lower())  # Windows has capital letters only
    assert flaw.cure


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NO_PROXY", "\udcff"),
        ("NO_PROXY", "localhost,\x01"),
        ("no_proxy", "*example.org:port"),
        ("SSL_CERT_FILE", "b" * 5000),
        ("SSL_CERT_FILE", "\udcff"),
        ("SSL_CERT_FILE", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
        ("SSLKEYLOGFILE", "/" + "b" * 5000),
        ("SSLKEYLOGFILE", "\udcff/keys"),
    ],
)
def test_another_value_that_is_none_is_named(
    net: Net, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(NetworkUnusable) as caught:
        ask(net.keep(Client()))

    assert name.lower() in caught.value.what.lower()
    assert len(caught.value.what) < 400


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"HTTPS_PROXY": PROXY},
        {"HTTPS_PROXY": "proxy.example:3128"},
        {"ALL_PROXY": "https://[::1]:3128/", "NO_PROXY": "::1,localhost, 10.0.0.0/8,*.example.org"},
        {"HTTPS_PROXY": "http://ada:%23%40%3A%2F@proxy.example"},
        {"SSLKEYLOGFILE": os.devnull},
        {"HTTPS_PROXY": "ftp://old", "https_proxy": PROXY},
        {"HTTP_PROXY": "http://host:65536"},
    ],
)
def test_what_httpx_can_use_is_not_blamed(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    httpx.AsyncClient(verify=httpx.create_ssl_context())
    assert network_settings.find_flaw(ValueError()) is None


def test_a_folder_of_certificates_is_one_of_several(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_DIR", os.pathsep.join([str(tmp_path / "none"), str(tmp_path)]))
    assert network_settings.find_flaw_of_trust()

    (tmp_path / "4a6481c9.0").touch()
    assert network_settings.find_flaw_of_trust() is None


def test_names_are_listed_and_values_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("SSL_CERT_FILE", "/ca.pem")
    monkeypatch.setenv("SSL_CERT_DIR", "")

    assert network_settings.list_names() == "HTTPS_PROXY, SSL_CERT_FILE"
