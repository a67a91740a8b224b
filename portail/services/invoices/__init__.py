"""Les factures : préparer, émettre, solder, corriger par un avoir, montrer."""
