"""« Mon tableau de bord » : tout ce qui s'est passé pour une famille, source par source."""
