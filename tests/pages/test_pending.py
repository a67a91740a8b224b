"""Un formulaire qui écrit s'éteint tant que la réponse n'est pas là ; seul un formulaire qui cherche s'en passe."""

import ast
from collections.abc import Iterator

from portail.settings import ROOT

DRAWN = sorted([*(ROOT / "portail" / "pages").rglob("*.py"), *(ROOT / "portail" / "components").rglob("*.py")])
READS = {"Rechercher", "Chercher", "Chercher le dossier", "Voir", "Voir qui est concerné", "Filtrer", "Estimer"}
READS |= {"Calculer", "Relire la règle", "Relire la grille"}
# ce qui reste à corriger, fichier par fichier : la liste ne fait que raccourcir
LEFT = {
    "components/activity_days.py": 1,
    "components/activity_forms.py": 2,
    "pages/absences.py": 1,
    "pages/campaigns.py": 2,
    "pages/child.py": 1,
    "pages/consents.py": 1,
    "pages/document_desk.py": 2,
    "pages/family_files.py": 1,
    "pages/health.py": 1,
    "pages/prices.py": 1,
    "pages/request_desk.py": 2,
    "pages/requests.py": 1,
    "pages/schools.py": 1,
    "pages/town_calendar.py": 1,
    "pages/validations.py": 1,
}


def never_busy(node: ast.expr) -> bool:
    """`rx.Var.create(False)`, ou `False` tout court."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Var.create"):
        node = node.args[0]
    return isinstance(node, ast.Constant) and node.value is False


def constants(tree: ast.Module) -> set[str]:
    """Les noms du module qui valent « jamais occupé »."""
    given = [node for node in tree.body if isinstance(node, ast.Assign) and never_busy(node.value)]
    return {target.id for node in given for target in node.targets if isinstance(target, ast.Name)}


def forever_ready(source: str) -> Iterator[str]:
    """Le mot de chaque bouton qui ne s'éteint jamais."""
    tree = ast.parse(source)
    named = constants(tree)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"submit", "gesture"}):
            continue
        label = node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
        answers = [*node.args[1:], *[given.value for given in node.keywords]]
        if label not in READS and any(never_busy(one) or ast.unparse(one) in named for one in answers):
            yield ast.unparse(node.args[0])


def test_no_form_that_writes_is_forever_ready() -> None:
    found = {str(file.relative_to(ROOT / "portail")): len(list(forever_ready(file.read_text()))) for file in DRAWN}
    assert {name: count for name, count in found.items() if count} == LEFT


def test_a_forever_ready_form_is_seen() -> None:
    for source in (
        'submit("Payer", rx.Var.create(False))',
        'forms.submit("Payer", busy=rx.Var.create(False), css="btn")',
        'NEVER = rx.Var.create(False)\nsubmit("Payer", NEVER)',
        'gesture("Payer", State.pay, False)',
    ):
        assert list(forever_ready(source)) == ["'Payer'"], source
    for source in ('submit("Payer", State.busy)', 'submit("Rechercher", rx.Var.create(False))', "rx.Var.create(False)"):
        assert list(forever_ready(source)) == [], source
