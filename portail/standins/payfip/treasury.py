"""Ce que le Trésor d'essai retient : chaque opération est un petit fichier, commun aux processus du portail."""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from portail.standins.payfip.soap import Fault

OPEN_FOR = timedelta(minutes=15)
RESULTS = {"P": "Payer", "R": "Refuser", "A": "Abandonner"}
_OPERATION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PARIS = ZoneInfo("Europe/Paris")
_RULES = (
    ("numcli", r"[0-9]{6}", "T1", "Numéro client invalide."),
    ("exer", r"[0-9]{4}", "E1", "Exercice invalide."),
    ("montant", r"[0-9]{1,9}", "M1", "Le format du montant n'est pas correct."),
    ("montant", r"[1-9][0-9]{2,8}", "M3", "Montant minimum 1 euro requis."),
    ("mel", r"[^@\s]+@[^@\s]+\.[^@\s]+", "A2", "L'adresse mel est incorrecte."),
    ("refdet", r"[A-Za-z0-9]{1,30}", "R3", "Le format du paramètre REFDET n'est pas conforme."),
    ("objet", r"[A-Za-z0-9 ]{0,100}", "O1", "Le format du paramètre OBJET n'est pas conforme."),
    ("saisie", r"[TXW]", "S1", "Le type de saisie n'est pas correct."),
    ("urlnotif", r"https?://\S+", "N1", "URL de notification non valide."),
    ("urlredirect", r"https?://\S+", "D1", "URL de redirection non valide."),
)
_PAID = ("montant", "numauto", "numcli", "objet", "refdet", "resultrans", "saisie")


@dataclass(frozen=True)
class Treasury:
    folder: Path
    now: Callable[[], datetime]

    def serve(self, operation: str, asked: dict[str, str]) -> dict[str, str]:
        """Une des deux opérations du contrat."""
        if operation == "creerPaiementSecurise":
            return {"idOp": self.create(asked)}
        if operation == "recupererDetailPaiementSecurise":
            return self.detail(asked.get("idOp", ""))
        raise Fault("999", "Opération inconnue.")

    def create(self, asked: dict[str, str]) -> str:
        for name, shape, code, words in _RULES:
            if not re.fullmatch(shape, asked.get(name, "")):
                raise Fault(code, words)
        key = str(uuid4())
        self._write(key, asked | {"opened_at": self.now().isoformat(), "resultrans": ""})
        return key

    def detail(self, key: str) -> dict[str, str]:
        found = self.known(key)
        if not found["resultrans"] and self._is_purged(found):
            raise Fault("P1", "IdOp incorrect.")
        if not found["resultrans"]:
            raise Fault("P5", "Résultat de la transaction non connu.")
        names = ("dattrans", "exer", "heurtrans", "idOp", "mel", *_PAID)  # dans l'ordre du contrat
        return {name: key if name == "idOp" else found.get(name, "") for name in names}

    def finish(self, key: str, result: str) -> dict[str, str]:
        """Une opération finie ne change plus ; rend ce qui en est su."""
        found = self.known(key)
        if found["resultrans"]:
            return found
        if self.now() - datetime.fromisoformat(found["opened_at"]) > OPEN_FOR:
            raise Fault("P4", "L'opération est ouverte depuis plus de quinze minutes.")
        at = self.now().astimezone(_PARIS)
        done = {"dattrans": f"{at:%d%m%Y}", "heurtrans": f"{at:%H%M}", "resultrans": result, "numauto": ""}
        if result == "P":
            done["numauto"] = "000000"
        self._write(key, found | done)
        return found | done

    def _is_purged(self, found: dict[str, str]) -> bool:
        """La nuit, le vrai service oublie ce que personne n'a payé."""
        opened = datetime.fromisoformat(found["opened_at"])
        return opened.astimezone(_PARIS).date() < self.now().astimezone(_PARIS).date()

    def known(self, key: str) -> dict[str, str]:
        file = self.folder / f"{key}.json"
        if not _OPERATION.fullmatch(key) or not file.is_file():
            raise Fault("P1", "IdOp incorrect.")
        found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        return found

    def _write(self, key: str, known: dict[str, str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f"{key}.{secrets.token_hex(4)}"
        fresh.write_text(json.dumps(known), encoding="utf-8")
        fresh.replace(self.folder / f"{key}.json")
