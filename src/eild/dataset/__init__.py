"""The published dataset: curated facts in their published form, with what the build derives from them.

``build_dataset`` is the one way in; the other modules of the package each derive one thing: ``placement`` (which
claims stand in which sentence), ``relays`` (what the article reports), ``labels`` (of claims), ``mentions`` (of
entities in sentences) and ``shortcuts`` (paths spared to those who query).
"""

from eild.dataset.published import MODULES, PublishedDataset, build_dataset

__all__ = ["MODULES", "PublishedDataset", "build_dataset"]
