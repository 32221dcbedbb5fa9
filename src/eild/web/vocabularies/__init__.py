"""The pages that document the ontology and the shapes, made from their own triples and from the data that use them.

``graph`` looks triples up, ``usage`` counts and finds examples in the data, ``phrases`` says constraints in words,
``ontology`` and ``shapes`` put the pages together, ``headers`` reads what a vocabulary says of itself, and ``versions``
finds what a path below ``/ontology`` or ``/shapes`` is.
"""
