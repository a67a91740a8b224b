"""La liste d’attente : y entrer, en sortir, y voir sa place (`queue`), donner les places libres (`promoting`)."""
