"""Les absences : les déclarer, y répondre, et annuler les jours de toute une classe."""
