"""The `pulse` command: what an operator, a consultant or a script does from a terminal."""

from engine.cli import doctor, explaining, formulas, packs, people, serving, transfer
from engine.cli.base import PulseGroup, cli

__all__ = ["PulseGroup", "cli"]
COMMANDS = (doctor, explaining, formulas, packs, people, serving, transfer)
