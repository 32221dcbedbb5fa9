"""The catalogue: one description of the dataset from which DCAT-AP, VoID and the service description are made.

:mod:`~eild.catalog.inventory` lists files, graphs and earlier versions, :mod:`~eild.catalog.statistics` counts the
contents of the data, :mod:`~eild.catalog.description` collects everything that a catalogue states,
:mod:`~eild.catalog.graph` writes it in RDF, and :mod:`~eild.catalog.urls` replaces the start of its URLs by that of the
server. The vocabularies cannot disagree, because each fact is written once.
"""
