"""Tests of the vocabularies: closed, spelt as others spell them, and the same for strings and for nodes."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import pytest
import rdflib.namespace
from rdflib import URIRef

from eild import namespaces, terms
from eild.terms import EILD, VOID, Vocabulary

if TYPE_CHECKING:
    from rdflib.namespace import DefinedNamespace

ALL = {name: value for name, value in vars(terms).items() if isinstance(value, Vocabulary)}
STANDARD = {name: ALL[name] for name in ("RDF", "RDFS", "OWL", "XSD", "SKOS", "SH", "DCTERMS", "FOAF", "VANN")}


def test_vocabulary_term_is_the_iri_either_way() -> None:
    """A term is asked for as an attribute, or as an item where its name is a word of Python."""
    assert EILD.Claim == EILD["Claim"] == "https://w3id.org/eild/ontology#Claim"
    assert VOID["class"] == f"{VOID}class" == "http://rdfs.org/ns/void#class"


def test_vocabulary_misspelt_term_is_refused() -> None:
    """A closed vocabulary has no other terms, and the message names the one that was asked for."""
    with pytest.raises(AttributeError, match="Clam"):
        EILD.Clam  # noqa: B018 - what is tested
    with pytest.raises(KeyError, match="Clam"):
        EILD["Clam"]


def test_vocabulary_is_copied_and_pickled_whole() -> None:
    """What Python asks an object for is not taken for a term."""
    for twin in (copy.deepcopy(EILD), pickle.loads(pickle.dumps(EILD))):  # noqa: S301 - our own bytes
        assert (str(twin), twin.names) == (str(EILD), EILD.names)


@pytest.mark.parametrize("name", STANDARD)
def test_vocabulary_of_a_standard_has_terms_that_the_standard_has(name: str) -> None:
    """Each term is one of those that RDFLib knows, under the same IRI."""
    known: type[DefinedNamespace] = getattr(rdflib.namespace, name)
    ours = STANDARD[name]
    assert str(ours) == str(known)
    assert ours.names
    misspelt = {term for term in ours.names if URIRef(ours[term]) not in known}
    assert not misspelt


@pytest.mark.parametrize("name", sorted(set(ALL) - set(STANDARD)))
def test_namespaces_have_the_same_terms_as_nodes(name: str) -> None:
    """Whoever works on RDFLib's graphs finds each vocabulary under its name, with the same terms."""
    nodes, strings = getattr(namespaces, name), ALL[name]
    assert str(nodes) == str(strings)
    for term in strings.names or ("anything",):
        assert nodes[term] == URIRef(strings[term])


def test_namespaces_have_every_single_iri() -> None:
    """The IRIs of EILD's own resources are there as nodes too."""
    single = {name: value for name, value in vars(terms).items() if name.endswith("_IRI")}
    assert single
    assert {name: getattr(namespaces, name) for name in single} == {k: URIRef(v) for k, v in single.items()}
