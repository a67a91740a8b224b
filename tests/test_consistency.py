"""La maison se tient : chaque chose est déclarée, documentée, à sa place et à sa taille."""

import ast
import enum
import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
import reflex as rx
from reflex.state import BaseState
from sqlmodel import SQLModel

import portail.domain
import portail.pages.texts
import portail.portail
import portail.views
from portail.domain.accounts import Audience
from portail.domain.colors import contrast
from portail.pages.routes import PAGES
from portail.setting_words import variable_name
from portail.settings import ROOT, Settings
from portail.state.policy import FRAMEWORK, MARK, every_handler

CODE = sorted((ROOT / "portail").rglob("*.py"))
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LONGEST_FILE, LONGEST_FUNCTION, MOST_PARAMETERS = 300, 40, 6


def modules(package: object) -> list[object]:
    found = pkgutil.iter_modules(package.__path__)
    return [importlib.import_module(f"{package.__name__}.{module.name}") for module in found]


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def states() -> list[type[BaseState]]:
    found: list[type[BaseState]] = []
    waiting: list[type[BaseState]] = [rx.State]
    while waiting:
        state = waiting.pop()
        waiting.extend(state.__subclasses__())
        if state.__module__.startswith("portail."):
            found.append(state)
    return found


@pytest.mark.parametrize("file", CODE, ids=lambda file: str(file.relative_to(ROOT)))
def test_file_says_what_it_is_for_and_stays_small(file: Path) -> None:
    source = file.read_text()
    assert len(source.splitlines()) <= LONGEST_FILE
    assert not source.strip() or ast.get_docstring(ast.parse(source)), "une ligne de tête dit à quoi sert le module"


@pytest.mark.parametrize("file", CODE, ids=lambda file: str(file.relative_to(ROOT)))
def test_functions_stay_short_and_are_never_stubs(file: Path) -> None:
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} : {length} lignes"
            positional = [a for a in node.args.args if a.arg not in {"self", "cls"}]
            assert len(positional) + len(node.args.kwonlyargs) <= MOST_PARAMETERS, node.name
            body = [n for n in node.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
            is_protocol = any(isinstance(n, ast.Expr) and getattr(n.value, "value", 0) is ... for n in node.body)
            assert body or is_protocol, f"{node.name} est vide"
        assert not (isinstance(node, ast.ExceptHandler) and node.type is None), "except sans type"


def test_no_module_has_a_vague_name() -> None:
    vague = {"utils", "helpers", "manager", "data", "info", "misc", "common"}
    assert [file for file in CODE if file.stem in vague] == []


def test_state_package_is_the_registry() -> None:
    """Tout état est importé par les pages : le registre que l'on vérifie est complet."""
    for file in (ROOT / "portail" / "state").glob("*.py"):
        assert file.stem == "__init__" or f"portail.state.{file.stem}" in sys.modules


@pytest.mark.parametrize("state", states(), ids=lambda state: state.__name__)
def test_every_public_method_of_a_state_declares_who_may_call_it(state: type[BaseState]) -> None:
    own = [name for name in vars(state) if not name.startswith("_") and name in state.event_handlers]
    undeclared = [name for name in own if not hasattr(state.event_handlers[name].fn, MARK) and name != "setvar"]
    assert undeclared == []


def test_no_setter_is_open_to_the_network() -> None:
    open_setters = [
        row["handler"] for row in every_handler() if ".set_" in row["handler"] and row["policy"] != "refused"
    ]
    assert set(open_setters) <= FRAMEWORK


def test_framework_list_names_handlers_that_exist() -> None:
    assert {row["handler"] for row in every_handler()} >= FRAMEWORK


@pytest.mark.parametrize("state", states(), ids=lambda state: state.__name__)
def test_no_var_holds_a_table_row(state: type[BaseState]) -> None:
    for name, annotation in inspect.get_annotations(state, eval_str=True).items():
        for kind in (annotation, *getattr(annotation, "__args__", ())):
            assert not (inspect.isclass(kind) and issubclass(kind, SQLModel)), f"{state.__name__}.{name}"


def test_every_view_is_frozen_with_defaults() -> None:
    for module in modules(portail.views):
        for _, view in inspect.getmembers(module, is_dataclass):
            assert view.__dataclass_params__.frozen, view.__name__
            view()
            assert all(not issubclass(type(field.type), SQLModel) for field in fields(view))


def domain_enums() -> list[type[enum.StrEnum]]:
    found = {}
    for module in modules(portail.domain):
        for name, member in inspect.getmembers(module, inspect.isclass):
            if issubclass(member, enum.StrEnum) and member.__module__ == module.__name__:
                found[f"{module.__name__}.{name}"] = member
    return list(found.values())


@pytest.mark.parametrize("statuses", domain_enums(), ids=lambda e: e.__name__)
def test_every_status_has_a_french_label(statuses: type[enum.StrEnum]) -> None:
    if statuses is Audience:
        return
    for status in statuses:
        assert status.label, f"{status!r} n'a pas de libellé"


def test_every_life_cycle_covers_its_statuses() -> None:
    for module in modules(portail.domain):
        transitions = getattr(module, "TRANSITIONS", None)
        if transitions:
            statuses = type(next(iter(transitions)))
            assert set(transitions) == set(statuses)
            assert {target for targets in transitions.values() for target in targets} <= set(statuses)


def test_every_setting_is_documented_in_one_table() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "reglages.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted({variable_name(name) for name in Settings.model_fields})


def test_every_page_has_a_title_a_place_in_the_site_map_and_an_address_of_its_own() -> None:
    routes = [page.route for page in PAGES]
    assert len(routes) == len(set(routes))
    for page in PAGES:
        assert page.title.endswith(" · Portail Famille")
        assert page.description
        assert page.sitemap or "[" in page.route or page.route.startswith("/admin") or page.on_load


def test_every_private_page_asks_the_service_on_arrival() -> None:
    for page in PAGES:
        if page.kind is not Audience.PUBLIC:
            audiences = {getattr(handler.fn, MARK).audience for handler in page.on_load}
            assert audiences - {Audience.PUBLIC}, f"{page.route} s'ouvre sans rien vérifier"


def test_no_file_names_a_package_registry() -> None:
    hosts = [
        r"\.".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
    ]
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        file = ROOT / name
        if file.is_file() and file.stat().st_size < 3_000_000:
            assert not re.search("|".join(hosts), file.read_text(errors="ignore")), name


def test_every_command_in_the_guides_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    benches = {f"bench-{file.stem.removeprefix('bench_')}" for file in (ROOT / "benchmarks").glob("bench_*.py")}
    commands = set(re.findall(r'add\("([a-z-]+)"', (ROOT / "portail" / "cli.py").read_text()))
    for text in TEXTS:
        said = text.read_text()
        for target in re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z-]+)", said):
            assert target in targets | benches, f"{text.name} : make {target}"
        for command in re.findall(r"`(?:\.venv/bin/)?portail ([a-z-]+)", said):
            assert command in commands, f"{text.name} : portail {command}"


