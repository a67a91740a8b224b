"""Les paiements en ligne : la tentative, la notification du prestataire, le règlement, le remboursement."""
