"""Ce qui part vers la comptabilité : tableaux des factures et des encaissements, titres au format PES V2."""
