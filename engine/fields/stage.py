"""Stage: where on its pipeline a record stands."""

from collections.abc import Mapping
from typing import Any

from engine.fields.base import field_types
from engine.fields.choice import Choice
from engine.fields.options import Options


@field_types.register("stage")
class Stage(Choice):
    """The key of a stage. Whether it may be entered is for the command to say."""

    value_type = "stage"

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        super().__init__(settings)
        pipelines = self.settings.get("pipelines") or ()
        stages = [
            pipeline["stages"] if isinstance(pipeline, Mapping) else pipeline.stages
            for pipeline in pipelines
        ]
        self.options = Options(stage for each in stages for stage in each.values())
