"""Le porte-monnaie des familles et le grand livre qui le tient."""

from portail.services.wallet.accounts import balance_of, balances_of, common, wallet_of
from portail.services.wallet.checking import check_ledger
from portail.services.wallet.posting import (
    AlreadyPostedError,
    InactiveWalletError,
    Line,
    Movement,
    NotEnoughMoneyError,
    debit_for_booking,
    post,
    post_common,
    refund_for_booking,
)

__all__ = [
    "AlreadyPostedError",
    "InactiveWalletError",
    "Line",
    "Movement",
    "NotEnoughMoneyError",
    "balance_of",
    "balances_of",
    "check_ledger",
    "common",
    "debit_for_booking",
    "post",
    "post_common",
    "refund_for_booking",
    "wallet_of",
]
