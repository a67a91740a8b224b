"""Les inscriptions aux activités : le catalogue, les documents exigés, inscrire et mettre fin."""

from portail.services.enrolments.enrolling import end, enrol, enrolled

__all__ = ["end", "enrol", "enrolled"]
