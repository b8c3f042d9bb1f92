"""Pipeline: which of its entity's roads a record goes along."""

from collections.abc import Mapping
from typing import Any

from engine.fields.base import field_types
from engine.fields.choice import Choice
from engine.fields.options import Options


@field_types.register("pipeline")
class Pipeline(Choice):
    """The key of a pipeline."""

    value_type = "pipeline"

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        super().__init__(settings)
        self.options = Options(self.settings.get("pipelines") or ())
