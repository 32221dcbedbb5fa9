"""The terms of SHACL by what they are: targets, parameters and their components, of which version, of which part.

RDFLib's namespace of SHACL is closed and knows 1.0 only; :func:`sh` knows every name.
"""

from __future__ import annotations

from typing import Final

from rdflib import URIRef
from rdflib.namespace import SH

SHACL: Final = str(SH)


def sh(name: str) -> URIRef:
    """Return a term of SHACL, of any version."""
    return URIRef(f"{SHACL}{name}")


def local_name(term: object) -> str:
    """Return the name of a term of SHACL without its namespace; an empty string for any other term."""
    text = str(term)
    return text.removeprefix(SHACL) if text.startswith(SHACL) else ""


def _component(name: str) -> URIRef:
    return sh(f"{name[0].upper()}{name[1:]}ConstraintComponent")


TARGETS: Final = tuple(sh(name) for name in "targetClass targetNode targetSubjectsOf targetObjectsOf".split())
"""The target declarations of SHACL 1.0 Core."""

CORE: Final[dict[URIRef, URIRef]] = {
    sh(name): _component(name)
    for name in (
        "class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive minLength "
        "maxLength pattern languageIn uniqueLang equals disjoint lessThan lessThanOrEquals not and or xone node "
        "closed hasValue in qualifiedMinCount qualifiedMaxCount"
    ).split()
} | {sh("sparql"): sh("SPARQLConstraintComponent")}
"""The component that each parameter of SHACL 1.0 switches on (``sh:property`` aside, which only leads on)."""

CORE_1_2: Final[dict[URIRef, URIRef]] = {
    sh(name): _component(name)
    for name in (
        "memberShape minListLength maxListLength uniqueMembers uniqueValuesFor someValue singleLine subsetOf rootClass "
        "nodeByExpression expression reifierShape"
    ).split()
}
"""The component that each parameter of SHACL 1.2 Core switches on."""

COMPONENTS: Final = CORE | CORE_1_2
"""The component that each parameter switches on, of all versions."""

_NON_VALIDATING: Final = "name description order group defaultValue"
_ANNOTATIONS: Final = "codeIdentifier intent agentInstruction unit"
_AF: Final = (
    "rule Rule Rules TripleRule SPARQLRule JSRule values Function SPARQLFunction returnType filterShape nodes "
    "condition subject predicate object construct this if then else exists count distinct min max sum limit offset "
    "orderBy desc groupConcat separator minus union intersection entailment resultAnnotation ResultAnnotation "
    "annotationProperty annotationVarName annotationValue labelTemplate update SPARQLUpdateExecutable "
    "SPARQLConstructExecutable SPARQLExecutable SPARQLTargetType TargetType Parameterizable"
)
_JAVASCRIPT: Final = (
    "js jsFunctionName jsLibrary jsLibraryURL JSConstraint JSConstraintComponent JSExecutable JSFunction JSLibrary "
    "JSTarget JSTargetType JSValidator"
)
_CORE_1_2: Final = (
    "ByTypes Debug Trace ShapeClass TripleTerm reificationRequired targetWhere shape incomplete incompleteURIStart "
    "conformanceDisallows"
)
_UNSUPPORTED_1_2: Final = (
    "sparqlExpr SPARQLExprExpression NodeExpression NamedParameterExpression ListParameterExpression "
    "SPARQLSelectExpression SelectExpression conformanceDisallows ruleSet RuleSet keyParameter bodyExpression "
    "NodeExpressionFunction ListParameterExpressionFunction NamedParameterExpressionFunction"
)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNSUPPORTED: Final = _names(_UNSUPPORTED_1_2)
"""Names of terms of SHACL 1.2 that change verdicts and are not supported yet."""

ANNOTATIONS: Final = _names(_ANNOTATIONS)
"""Names of terms of SHACL 1.2 that constrain nothing."""

_RULES: Final = (
    "rule Rule Rules TripleRule SPARQLRule values condition subject predicate object construct update "
    "SPARQLUpdateExecutable SPARQLConstructExecutable"
)
_EXPRESSIONS: Final = (
    "filterShape nodes if then else exists count distinct min max sum limit offset orderBy desc groupConcat separator "
    "minus union intersection"
)
_RESULT_ANNOTATIONS: Final = "resultAnnotation ResultAnnotation annotationProperty annotationVarName annotationValue"
NOT_APPLIED: Final = {
    **dict.fromkeys(_RULES.split(), "rules are not applied"),
    **dict.fromkeys(_EXPRESSIONS.split(), "node expressions are not evaluated"),
    **dict.fromkeys(("SPARQLFunction", "Function", "returnType"), "functions are not available in queries"),
    **dict.fromkeys(("SPARQLTargetType", "TargetType"), "types of targets are not applied"),
    **dict.fromkeys(_JAVASCRIPT.split(), "JavaScript is not run"),
    **dict.fromkeys(_RESULT_ANNOTATIONS.split(), "results are not annotated"),
}
"""Names of terms of SHACL Advanced Features and SHACL JavaScript without effect, each with what does not happen."""

TERMS: Final = (
    frozenset(filter(None, map(local_name, dir(SH))))
    | frozenset(local_name(term) for table in (CORE, CORE_1_2) for pair in table.items() for term in pair)
    | _names(f"and class in not or {_NON_VALIDATING} {_ANNOTATIONS} {_AF} {_JAVASCRIPT} {_CORE_1_2} {_UNSUPPORTED_1_2}")
)
"""The names of all terms of SHACL 1.0 and 1.2, its Advanced Features and SHACL JavaScript."""

OF_REPORTS: Final = _names(
    "conforms result detail focusNode resultPath resultMessage resultSeverity sourceShape sourceConstraint "
    "sourceConstraintComponent value shapesGraphWellFormed"
)
"""Names of terms that reports consist of."""

ENTAILMENT_RDFS: Final = "http://www.w3.org/ns/entailment/RDFS"
"""The regime of entailment that is supported."""
