"""Les règles se vérifient aussi sur des exemples tirés au hasard, toujours les mêmes."""

import tempfile
from pathlib import Path

from hypothesis import configuration, settings

configuration.set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "portail-hypothesis")
settings.register_profile("portail", database=None, deadline=None, derandomize=True, max_examples=200)
settings.load_profile("portail")
