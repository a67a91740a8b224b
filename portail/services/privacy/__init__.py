"""Les données personnelles : les rendre à chacun, les effacer à la demande ou au terme."""
