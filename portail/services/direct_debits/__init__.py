"""Les prélèvements : le mandat d'une famille, la remise à la banque, ce qui est prélevé, ce qui est rejeté."""
