"""The structure of a query: what SPARQL's grammar finds in it, with the places of its parts as indices of tokens.

A span goes from the token ``start`` to the one before ``end``. Nodes hold no text of the query but keywords, names of
variables and labels of blank nodes, so that queries which differ in constants alone have one structure.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Term:
    """A term of a triple pattern or of a row of values.

    :ivar kind: ``variable``, ``iri``, ``literal``, ``blank``, ``triple`` or ``undefined``
    :ivar name: of a variable, or the label of a blank node; empty for a blank node without label
    :ivar inner: the terms of a triple
    """

    kind: str
    start: int
    end: int
    name: str = ""
    inner: tuple[Term, ...] = ()

    @property
    def is_constant(self) -> bool:
        """Whether it stands for itself."""
        return self.kind in {"iri", "literal"}


@dataclass(slots=True)
class Path:
    """A property path.

    :ivar kind: ``iri``, ``variable``, or the sign of its operator: one of ``/ | ^ ! ? * +``
    :ivar name: of a variable
    :ivar parts: what the operator combines
    """

    kind: str
    start: int
    end: int
    name: str = ""
    parts: tuple[Path, ...] = ()


@dataclass(slots=True)
class Triple:
    """A triple pattern."""

    subject: Term
    path: Path
    object: Term


@dataclass(slots=True)
class Expression:
    """An expression.

    :ivar kind: ``variable``, ``constant``, ``call`` of a function named by an IRI, ``builtin``, ``aggregate``,
        ``operator``, ``in``, ``exists`` or ``triple``
    :ivar name: of a variable, of a function in capitals, or the operator
    :ivar arguments: operands and arguments
    :ivar group: of ``exists``
    :ivar distinct: whether an aggregate is of distinct values
    """

    kind: str
    start: int
    end: int
    name: str = ""
    arguments: list[Expression] = field(default_factory=list)
    group: Group | None = None
    distinct: bool = False


@dataclass(slots=True)
class Block:
    """The triple patterns of one subject, or the rest of an annotation.

    :ivar triples: with those of collections and of blank nodes in brackets
    :ivar is_plain: whether it has nothing of RDF 1.2
    :ivar reifiers: variables that no triple pattern has, of annotations and reified triples, each with its token
    """

    start: int
    end: int
    triples: list[Triple] = field(default_factory=list)
    reifiers: list[tuple[int, str]] = field(default_factory=list)
    is_plain: bool = True


@dataclass(slots=True)
class Element:
    """A part of a group graph pattern.

    :ivar kind: ``triples``, ``filter``, ``bind``, ``values``, ``optional``, ``minus``, ``union``, ``graph``,
        ``service`` or ``group``
    :ivar groups: the groups in it
    :ivar block: of ``triples``
    :ivar expression: of ``filter`` and ``bind``
    :ivar term: the graph, or the service
    :ivar names: the variables of ``bind`` and ``values``
    :ivar literals: of ``values``, each with its variable
    """

    kind: str
    start: int
    end: int
    groups: list[Group] = field(default_factory=list)
    block: Block | None = None
    expression: Expression | None = None
    term: Term | None = None
    names: list[str] = field(default_factory=list)
    literals: list[tuple[str, Term]] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """A group graph pattern, from brace to brace.

    :ivar select: the subquery that is all of it
    """

    start: int
    end: int
    elements: list[Element] = field(default_factory=list)
    select: Select | None = None


@dataclass(slots=True)
class Item:
    """An expression that may have a name: a column, or a condition of GROUP BY, HAVING or ORDER BY.

    :ivar expression: what is computed; None for a variable of SELECT or DESCRIBE
    :ivar name: the variable; empty if it has none
    :ivar word: ASC or DESC, if it stands there
    """

    start: int
    end: int
    expression: Expression | None = None
    name: str = ""
    word: str = ""


@dataclass(slots=True)
class Select:
    """SELECT, or what other forms have of it.

    :ivar word: DISTINCT or REDUCED, if it stands there
    :ivar star: the token ``*``; negative if there is none
    :ivar where: the pattern; None for a DESCRIBE without one, and for the short form of CONSTRUCT
    :ivar limit: the number after LIMIT; negative if there is none
    :ivar values: the rows at the end
    """

    word: str = ""
    star: int = -1
    items: list[Item] = field(default_factory=list)
    where: Group | None = None
    group_by: list[Item] = field(default_factory=list)
    having: list[Item] = field(default_factory=list)
    order_by: list[Item] = field(default_factory=list)
    limit: int = -1
    values: Element | None = None


@dataclass(slots=True)
class Clause:
    """A dataset clause, or a declaration of the prologue.

    :ivar kind: FROM, FROM NAMED, PREFIX, BASE or VERSION
    :ivar token: the IRI, or the string
    :ivar name: the prefix with its colon
    """

    kind: str
    token: int
    name: str = ""


@dataclass(slots=True)
class Structure:
    """A whole query.

    :ivar form: SELECT, ASK, CONSTRUCT or DESCRIBE
    :ivar prologue: declarations in order
    :ivar head: the token of the form
    :ivar dataset: clauses in order
    :ivar template: of CONSTRUCT
    :ivar described: of DESCRIBE
    :ivar body: the token where dataset clauses and pattern begin
    :ivar variables: names in order of appearance
    :ivar functions: names of functions and aggregates that are called, in capitals
    :ivar service: the first token that asks another endpoint, or may be read so; negative if there is none
    :ivar makes_nodes: whether it has blank nodes that may become new ones of a graph
    """

    form: str
    prologue: list[Clause]
    head: int
    dataset: list[Clause]
    select: Select
    body: int
    template: list[Block] = field(default_factory=list)
    described: list[Term] = field(default_factory=list)
    variables: dict[str, None] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    service: int = -1
    makes_nodes: bool = False