def test_every_measure_can_start() -> None:
    folder = ROOT / "benchmarks"
    names = ", ".join(sorted(file.stem for file in folder.glob("bench_*.py")))
    found = subprocess.run(
        [sys.executable, "-c", f"import {names}"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr


def test_the_readme_shows_every_room_of_the_house() -> None:
    said = (ROOT / "README.md").read_text()
    for room in (ROOT / "portail").iterdir():
        if (room / "__init__.py").is_file():
            assert f"| `portail/{room.name}/` |" in said, room.name


def test_no_guide_says_a_title_twice() -> None:
    """Un titre répété est une page recollée sur elle-même."""
    for file in TEXTS:
        titles = [line for line in file.read_text().splitlines() if line.startswith("#")]
        assert sorted(set(titles)) == sorted(titles), file.name


def test_every_row_of_a_table_fills_its_columns() -> None:
    """Une ligne d'une autre largeur est une page coupée ou recollée."""
    for file in TEXTS:
        width = 0
        for rank, line in enumerate(file.read_text().splitlines(), 1):
            cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            assert not (width and cells) or cells == width, f"{file.name}, ligne {rank}"
            width = cells


def test_every_measure_is_written_down() -> None:
    said = (ROOT / "docs" / "mesures.md").read_text()
    for file in (ROOT / "benchmarks").glob("bench_*.py"):
        assert f"| `make bench-{file.stem.removeprefix('bench_')}` |" in said, file.name


def test_guides_link_to_files_that_exist() -> None:
    for text in TEXTS:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text.read_text()):
            assert (text.parent / target).exists(), f"{text.name} : {target}"


def palettes() -> dict[str, dict[str, str]]:
    """Les couleurs claires, puis les sombres par-dessus."""
    css = re.sub(r"/\*.*?\*/", "", (ROOT / "assets" / "style.css").read_text(), flags=re.DOTALL)
    roots = [
        dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", block))
        for block in re.findall(r":root\s*{(.*?)}", css, re.DOTALL)
    ]
    light = next(root for root in roots if "ink" in root)
    dark = next(root for root in roots if "ink" in root and root is not light)
    return {"light": light, "dark": light | dark}


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "wanted"),
    [
        ("ink", "surface", 4.5),
        ("ink", "ground", 4.5),
        ("muted", "surface", 4.5),
        ("muted", "ground", 4.5),
        ("ok", "ok-bg", 4.5),
        ("warn", "warn-bg", 4.5),
        ("err", "err-bg", 4.5),
        ("edge", "surface", 3.0),
        ("focus", "surface", 3.0),
        ("focus", "ground", 3.0),
        ("side-ink", "side", 4.5),
        ("side-dim", "side", 4.5),
    ],
)
def test_colours_keep_enough_contrast(mode: str, ink: str, ground: str, wanted: float) -> None:
    palette = palettes()[mode]
    assert contrast(palette[ink], palette[ground]) >= wanted


def test_handlers_command_prints_every_policy_as_json() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "portail.cli", "handlers"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    rows = json.loads(printed.stdout)
    assert {row["handler"] for row in rows} == {row["handler"] for row in every_handler()}
