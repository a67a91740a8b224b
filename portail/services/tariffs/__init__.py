"""Les tarifs : les grilles en vigueur, le quotient de chaque foyer, et ce que chacun paie."""

from portail.domain.tariffs import quotient_on
from portail.services.tariffs.quotients import as_quotient, is_resident, quotients_of, set_quotient
from portail.services.tariffs.reading import load, write_grid

__all__ = ["as_quotient", "is_resident", "load", "quotient_on", "quotients_of", "set_quotient", "write_grid"]
