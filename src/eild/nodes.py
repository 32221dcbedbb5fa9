"""The terms of :mod:`eild.terms` as Oxigraph's nodes, for modules that read or make triples; each node is made once."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

from eild import terms


class Nodes:
    """The nodes of the terms of a vocabulary: ``RDF.type``, or ``VOID["class"]`` if the name is not an identifier.

    :param vocabulary: the vocabulary, which decides which names are terms
    """

    def __init__(self, vocabulary: terms.Vocabulary) -> None:
        self._vocabulary = vocabulary

    def __getitem__(self, name: str) -> NamedNode:
        """Return the node of a term.

        :raises KeyError: if the vocabulary has no such term
        """
        node = self.__dict__.get(name)
        if not isinstance(node, NamedNode):
            node = self.__dict__[name] = NamedNode(self._vocabulary[name])
        return node

    def __getattr__(self, name: str) -> NamedNode:
        """Return the node of a term; called once for each, as the node is kept as an attribute.

        :raises AttributeError: if the vocabulary has no such term
        """
        if name.startswith("_"):  # not a term, but what Python looks for
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(*error.args) from None


DCAT: Final = Nodes(terms.DCAT)
DCTERMS: Final = Nodes(terms.DCTERMS)
EILD: Final = Nodes(terms.EILD)
FOAF: Final = Nodes(terms.FOAF)
NIF: Final = Nodes(terms.NIF)
OA: Final = Nodes(terms.OA)
OWL: Final = Nodes(terms.OWL)
RDF: Final = Nodes(terms.RDF)
RDFS: Final = Nodes(terms.RDFS)
SCHEMA: Final = Nodes(terms.SCHEMA)
SD: Final = Nodes(terms.SD)
SH: Final = Nodes(terms.SH)
SKOS: Final = Nodes(terms.SKOS)
VOID: Final = Nodes(terms.VOID)
VOID_EXT: Final = Nodes(terms.VOID_EXT)
XSD: Final = Nodes(terms.XSD)
