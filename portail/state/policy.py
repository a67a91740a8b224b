"""À qui chaque action est ouverte : `@action(Audience.PARENT)`. Ce qui n'est pas déclaré est refusé."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints

import reflex as rx
from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import form_data_as_dict

from portail.domain.accounts import Audience
from portail.domain.refusals import BadInputError

MAX_TEXT = 2_000
MARK = "_policy"
MOST_FIELDS = 120  # les écoles d'une grande ville, cochées une à une
LONG_TEXT = 40_000  # plusieurs mois d'un calendrier, pour une fratrie, cochés un à un
LONG_FIELDS = 1_000
_STRICT = ConfigDict(strict=True)


def _bounds(longest: int, fields: int) -> dict[object, Any]:
    """Ce qu'un argument peut être, selon son type annoncé."""
    text = Annotated[str, StringConstraints(max_length=longest, pattern=r"^[^\x00]*$")]  # PostgreSQL refuse le NUL
    form = Annotated[dict[Annotated[str, StringConstraints(max_length=64)], text], Field(max_length=fields)]
    return {
        int: TypeAdapter(Annotated[int, Field(ge=-(2**53), le=2**53)], config=_STRICT),
        str: TypeAdapter(text, config=_STRICT),
        bool: TypeAdapter(bool, config=_STRICT),
        dict[str, Any]: TypeAdapter(form, config=_STRICT),
    }


_BOUNDS, _LONG_BOUNDS = _bounds(MAX_TEXT, MOST_FIELDS), _bounds(LONG_TEXT, LONG_FIELDS)
FRAMEWORK = frozenset(
    {
        "reflex___state____state.hydrate_and_load",
        "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal",
        "reflex___state____state.reflex___state____on_load_internal_state.set_is_hydrated",
        "reflex___state____state.set_is_hydrated",
    }
)


@dataclass(frozen=True)
class Policy:
    """La règle d'une action : qui, et avec quels arguments."""

    audience: Audience
    when_confined: bool  # répond-elle encore quand un changement de mot de passe est exigé ?
    arguments: dict[str, TypeAdapter[Any]]
    required: frozenset[str]
    is_long: bool = False  # reçoit tout un calendrier coché

    def parse(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Les arguments reçus, vérifiés un à un ; le moindre écart refuse l'ensemble."""
        if payload.keys() - self.arguments.keys() or self.required - payload.keys():
            raise BadInputError
        try:
            return {name: self.arguments[name].validate_python(_plain(value)) for name, value in payload.items()}
        except ValidationError:
            raise BadInputError from None


def _plain(value: Any) -> Any:
    """Un formulaire voyage en liste de couples : on le remet en dictionnaire avant de le vérifier."""
    try:
        return form_data_as_dict(value)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        raise BadInputError from None


def action(
    audience: Audience, *, when_confined: bool = False, is_long: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """Le seul moyen d'ouvrir une méthode d'état au réseau ; `is_long` : elle reçoit tout un calendrier coché."""

    def declare(fn: Callable[..., Any]) -> Any:
        arguments, required = _arguments(fn, _LONG_BOUNDS if is_long else _BOUNDS)
        setattr(fn, MARK, Policy(audience, when_confined, arguments, required, is_long))
        return rx.event(fn)

    return declare


def _arguments(fn: Callable[..., Any], bounds: dict[object, Any]) -> tuple[dict[str, TypeAdapter[Any]], frozenset[str]]:
    hints = get_type_hints(fn)
    parameters = list(inspect.signature(fn).parameters.values())[1:]
    unknown = [p.name for p in parameters if hints.get(p.name) not in bounds]
    if unknown:
        raise TypeError(f"{fn.__qualname__} : type d'argument sans borne : {', '.join(unknown)}")
    required = frozenset(p.name for p in parameters if p.default is inspect.Parameter.empty)
    return {p.name: bounds[hints[p.name]] for p in parameters}, required


def policy_of(name: str) -> Policy | None:
    """La règle de l'action de ce nom, ou None si elle n'est pas déclarée."""
    registered = RegistrationContext.get().event_handlers.get(name)
    return getattr(registered.handler.fn, MARK, None) if registered else None


def every_handler() -> list[dict[str, Any]]:
    """Toutes les méthodes que le réseau peut nommer, avec leur règle : `portail handlers`."""
    found = []
    for name in sorted(RegistrationContext.get().event_handlers):
        policy = policy_of(name)
        found.append(
            {
                "handler": name,
                "policy": policy.audience.value if policy else ("framework" if name in FRAMEWORK else "refused"),
                "arguments": sorted(policy.arguments) if policy else [],
            }
        )
    return found
