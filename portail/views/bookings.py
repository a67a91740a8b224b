"""Le calendrier des réservations tel qu'un parent le voit : les jours, le récapitulatif, le résultat."""

from dataclasses import dataclass, field

from portail.views.home import ChildChip


@dataclass(frozen=True)
class Cell:
    """Une séance pour un enfant, une case à cocher ; `gesture` : ce que la cocher demande, vide si rien ne se peut."""

    key: str = ""  # « 412.7 » : la séance, l'enfant ; le nom du champ
    slot: int = 0
    day: str = ""  # 2026-12-03
    child: str = ""  # prénom, quand plusieurs enfants sont montrés
    color: str = ""
    part: str = ""  # « Matin », quand la journée a plusieurs séances
    name: str = ""  # le nom accessible, en entier : « jeudi 3 décembre 2026, réservable, 3,20 €, 4 places »
    status: str = ""  # DayStatus
    word: str = ""  # « Inscrit », « 3,20 € », « Attente n° 3 »
    gesture: str = ""  # Intent : add, remove, wait, leave
    cents: int = 0  # ce que cocher coûterait (négatif : serait rendu)
    price: str = ""  # « 3,20 € » : ce que vaudrait une place rendue à un jour complet, vide si rien ne s'y réserverait
    price_cents: int = 0
    places: int = 0
    why: str = ""
    next_step: str = ""
    link: str = ""


@dataclass(frozen=True)
class Day:
    """Une case du mois ; `number` vide hors du mois, `word` et `why` quand rien ne s'y réserve."""

    date: str = ""
    number: str = ""
    label: str = ""  # « jeudi 3 décembre 2026 »
    is_today: bool = False
    word: str = ""
    why: str = ""
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Month:
    """`weekdays` : les colonnes montrées, lundi à vendredi si rien n'a lieu le week-end."""

    activity: int = 0
    family: int = 0  # le dossier au nom de qui un agent réserve
    title: str = ""
    label: str = ""  # « Décembre 2026 » ; « du 7 au 11 décembre 2026 » pour une semaine
    month: str = ""  # 2026-12 ; le lundi, 2026-12-07, pour une semaine
    span: str = "month"
    previous: str = ""  # vide quand on ne va pas plus loin
    next: str = ""
    weekdays: list[str] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    children: list[ChildChip] = field(default_factory=list)
    chosen: int = 0  # l'enfant montré ; 0 : tous
    notice: str = ""  # ce qui bloque toute la page (fiche incomplète, tarif maximum, ouverture à venir)
    notice_step: str = ""
    notice_link: str = ""
    is_prepaid: bool = False  # débitée du porte-monnaie, dont `balance_cents` est le solde
    balance_cents: int = 0
    rules: list[str] = field(default_factory=list)  # les délais, en phrases


@dataclass(frozen=True)
class Pick:
    """Un jour choisi, tel que le navigateur le retient."""

    key: str = ""
    gesture: str = ""
    cents: int = 0
    date: str = ""
    part: str = ""


@dataclass(frozen=True)
class RecapLine:
    label: str = ""  # « jeudi 3 décembre · Léa · Matin »
    gesture: str = ""
    word: str = ""  # « Réserver », « Annuler », « Attendre »
    amount: str = ""
    detail: str = ""  # « dont majoration 1,60 € », « Annulation gratuite jusqu’au … »
    why: str = ""  # « pourquoi ce montant », pour qui voit l'argent du foyer


@dataclass(frozen=True)
class RefusedLine:
    label: str = ""
    why: str = ""
    next_step: str = ""
    link: str = ""
    key: str = ""  # la séance dont une place en liste d'attente est proposée, vide sinon
    forced: str = ""  # « 412.7=add » : ce qu'un agent peut demander en passant outre, vide sinon


@dataclass(frozen=True)
class Recap:
    """Ce qui va se passer, avant de confirmer. `choices` et `token` reviennent tels quels."""

    choices: str = ""
    token: str = ""
    lines: list[RecapLine] = field(default_factory=list)
    refused: list[RefusedLine] = field(default_factory=list)
    title: str = ""  # « 4 jours à réserver »
    total: str = ""
    surcharge: str = ""
    balance_before: str = ""
    balance_after: str = ""
    billing: str = ""  # « Facturé en fin de mois » ou « Débité du porte-monnaie »
    notice: str = ""  # tarif maximum appliqué…
    blocked: str = ""  # ce qui empêche de confirmer : porte-monnaie inactif ou insuffisant
    blocked_step: str = ""
    can_settle: bool = False  # le porte-monnaie s’alimente, et la sélection attend
    button: str = ""  # « Réserver 4 jours »
    can_force: bool = False  # un agent peut passer outre l'un des refus
    reason: str = ""  # le motif d'un agent qui passe outre
    is_billed: bool = False  # il facture plus tard, au lieu du porte-monnaie
    can_confirm: bool = False


@dataclass(frozen=True)
class Outcome:
    """Après « Confirmer » : ce qui est fait, ce qui ne l'est pas, ce qui peut encore se défaire."""

    message: str = ""
    detail: str = ""
    refused: list[RefusedLine] = field(default_factory=list)
    batch: int = 0
    can_undo: bool = False
    balance_cents: int = 0
    changed: list[Cell] = field(default_factory=list)
    retry: Recap = field(default_factory=Recap)  # rien n'a été fait : ce qui reste possible
