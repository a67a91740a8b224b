"""Le retour de la page de paiement par POST, comme PayFiP peut le faire : il mène à la même page que par GET."""

import re

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

PAGE = "/paiement/retour"
_REFERENCE = re.compile(r"[A-Za-z0-9]{1,40}")


async def come_back(request: Request) -> RedirectResponse:
    """Rien de ce qui est posté n'est lu : notre référence est dans l'adresse, et la page redemande le reste."""
    reference = request.query_params.get("tentative", "")
    where = f"{PAGE}?tentative={reference}" if _REFERENCE.fullmatch(reference) else PAGE
    return RedirectResponse(where, 303, headers={"cache-control": "no-store"})


routes = [Route(PAGE, come_back, methods=["POST"])]
