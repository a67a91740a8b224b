"""L'agenda d'une famille : l'écran, et le lien privé que lisent les autres agendas."""
