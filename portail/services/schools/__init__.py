"""Les écoles et les classes : les listes que lisent familles et agents, et la page qui les règle."""
