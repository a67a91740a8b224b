"""Les pièces jointes : les attacher, les lister, les rendre à qui y a droit."""
