"""La commune : son identité, son calendrier, ses actualités."""
