"""Published dataset: the curated facts in their published form, and everything that the build derives from them.

``build_dataset`` is the only entry point. Each of the other modules derives one thing: ``placement`` (the sentence that
each claim belongs to), ``symmetry`` (the second direction of symmetric statements), ``relays`` (the article's reports
of other claims), ``labels`` (of claims), ``mentions`` (of entities in sentences) and ``shortcuts`` (properties that
make queries shorter).
"""

from eild.dataset.published import MODULES, BuiltDataset, build_dataset

__all__ = ["MODULES", "BuiltDataset", "build_dataset"]
