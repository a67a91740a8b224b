"""La forme des états : tout ce qui est public est déclaré, rien d'une table n'y entre, rien ne vit dans le navigateur."""

import dataclasses
import inspect
import pickle
import typing
from collections.abc import Iterator
from typing import Any

import pytest
import reflex as rx
from reflex.istate.storage import ClientStorageBase
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext
from sqlmodel import SQLModel

import portail.portail
from portail.state import doorstep, gate
from portail.state.base import PortalState
from portail.state.policy import FRAMEWORK, action, every_handler, policy_of
from portail.views.accounts import Me
from tests.tools.pipeline import Pipeline


def portal_states() -> list[type[PortalState]]:
    found, waiting = [], [PortalState]
    while waiting:
        state = waiting.pop()
        if state.__module__.startswith("portail."):
            found.append(state)
        waiting += state.get_substates()
    return sorted(found, key=lambda state: state.__name__)


STATES = portal_states()
by_state = pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)


def types_inside(annotation: Any) -> Iterator[Any]:
    """Le type, ceux de ses paramètres, et ceux des champs d'une vue."""
    yield annotation
    for inner in typing.get_args(annotation):
        yield from types_inside(inner)
    if dataclasses.is_dataclass(annotation):
        for hint in typing.get_type_hints(annotation).values():
            yield from types_inside(hint)


def test_there_are_states_to_look_at() -> None:
    assert len(STATES) > 5


@by_state
def test_every_public_method_is_declared(state: type[PortalState]) -> None:
    framework = set(dir(rx.State))
    public = {
        name
        for name, member in vars(state).items()
        if not name.startswith("_") and name not in framework and (inspect.isfunction(member) or callable(member))
    } - set(state.vars)
    undeclared = {name for name in public if policy_of(f"{state.get_full_name()}.{name}") is None}
    assert not undeclared


@by_state
def test_no_var_holds_a_table_row(state: type[PortalState]) -> None:
    for name, hint in inspect.get_annotations(state, eval_str=True).items():
        for inner in types_inside(hint):
            assert not (inspect.isclass(inner) and issubclass(inner, SQLModel)), f"{state.__name__}.{name}"


@by_state
def test_every_view_in_a_var_is_frozen(state: type[PortalState]) -> None:
    for name, hint in inspect.get_annotations(state, eval_str=True).items():
        for inner in types_inside(hint):
            if dataclasses.is_dataclass(inner):
                assert inner.__dataclass_params__.frozen, f"{state.__name__}.{name}"


@by_state
def test_nothing_is_stored_in_the_browser(state: type[PortalState]) -> None:
    for name, value in vars(state).items():
        assert not isinstance(value, ClientStorageBase), name
    for name, hint in inspect.get_annotations(state, eval_str=True).items():
        assert not any(
            inspect.isclass(inner) and issubclass(inner, ClientStorageBase) for inner in types_inside(hint)
        ), name


@by_state
def test_no_computed_var_can_read_the_database_at_build_time(state: type[PortalState]) -> None:
    assert not set(state.computed_vars) - set(rx.State.computed_vars)


@by_state
def test_the_state_pickles(state: type[PortalState]) -> None:
    root = rx.State(_reflex_internal_init=True)
    again = pickle.loads(pickle.dumps(root.get_substate(state.get_full_name().split("."))))  # noqa: S301
    assert type(again) is state


def test_no_automatic_setter_is_registered() -> None:
    names = [entry["handler"].rpartition(".")[2] for entry in every_handler()]
    assert [name for name in names if name.startswith("set_")] == ["set_is_hydrated", "set_is_hydrated"]


def test_the_names_the_gate_trusts_exist_in_this_version_of_the_framework() -> None:
    registered = set(RegistrationContext.get().event_handlers)
    assert registered >= FRAMEWORK
    assert {gate.HYDRATE, gate.ON_LOAD} <= FRAMEWORK
    assert gate.INCIDENT in registered
    assert gate.INCIDENT not in FRAMEWORK


def test_an_argument_without_bounds_cannot_be_declared() -> None:
    for hint in (Any, float, list[str], dict, Me):

        def handler(self: PortalState, value: Any) -> None: ...

        handler.__annotations__["value"] = hint
        with pytest.raises(TypeError, match="borne"):
            action(gate.Policy)(handler)


@pytest.fixture
def registry_kept() -> Iterator[None]:
    """Ce qu'un test ajoute au registre en repart avec lui."""
    registry = RegistrationContext.get()
    handlers, states = dict(registry.event_handlers), dict(registry.base_states)
    substates = {name: set(found) for name, found in registry.base_state_substates.items()}
    yield
    for kept, saved in (
        (registry.event_handlers, handlers),
        (registry.base_states, states),
        (registry.base_state_substates, substates),
    ):
        kept.clear()
        kept.update(saved)


@pytest.mark.usefixtures("registry_kept")
async def test_an_undeclared_method_is_refused_by_the_gate(events: Pipeline) -> None:
    class ForgottenState(PortalState):
        done: bool = False

        @rx.event
        def forgotten(self) -> None:
            self.done = True

        def not_even_decorated(self) -> None:
            self.done = True

    for name in ("forgotten", "not_even_decorated", "setvar"):
        handler = f"{ForgottenState.get_full_name()}.{name}"
        assert handler in RegistrationContext.get().event_handlers, handler
        page = events.page()
        await page.visit("/contact")
        answer = await page.call(handler, {}, "/contact")
        assert answer.is_closed, handler
        assert answer.changed() == {("portal_state", "closed")}, handler
        assert not (await page.state(ForgottenState)).done, handler


def test_the_doorstep_stands_before_the_framework() -> None:
    namespace = portail.portail.app.event_namespace
    assert namespace is not None
    assert namespace.on_event.__module__ == doorstep.__name__


@pytest.mark.parametrize(
    "received",
    [
        None,
        [],
        "x",
        3,
        {},
        {"name": None},
        {"name": 3},
        {"name": ["a"]},
        {"name": "no.such.handler"},
        {"name": gate.HYDRATE, "payload": []},
        {"name": gate.HYDRATE, "payload": None},
        {"name": gate.HYDRATE, "router_data": []},
        {"name": gate.HYDRATE, "router_data": {"pathname": 3}},
        {"name": gate.HYDRATE, "router_data": {"asPath": ["/"]}},
        {"name": gate.HYDRATE, "router_data": {"asPath": "//["}},
        {"name": gate.HYDRATE, "router_data": {"asPath": "https://ailleurs.example/"}},
        {"name": gate.HYDRATE, "router_data": {"asPath": "/" + "x" * 5_000}},
        {"name": gate.HYDRATE, "router_data": {"query": "x"}},
        {"name": gate.HYDRATE, "router_data": {"query": {"a": {"b": 1}}}},
    ],
)
def test_what_is_not_an_event_stays_outside(received: Any) -> None:
    assert not doorstep.is_event(received)


def test_what_the_interface_sends_comes_in() -> None:
    route = {"pathname": "/connexion", "asPath": "/connexion?suite=/compte", "query": {"suite": "/compte", "a": ["b"]}}
    assert doorstep.is_event({"name": gate.HYDRATE, "payload": {"vars": {}}, "router_data": route})
    assert doorstep.is_event(dataclasses.asdict(Event(name=gate.HYDRATE)))
