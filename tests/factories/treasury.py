"""Le PayFiP d'essai, appelé par le vrai client SOAP sur une vraie connexion, et ce que le test lui fait dire."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, update

from portail.domain.payments import Provider
from portail.integrations.payfip import PayfipGateway, gateway
from portail.models.database import transaction
from portail.models.regies import Regie
from portail.services import regies
from portail.services.payments import payfip_notices
from portail.services.payments.opening import Way
from portail.standins import payfip
from portail.standins.payfip import app
from tests.conftest import NOW
from tests.tools.here import served


@dataclass
class Treasury:
    """`down` : le service ne répond plus ; `notices` : ce qu'il a notifié."""

    trial: payfip.Treasury
    address: str
    now: list[datetime] = field(default_factory=lambda: [NOW])
    notices: list[str] = field(default_factory=list)
    down: bool = False

    def gateway(self) -> PayfipGateway:
        address = "http://127.0.0.1:9/tpa" if self.down else self.address
        contract = f"{address}/services/securite?wsdl"
        return PayfipGateway(contract, address, "999999", "T", "http://localhost:3000/webhooks/payfip")

    def pay(self, way: Way, result: str = "P") -> str:
        """Ce que fait la famille sur la page ; rend le numéro de l'opération."""
        key = way.url.rpartition("idop=")[2]
        self.trial.finish(key, result)
        return key

    def tell(self, key: str, now: datetime = NOW) -> int:
        return payfip_notices.take(key, now)

    def forge(self, key: str, **values: str) -> None:
        """Le service se met à dire autre chose de cette opération."""
        self.trial._write(key, self.trial.known(key) | values)


@contextmanager
def made(folder: Path, monkeypatch: Any) -> Iterator[Treasury]:
    from portail.services.payments import gateways

    now = [NOW]
    trial = payfip.Treasury(folder / "payfip", lambda: now[0])
    gateway._client.cache_clear()
    with served(payfip.create(trial)) as url:
        found = Treasury(trial, f"{url}/tpa", now)
        monkeypatch.setattr(app, "notify", lambda _address, key: found.notices.append(key))
        monkeypatch.setitem(gateways._makers, Provider.PAYFIP, found.gateway)
        yield found
    gateway._client.cache_clear()


def offer(*providers: str) -> None:
    """Ce que la régie des porte-monnaie propose."""
    with transaction() as db:
        key = regies.default(db).key
        db.exec(update(Regie).where(col(Regie.id) == key).values(providers=list(providers or ("payfip",))))
