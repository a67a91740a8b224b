"""La table des adresses : chaque page du registre, ce qui la dessine et ce qu'elle charge."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from portail.domain.accounts import Audience
from portail.pages import (
    absences,
    account,
    account_desk,
    activity_desk,
    activity_file,
    bill_payment,
    bookings,
    bookings_desk,
    campaigns,
    cash_desk,
    catalogue,
    child,
    confirmation,
    consents,
    contact,
    content,
    coordinates,
    custody,
    daily_income,
    dashboard,
    debit_batch,
    debit_desk,
    direct_debits,
    enrolments,
    family,
    family_entry,
    family_files,
    health,
    history,
    home,
    household,
    invoice_desk,
    invoice_runs,
    invoices,
    mails,
    merging,
    news,
    occupancy,
    online_payments,
    papers,
    paying,
    planning,
    prices,
    quotient_desk,
    recovery,
    regies,
    registration,
    request_desk,
    requests,
    review,
    rights,
    room,
    schools,
    sign_in,
    simulation,
    site_map,
    slips,
    staff_health,
    tariff_desk,
    tariff_file,
    town_calendar,
    unpaid,
    validations,
    verification,
    waitlist,
    wallet,
    wallet_desk,
    weekly,
    welcome,
    wishes,
)
from portail.pages.sections import AT
from portail.settings import current
from portail.state.absences import AbsencesState, GroupState
from portail.state.account import AccountState
from portail.state.account_desk import AccountDeskState
from portail.state.activity_desk import ActivityListState
from portail.state.activity_file import ActivityFileState
from portail.state.base import PortalState
from portail.state.bookings import CalendarState
from portail.state.bookings_desk import DeskCalendarState
from portail.state.campaigns import CampaignsState
from portail.state.cash_desk import CashDeskState
from portail.state.catalogue import CatalogueState
from portail.state.children import ChildState
from portail.state.chooser import ChooserState
from portail.state.consents import ConsentsState
from portail.state.coordinates import CoordinatesState
from portail.state.custody import AgentCustodyState, FamilyCustodyState
from portail.state.daily_income import DailyIncomeState
from portail.state.dashboard import DashboardState
from portail.state.debit_desk import DebitDeskState
from portail.state.direct_debits import DirectDebitsState
from portail.state.document_desk import DocumentDeskState
from portail.state.email_change import ConfirmationState
from portail.state.enrolments import EnrolmentState
from portail.state.family import FamilyState
from portail.state.family_entry import FamilyEntryState
from portail.state.family_files import FamilyFilesState
from portail.state.health import HealthState, StaffHealthState
from portail.state.history import HistoryState
from portail.state.home import HomeState
from portail.state.household import HouseholdState
from portail.state.invoice_desk import InvoiceDeskState, InvoiceRunsState
from portail.state.invoices import BillPaymentState, InvoicesState
from portail.state.mails import MailsState
from portail.state.merging import MergeState
from portail.state.news import NewsState
from portail.state.occupancy import OccupancyState
from portail.state.online_payments import OnlinePaymentsState
from portail.state.openings import OpeningState
from portail.state.papers import PapersState
from portail.state.paying import PaymentReturnState, TopUpState
from portail.state.planning import PlanningState
from portail.state.prices import PricesState
from portail.state.quotient_desk import QuotientDeskState
from portail.state.recovery import RecoveryState
from portail.state.regies import RegiesState
from portail.state.registration import RegistrationState
from portail.state.request_desk import RequestDeskState
from portail.state.requests import RequestsState
from portail.state.review import ReviewState
from portail.state.rights import RightsState
from portail.state.room import RoomState
from portail.state.schools import SchoolsState
from portail.state.sign_in import SignInState
from portail.state.simulation import SimulationState
from portail.state.slips import SlipsState
from portail.state.tariff_desk import TariffListState
from portail.state.tariff_file import TariffFileState
from portail.state.town_calendar import TownCalendarState
from portail.state.unpaid import UnpaidState
from portail.state.validations import ValidationsState
from portail.state.verification import VerificationState
from portail.state.waitlist import WaitlistState
from portail.state.wallet import WalletState
from portail.state.wallet_desk import WalletDeskState
from portail.state.weekly import WeeklyState
from portail.state.wishes import WishesState


@dataclass(frozen=True)
class Page:
    """Une adresse du portail."""

    route: str
    title: str
    draw: Callable[[], rx.Component]
    on_load: list[Any]
    kind: Audience = Audience.PUBLIC
    sitemap: bool = True
    description: str = ""


def _page(route: str, draw: Callable[[], rx.Component], *on_load: Any) -> Page:
    """Les mots viennent du registre ; toute page commence par demander qui est là."""
    item = AT[route]
    words = f"{item.words.rstrip('.')}. Portail des familles de {current().town_name}."
    return Page(
        route,
        f"{item.title} · Portail Famille",
        draw,
        [PortalState.enter, *on_load],
        item.audience,
        item.sitemap,
        words,
    )


PAGES: tuple[Page, ...] = (
    _page("/", welcome.draw, NewsState.load_list),
    _page("/connexion", sign_in.draw, SignInState.load),
    _page("/inscription", registration.draw, RegistrationState.load),
    _page("/inscription/famille", family_entry.draw, FamilyEntryState.load),
    _page("/mot-de-passe-oublie", recovery.draw_forgotten, RecoveryState.start),
    _page("/activation/[link_token]", recovery.draw_activation, RecoveryState.open_activation),
    _page("/reinitialisation/[link_token]", recovery.draw_reset, RecoveryState.open_reset),
    _page("/confirmation/[link_token]", confirmation.draw, ConfirmationState.open_link),
    _page("/accueil", home.draw, HomeState.load),
    _page("/activites", catalogue.draw, ChooserState.load_chooser, CatalogueState.load),
    _page("/activites/[activity_id]", enrolments.draw, EnrolmentState.load),
    _page("/dossier", family.draw, FamilyState.load),
    _page("/documents", papers.draw, PapersState.load),
    _page("/dossier/coordonnees", coordinates.draw, CoordinatesState.load),
    _page("/dossier/droits", rights.draw, RightsState.load),
    _page("/dossier/changement", household.draw, HouseholdState.load),
    _page("/dossier/enfants/[child_id]", child.draw, ChooserState.load_chooser, ChildState.load),
    _page("/porte-monnaie", wallet.draw, WalletState.load, TopUpState.load),
    _page("/prelevements", direct_debits.draw, DirectDebitsState.load),
    _page("/factures", invoices.draw_list, InvoicesState.load_list),
    _page("/factures/[invoice_id]", invoices.draw_one, InvoicesState.load_one),
    _page("/paiement", bill_payment.draw, BillPaymentState.load),
    _page("/compte/historique", invoices.draw_history, InvoicesState.load_history),
    _page("/paiement/retour", paying.draw_return, PaymentReturnState.load),
    _page("/reservations/[activity_id]", bookings.draw, CalendarState.load, OpeningState.load),
    _page("/reservations/[activity_id]/avancee", weekly.draw, WeeklyState.load),
    _page("/demarches", requests.draw_list, RequestsState.load_list),
    _page("/demarches/[request_id]", requests.draw_one, RequestsState.load_one),
    _page("/dossier/enfants/[child_id]/garde", custody.draw, ChooserState.load_chooser, FamilyCustodyState.load),
    _page("/dossier/enfants/[child_id]/sante", health.draw, ChooserState.load_chooser, HealthState.load),
    _page("/tableau-de-bord", history.draw, ChooserState.load_chooser, HistoryState.load),
    _page("/listes-attente", waitlist.draw, WaitlistState.load),
    _page("/voeux/[activity_id]", wishes.draw, WishesState.load),
    _page("/salle-attente/[campaign_id]", room.draw, RoomState.load),
    _page("/planning", planning.draw, ChooserState.load_chooser, PlanningState.load),
    _page("/absences", absences.draw, AbsencesState.load),
    _page("/compte", account.draw, AccountState.load),
    _page("/actualites", news.draw_list, NewsState.load_list),
    _page("/actualites/[slug]", news.draw_article, NewsState.load_article),
    _page("/admin", dashboard.draw, DashboardState.load),
    _page("/admin/demarches", request_desk.draw_queue, RequestDeskState.load_queue),
    _page("/admin/inscriptions/[registration_id]", review.draw, ReviewState.load),
    _page("/admin/demarches/[request_id]", request_desk.draw_one, RequestDeskState.load_one),
    _page("/admin/familles", family_files.draw_list, FamilyFilesState.load_list),
    _page("/admin/familles/[family_id]", family_files.draw_file, FamilyFilesState.load_file, DocumentDeskState.load),
    _page(bookings_desk.ROUTE, bookings_desk.draw, DeskCalendarState.load_desk),
    _page("/admin/familles/[family_id]/fusion", merging.draw, MergeState.load),
    _page("/admin/absences", absences.draw_staff, GroupState.load),
    _page("/admin/comptes", account_desk.draw, AccountDeskState.load),
    _page("/admin/paiements", online_payments.draw, OnlinePaymentsState.load),
    _page("/admin/prelevements", debit_desk.draw, DebitDeskState.load),
    _page("/admin/prelevements/[batch_id]", debit_batch.draw, DebitDeskState.load_one),
    _page("/admin/regies", regies.draw, RegiesState.load),
    _page("/admin/facturation", invoice_runs.draw_list, InvoiceRunsState.load_list),
    _page("/admin/facturation/[run_id]", invoice_runs.draw_one, InvoiceRunsState.load_one),
    _page("/admin/factures", invoice_desk.draw_list, InvoiceDeskState.load_list),
    _page("/admin/factures/[invoice_id]", invoice_desk.draw_one, InvoiceDeskState.load_one),
    _page("/admin/encaissements", wallet_desk.draw_list, WalletDeskState.load_list),
    _page("/admin/encaissements/[family_id]", wallet_desk.draw_one, WalletDeskState.load_one),
    _page("/admin/caisse", cash_desk.draw, CashDeskState.load),
    _page("/admin/caisse/recettes", daily_income.draw, DailyIncomeState.load),
    _page("/admin/remises", slips.draw, SlipsState.load),
    _page("/admin/impayes", unpaid.draw, UnpaidState.load),
    _page("/admin/tarifs", tariff_desk.draw, TariffListState.load),
    _page("/admin/tarifs/[tariff_id]", tariff_file.draw, TariffFileState.load),
    _page("/admin/quotients", quotient_desk.draw, QuotientDeskState.load),
    _page("/admin/ecoles", schools.draw, SchoolsState.load),
    _page("/admin/reservations", occupancy.draw, OccupancyState.load),
    _page("/admin/reservations/[slot_id]", occupancy.draw_slot, OccupancyState.load_slot),
    _page("/admin/validations", validations.draw, ValidationsState.load),
    _page("/admin/campagnes", campaigns.draw, CampaignsState.load),
    _page("/admin/activites", activity_desk.draw, ActivityListState.load),
    _page("/admin/activites/[activity_id]", activity_file.draw, ActivityFileState.load),
    _page("/admin/calendrier", town_calendar.draw, TownCalendarState.load),
    _page("/admin/autorisations", consents.draw, ConsentsState.load),
    _page("/admin/courriels", mails.draw, MailsState.load),
    _page("/admin/enfants/[child_id]/garde", custody.draw_staff, AgentCustodyState.load),
    _page("/admin/enfants/[child_id]/sante", staff_health.draw, StaffHealthState.load),
    _page("/tarifs", prices.draw, PricesState.load),
    _page("/simulation", simulation.draw, SimulationState.load),
    _page("/contact", contact.draw),
    _page("/verification", verification.draw, VerificationState.load),
    _page("/verification/[reference]", verification.draw_one, VerificationState.load),
    _page("/aide", content.draw_guide),
    _page("/mentions-legales", content.draw_legal),
    _page("/cgu", content.draw_terms),
    _page("/reglement", content.draw_rules),
    _page("/protection-des-donnees", content.draw_privacy),
    _page("/accessibilite", content.draw_accessibility),
    _page("/plan-du-site", site_map.draw),
)
