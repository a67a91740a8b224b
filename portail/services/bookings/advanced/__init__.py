"""« Modification avancée » : une semaine type pour plusieurs enfants et activités, montrée avant d'être écrite."""
