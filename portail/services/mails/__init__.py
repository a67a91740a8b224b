"""Les courriels : la boîte d'envoi, les gabarits, ceux que lit l'administrateur."""
