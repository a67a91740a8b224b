"""Les messages SOAP du service : lire une demande, écrire une réponse ou une erreur."""

from pathlib import Path

from lxml import etree

CONTRACT = Path(__file__).with_name("PaiementSecuriseService.wsdl")
ADDRESS = "http://127.0.0.1/tpa/services/securite"  # celle du fichier, remplacée par la nôtre
SERVICE = (
    "http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/"
    "PaiementSecuriseService"
)
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
PROTOCOL = "998"


class Fault(Exception):  # noqa: N818 — le mot du protocole
    """`code` : trois chiffres pour une erreur de la machine, une lettre et un chiffre pour la demande."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def contract(address: str) -> str:
    return CONTRACT.read_text(encoding="utf-8").replace(ADDRESS, address)


def read(body: bytes) -> tuple[str, dict[str, str]]:
    """L'opération demandée et ses valeurs."""
    try:
        envelope = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise Fault(PROTOCOL, "Message illisible.") from None
    asked = envelope.find(f"{{{ENVELOPE}}}Body/*")
    if asked is None:
        raise Fault(PROTOCOL, "Message vide.")
    values = asked.find("arg0")
    found = {} if values is None else {etree.QName(one).localname: one.text or "" for one in values}
    return etree.QName(asked).localname, found


def answer(operation: str, values: dict[str, str]) -> bytes:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"S": ENVELOPE, "ns2": SERVICE})
    body = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
    _fill(etree.SubElement(etree.SubElement(body, f"{{{SERVICE}}}{operation}Response"), "return"), values)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def refusal(fault: Fault) -> bytes:
    kind = "TechProtocolaireErreur" if fault.code.isdigit() else "FonctionnelleErreur"
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"S": ENVELOPE, "ns2": SERVICE})
    told = etree.SubElement(etree.SubElement(envelope, f"{{{ENVELOPE}}}Body"), f"{{{ENVELOPE}}}Fault")
    _fill(told, {"faultcode": "S:Server", "faultstring": f"fr.gouv.finances.cp.tpa.webservice.exceptions.{kind}"})
    detail = etree.SubElement(etree.SubElement(told, "detail"), f"{{{SERVICE}}}{kind}")
    _fill(detail, {"code": fault.code, "descriptif": "", "libelle": str(fault), "severite": "2"})
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _fill(parent: "etree._Element", values: dict[str, str]) -> None:
    for name, value in values.items():
        etree.SubElement(parent, name).text = value
