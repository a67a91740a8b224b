"""Ce qu'un client hostile envoie, et ce que nul ne doit recevoir."""

import inspect
import json
import re
from dataclasses import dataclass
from typing import Any

from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY
from sqlalchemy import Engine, select
from sqlmodel import SQLModel

import portail.portail  # noqa: F401 — enregistre tous les états
from portail.domain.accounts import Audience, Role, is_allowed
from portail.state.policy import FRAMEWORK, every_handler, policy_of
from tests.tools.rxclient import Answer

ROLES = ("anonymous", "parent", "other_parent", "reception", "regie", "direction", "animation", "admin")
BAD_FORM = "Cette demande n’a pas la forme attendue."
_FIELD = re.compile(r"""form_data\.get\(\s*["'](\w+)["']""")
_PLAUSIBLE: dict[object, Any] = {int: 1, str: "abc", bool: True}
# valeur, et pour quels types d'argument elle est recevable
VALUES: dict[str, tuple[Any, tuple[object, ...]]] = {
    "none": (None, ()),
    "list": (["a", 1], ()),
    "empty_list": ([], ()),
    "dict": ({"a": 1}, ()),
    "nested": ({"a": {"b": {"c": ["d"]}}}, ()),
    "float": (1e308, ()),
    "nan": (float("nan"), ()),
    "infinity": (float("inf"), ()),
    "huge": (10**30, ()),
    "negative": (-5, (int,)),
    "text": ("abc", (str,)),
    "number_as_text": ("5", (str,)),
    "long": ("x" * 5_000, ()),
    "longest": ("x" * 41_000, ()),
    "nul": ("a\x00b", ()),
    "surrogate": ("a\ud800b", ()),
    "bidi": ("\u202etxt.exe", (str,)),
    "script": ("<script>alert(1)</script>", (str,)),
    "sql": ("' OR 1=1 --", (str,)),
    "boolean": (True, (bool,)),
    "form_of_10000": ({FORM_DATA_ENTRIES_KEY: [["a", "b"]] * 10_000}, (dict[str, Any],)),  # un seul nom : un champ
    "form_with_10000_names": ({FORM_DATA_ENTRIES_KEY: [[f"n{rank}", "b"] for rank in range(10_000)]}, ()),
    "form_malformed": ({FORM_DATA_ENTRIES_KEY: [["a"], 3, None]}, ()),
    "form_not_a_list": ({FORM_DATA_ENTRIES_KEY: "abc"}, ()),
    "form_of_objects": ({FORM_DATA_ENTRIES_KEY: [["a", {"b": 1}]]}, ()),
}
_INSIDE_A_FORM = ("bidi", "script", "sql", "text")
_FOR_THE_FRAMEWORK = {"var_name": "_owner", "value": "x", "vars": {"x": 1}, "info": "x", "component_stack": "x"}


@dataclass(frozen=True)
class Handler:
    name: str
    policy: str
    arguments: dict[str, object]
    fields: tuple[str, ...]
    is_long: bool = False

    @property
    def signature(self) -> tuple[tuple[object, ...], bool, bool]:
        """Deux actions de même signature passent par les mêmes vérifications."""
        return tuple(self.arguments.values()), bool(self.fields), self.is_long

    def is_open_to(self, role: str) -> bool:
        if self.policy == "refused":
            return False
        return is_allowed(Audience(self.policy), role_of(role))

    def plausible(self) -> dict[str, Any]:
        form = dict.fromkeys(self.fields, "essai")
        return {name: _PLAUSIBLE.get(kind, form) for name, kind in self.arguments.items()}


@dataclass(frozen=True)
class Assault:
    label: str
    payload: Any
    acceptable: bool  # la forme convient : l'action répond, à qui elle est ouverte


def role_of(role: str) -> Role | None:
    if role == "anonymous":
        return None
    return Role.PARENT if "parent" in role else Role(role)


def handlers() -> list[Handler]:
    """Tout ce que le réseau peut nommer, hors les quatre événements du cadre que la porte laisse passer."""
    found = []
    for entry in every_handler():
        if entry["handler"] in FRAMEWORK:
            continue
        fn = RegistrationContext.get().event_handlers[entry["handler"]].handler.fn
        declared = entry["policy"] != "refused"
        hints = {name: value.annotation for name, value in list(inspect.signature(fn).parameters.items())[1:]}
        fields = tuple(dict.fromkeys(_FIELD.findall(inspect.getsource(fn)))) if declared else ()
        is_long = declared and policy_of(entry["handler"]).is_long
        found.append(Handler(entry["handler"], entry["policy"], hints if declared else {}, fields, is_long))
    return found


