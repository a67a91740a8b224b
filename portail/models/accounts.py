"""Comptes, connexions ouvertes, liens à usage unique, essais manqués, codes de secours."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, true
from sqlmodel import Field

from portail.domain.accounts import STAFF, AccountStatus, Display, Role
from portail.models.base import Row, instant, optional_instant


class Account(Row, table=True):
    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("role in ('parent','reception','regie','direction','animation','admin')", name="role"),
        CheckConstraint("status in ('invited','active','closed')", name="status"),
        CheckConstraint("status <> 'active' or password_hash is not null", name="active_has_password"),
        CheckConstraint("display in ('auto','mobile','desktop')", name="display"),
    )

    username: str = Field(max_length=60, unique=True)  # minuscules, sans accents
    email: str = Field(max_length=254, unique=True)  # forme normalisée
    first_name: str = Field(max_length=80)
    last_name: str = Field(max_length=80)
    role: str = Field(default=Role.PARENT, max_length=20)
    status: str = Field(default=AccountStatus.INVITED, max_length=20)
    password_hash: str | None = Field(default=None, max_length=100)
    must_change_password: bool = False
    temporary_until: datetime | None = optional_instant()  # fin de validité d'un mot de passe provisoire
    terms_version: int = 0
    terms_accepted_at: datetime | None = optional_instant()
    totp_sealed: bytes | None = Field(default=None, sa_column=Column("totp_sealed", LargeBinary, nullable=True))
    totp_last_step: int = 0
    display: str = Field(default=Display.AUTO, max_length=10, sa_column_kwargs={"server_default": "auto"})
    notify_requests: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    notify_wallet: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    notify_news: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    pending_email: str = Field(default="", max_length=254, sa_column_kwargs={"server_default": ""})
    created_at: datetime = instant()
    activated_at: datetime | None = optional_instant()
    last_sign_in_at: datetime | None = optional_instant()
    closed_at: datetime | None = optional_instant()

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


class LoginSession(Row, table=True):
    __tablename__ = "login_session"

    token_hash: str = Field(max_length=64, unique=True)
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    remember: bool = False
    device: str = Field(default="", max_length=80)
    child_id: int | None = Field(
        default=None, foreign_key="child.id", index=True, ondelete="SET NULL"
    )  # l'enfant choisi
    created_at: datetime = instant()
    last_seen_at: datetime = instant()
    ended_at: datetime | None = optional_instant(index=True)


class OneUseLink(Row, table=True):
    __tablename__ = "one_use_link"
    __table_args__ = (
        Index("ix_one_use_link_account_kind", "account_id", "kind"),
        CheckConstraint("kind in ('activation','invitation','reset','ticket','second_factor','email')", name="kind"),
    )

    token_hash: str = Field(max_length=64, unique=True)
    kind: str = Field(max_length=20)
    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE")
    browser_hash: str = Field(default="", max_length=64)
    remember: bool = False
    created_at: datetime = instant()
    expires_at: datetime = instant(index=True)
    used_at: datetime | None = optional_instant()


class FailedAttempts(Row, table=True):
    __tablename__ = "failed_attempts"
    __table_args__ = (UniqueConstraint("scope", "key_hash"),)

    scope: str = Field(max_length=20)
    key_hash: str = Field(max_length=64)
    failures: int = 0
    last_at: datetime = instant(index=True)


class RecoveryCode(Row, table=True):
    __tablename__ = "recovery_code"

    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    code_hash: str = Field(max_length=64)
    used_at: datetime | None = optional_instant()
