"""Un réglage faux, dit en français : le nom de la variable, et ce qu'il faut y écrire."""

from pydantic import ValidationError


def sentences(error: ValidationError) -> list[str]:
    found: list[str] = []
    for item in error.errors():
        name = variable_name(str(item["loc"][0])) if item["loc"] else ""
        reason = item["msg"].removeprefix("Value error, ")
        found.append(f"{name} : {_in_french(item['type'], reason, item.get('ctx') or {})}" if name else reason)
    return found


def _in_french(kind: str, reason: str, context: dict[str, object]) -> str:
    words = {
        "int_parsing": "un nombre entier est attendu",
        "int_parsing_size": "un nombre entier est attendu",
        "greater_than_equal": f"{context.get('ge')} au moins",
        "less_than_equal": f"{context.get('le')} au plus",
        "enum": "`demo` ou `production` attendu",
        "literal_error": "`A`, `B` ou `C` attendu",
        "datetime_from_date_parsing": "une date et une heure ISO sont attendues, par exemple 2026-11-20T08:00",
        "datetime_parsing": "une date et une heure ISO sont attendues, par exemple 2026-11-20T08:00",
        "string_pattern_mismatch": "une couleur #RRVVBB est attendue",
        "string_too_short": "ne peut pas être vide",
        "string_too_long": "trop long",
        "bool_parsing": "`oui` se dit `true`, `non` se dit `false`",
    }
    return words.get(kind, reason)


def variable_name(field: str) -> str:
    return "PORT" if field in {"port", "PORT"} else f"PORTAIL_{field.upper().removeprefix('PORTAIL_')}"
