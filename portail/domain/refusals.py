"""Un refus est une exception qui porte la phrase que l'on lit et ce que l'on peut faire ensuite."""

import math


class RefusalError(Exception):
    """Refus attendu : il s'affiche tel quel, il ne se journalise pas comme une panne."""

    def __init__(self, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step

    @property
    def full_sentence(self) -> str:
        return f"{self.sentence} {self.next_step}".strip()


class NotOpenError(RefusalError):
    """L'objet n'existe pas, ou n'est pas à cette personne : la réponse est la même."""

    def __init__(self) -> None:
        super().__init__("Cette page n’existe pas ou ne vous est pas ouverte.")


class SignedOutError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Votre connexion a pris fin.", "Reconnectez-vous pour continuer.")


class BadInputError(RefusalError):
    """Ce qui a été envoyé n'a pas la forme attendue."""

    def __init__(self, sentence: str = "Cette demande n’a pas la forme attendue.", next_step: str = "") -> None:
        super().__init__(sentence, next_step)


class BadCredentialsError(RefusalError):
    """La même phrase pour un compte inconnu, un mot de passe faux ou un compte fermé."""

    def __init__(self) -> None:
        super().__init__(
            "L’identifiant ou le mot de passe ne convient pas.",
            "Vérifiez la saisie ou choisissez « Mot de passe oublié ? ».",
        )


def spoken_wait(seconds: int) -> str:
    """« 1 seconde », « 45 secondes », « 2 minutes »."""
    unit = "seconde" if seconds == 1 else "secondes"
    return f"{seconds} {unit}" if seconds < 90 else f"{math.ceil(seconds / 60)} minutes"  # noqa: PLR2004


class TooManyAttemptsError(RefusalError):
    def __init__(self, seconds: int) -> None:
        super().__init__(f"Trop d’essais ont échoué. Réessayez dans {spoken_wait(seconds)}.")
        self.seconds = seconds


class BadCodeError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Ce code ne convient pas.", "Attendez le code suivant de votre application et réessayez.")


class DeadLinkError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Ce lien n’est plus valable.", "Demandez-en un nouveau.")


class AddressTakenError(RefusalError):
    """Dit seulement à qui a prouvé tenir cette adresse, ou à un agent."""

    def __init__(self) -> None:
        super().__init__("Cette adresse est celle d’un autre compte.", "Recommencez avec une autre adresse.")


class TemporaryPasswordOverError(RefusalError):
    """Dit seulement à qui vient de donner le bon mot de passe."""

    def __init__(self) -> None:
        super().__init__(
            "Ce mot de passe provisoire a expiré.",
            "Choisissez « Mot de passe oublié ? » ou demandez-en un autre à la mairie.",
        )


class WeakPasswordError(RefusalError):
    pass
