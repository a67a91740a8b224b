"""Le guichet de la régie : encaisser, annuler, remettre en banque, arrêter la journée."""
