"""Réserver : lire le mois, préparer, confirmer, défaire. Les places se prennent ici et nulle part ailleurs."""
