"""Plugins: packages that are installed beside PulseCRM and name themselves as such.

Each names a module in the entry points of the group `pulsecrm`; loading it registers what it brings.
"""

from importlib.metadata import entry_points

GROUP = "pulsecrm"


def load_plugins() -> None:
    """Load every plugin that is installed. One that can't be loaded keeps the house from starting."""
    for each in entry_points(group=GROUP):
        each.load()
