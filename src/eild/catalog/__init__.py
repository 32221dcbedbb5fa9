"""The catalogue: one description of the dataset from which DCAT-AP, VoID and the service description are made.

:mod:`~eild.catalog.statistics` counts what the data hold, :mod:`~eild.catalog.description` puts together what there is
to say, :mod:`~eild.catalog.graph` says it in RDF, and :mod:`~eild.catalog.urls` points its URLs to where a server is
reached. They cannot disagree, as each fact is written once.
"""
