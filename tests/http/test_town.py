"""L'identité de la commune, servie à tous : des couleurs, un logo, rien d'exécutable."""

import re

import httpx

BLOCK = re.compile(r":root\{(--[a-z0-9-]+:#[0-9A-Fa-f]{6};?)+\}")


async def test_the_colours_are_a_valid_stylesheet(web: httpx.AsyncClient) -> None:
    answer = await web.get("/ville/couleurs.css")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert len(BLOCK.findall(answer.text)) == 2
    assert answer.text.count("{") == answer.text.count("}")
    assert "--town:" in answer.text


async def test_the_logo_cannot_run_scripts(web: httpx.AsyncClient) -> None:
    answer = await web.get("/ville/logo")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("image/")
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