def assaults(handler: Handler) -> list[Assault]:
    found = [Assault("plausible", handler.plausible(), acceptable=True)]
    found += [Assault(f"payload_{label}", value, acceptable=False) for label, value in (("list", [1]), ("text", "x"))]
    found.append(Assault("framework", _FOR_THE_FRAMEWORK, acceptable=False))
    found.append(Assault("extra", {**handler.plausible(), "intrus": 1}, acceptable=False))
    found.append(Assault("self", {**handler.plausible(), "self": None}, acceptable=False))
    if handler.arguments:
        found.append(Assault("missing", {}, acceptable=False))
    for label, (value, accepted_by) in _values(handler):
        names = handler.arguments or {"intrus": None}
        accepted = bool(handler.arguments) and all(kind in accepted_by for kind in handler.arguments.values())
        found.append(Assault(label, dict.fromkeys(names, value), accepted))
    if handler.fields:
        argument = next(iter(handler.arguments))
        for label, (value, _) in _values(handler):
            form = dict.fromkeys(handler.fields, value)
            found.append(
                Assault(f"form_full_of_{label}", {argument: form}, label in (*_INSIDE_A_FORM, "number_as_text"))
            )
        entries = {FORM_DATA_ENTRIES_KEY: [[name, "essai"] for name in handler.fields]}
        found.append(Assault("form_as_sent", {argument: entries}, acceptable=True))
    return found


def _values(handler: Handler) -> list[tuple[str, tuple[Any, tuple[object, ...]]]]:
    """Qui reçoit un calendrier entier n'a pas à refuser un texte long, seulement le plus long."""
    return [(label, value) for label, value in VALUES.items() if label != "long" or not handler.is_long]


_KNOCKS = frozenset({"plausible", "framework", "extra", "self", "missing", "payload_list", "none", "nested", "script"})


def knocks(handler: Handler) -> list[Assault]:
    """À une porte fermée, la forme de l'argument ne change rien : on n'en essaie que quelques-unes à chaque action."""
    return [assault for assault in assaults(handler) if assault.label in _KNOCKS]


def is_mere_refusal(answer: Answer) -> bool:
    """Rien d'autre qu'un refus : page fermée, message, ou retour à la connexion."""
    allowed = {("portal_state", name) for name in ("closed", "notice", "notice_tone", "notice_reference")}
    events_ok = all(
        event["name"] == "_redirect" and event["payload"]["path"].startswith("/connexion") for event in answer.events
    )
    return events_ok and answer.changed() <= allowed


@dataclass(frozen=True)
class Hidden:
    """Ce qui ne doit jamais partir : les secrets de tous, et les données des autres."""

    secrets: frozenset[str]
    persons: frozenset[str]

    def found_in(self, answer: Answer, *, persons: bool) -> set[str]:
        sent = json.dumps(answer.updates, ensure_ascii=False)
        wanted = self.secrets | (self.persons if persons else frozenset())
        return {word for word in wanted if word in sent}


_SECRET_COLUMNS = {"password_hash", "token_hash", "browser_hash", "code_hash", "key_hash"}
_WITH_PEOPLE = ("account", "guardian", "family_child", "child")
_NAMES = {"password_hash", "totp_sealed", "totp_last_step", "token_hash", "body_sealed", "Traceback"}


def hidden(engine: Engine, own: str = "", *also: str) -> Hidden:
    """Lu dans la base elle-même : toute ligne ajoutée demain est couverte."""
    secrets, tables = {*_NAMES, *also}, SQLModel.metadata.tables
    with engine.connect() as connection:
        for table in tables.values():
            for column in _SECRET_COLUMNS & set(table.columns.keys()):
                secrets |= {str(value) for (value,) in connection.execute(select(table.c[column])) if value}
        rows = {name: connection.execute(tables[name].select()).all() for name in _WITH_PEOPLE}
    me = next((row for row in rows["account"] if row.email == own), None)
    mine = {row.family_id for row in rows["guardian"] if me and row.account_id == me.id}
    my_children = {row.child_id for row in rows["family_child"] if row.family_id in mine}
    others = [row for row in rows["account"] if row != me]
    others += [row for row in rows["guardian"] if row.family_id not in mine]
    others += [row for row in rows["child"] if row.id not in my_children]
    persons = {f"{row.first_name} {row.last_name}" for row in others}
    persons |= {getattr(row, name, "") for row in others for name in ("email", "phone")} - {""}
    return Hidden(frozenset(secrets), frozenset(persons - {f"{me.first_name} {me.last_name}" if me else ""}))


_MOVES_BY_ITSELF = {("login_session", "last_seen_at")}


def snapshot(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Chaque ligne de chaque table, sauf ce qui avance du seul fait d'être là."""
    content = {}
    with engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            columns = [column for column in table.columns if (table.name, column.name) not in _MOVES_BY_ITSELF]
            rows = connection.execute(table.select().with_only_columns(*columns).order_by(*table.primary_key))
            content[table.name] = [tuple(row) for row in rows]
    return content
