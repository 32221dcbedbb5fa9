"""Places in Turtle and TriG: random graphs in random layouts, each place checked by reading the text there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild.located import parse_located_content
from eild.located.turtle import find_spans

HEAD = "@prefix e: <http://e/> . # e:not e:a e:triple .\nPREFIX : <http://e/>\n@base <http://b/>.\nbase <http://b/>\n"
SPACE = st.sampled_from(["", " ", "\n", "\r\n", "\t", " # ; , . ] ) \" ' <x> (\n", "\r"])
SEPARATED = st.sampled_from([" ", "\n", "\r\n", "\t", " # ; , . ] ) \" ' [ (\n"])
VERB = st.sampled_from(["a", "e:p", ":q", "<r>", "e:d.o:t.s", "e:esc\\,aped\\.", "e:%41"])


@dataclass
class Layout:
    """A text that is being written, with the places of its terms by their unique names."""

    draw: st.DrawFn
    text: str = HEAD
    written: dict[str, tuple[int, int]] = field(default_factory=dict)
    depth: int = 0

    def put(self, part: str, *, apart: bool = False) -> None:
        """Write a part after some blank space, which is not empty where parts would else run together."""
        self.text += self.draw(SEPARATED if apart else SPACE) + part

    def name(self) -> str:
        """Return a name that is used once."""
        return f"n{len(self.written)}n"

    def unique(self) -> None:
        """Write a term that occurs once, and remember its extent."""
        name = self.name()
        forms = {
            f"e:{name}": f"http://e/{name}",
            f"<{name}>": f"http://b/{name}",
            f'"{name} \\" # . ;"@en-GB': f'{name} " # . ;',
            f'"{name}"': name,
            f"'{name}'^^e:dt": name,
            f'"""{name}\n"" , ] \\\\"""': f'{name}\n"" , ] \\',
            f"'''{name}\r\n'' . '''^^<dt>": f"{name}\r\n'' . ",
            f"1{len(self.written):04}.25": f"1{len(self.written):04}.25",
            f"-7{len(self.written):04}e-1": f"-7{len(self.written):04}e-1",
        }
        form = self.draw(st.sampled_from(sorted(forms)))
        self.put(form, apart=True)
        self.written[forms[form]] = (len(self.text) - len(form), len(self.text))

    def obj(self) -> None:
        """Write an object: a term, a list of properties or a collection."""
        kind = self.draw(st.integers(0, 5)) if self.depth < 4 else 0
        self.depth += 1
        if kind == 4:
            self.put("[")
            if self.draw(st.booleans()):
                self.properties()
            self.put("]")
        elif kind == 5:
            self.collection()
        else:
            self.unique()
        self.depth -= 1

    def collection(self) -> None:
        """Write a collection."""
        self.put("(")
        for _ in range(self.draw(st.integers(0, 3))):
            self.obj()
        self.put(")")

    def properties(self) -> None:
        """Write verbs with their objects."""
        for number in range(self.draw(st.integers(1, 3))):
            if number:
                self.put(";")
                self.put(";" if self.draw(st.booleans()) else "")
            self.put(self.draw(VERB), apart=True)
            for place in range(self.draw(st.integers(1, 3))):
                if place:
                    self.put(",")
                self.obj()

    def statement(self) -> None:
        """Write a statement about a name, a blank node, a list of properties or a collection."""
        kind = self.draw(st.integers(0, 3))
        if kind == 0:
            self.put("[", apart=True)
            self.properties()
            self.put("]")
            self.put(".")
            return
        if kind == 1:
            self.collection()
        else:
            self.put(["e:s", "_:b.1"][kind - 2], apart=True)
        self.properties()
        self.put("." if not re.search(r"[\w.]\Z", self.text) else " .")


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Return a random document."""
    layout = Layout(draw)
    for _ in range(draw(st.integers(1, 3))):
        layout.statement()
    return layout


@given(layouts(), st.sampled_from(["", "\ufeff"]))
def test_places_any_layout_are_where_each_object_is_written(layout: Layout, mark: str) -> None:
    """Each object's line, column and extent are those of its characters, however the text is laid out."""
    located = parse_located_content((mark + layout.text).encode(), pyoxigraph.RdfFormat.TURTLE, name="f")
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", layout.text)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]
    found: dict[str, list[tuple[int, int]]] = {}
    for (_, _, obj), places in located.places.items():
        for at in places:
            begin = starts[at.line - 1] + at.column - 1
            found.setdefault(str(obj), []).append((begin, starts[at.end_line - 1] + at.end_column - 1))
    assert {name: found.get(name) for name in layout.written} == {
        name: [place] for name, place in layout.written.items()
    }


@given(layouts())
def test_places_of_trig_are_those_of_its_graphs(layout: Layout) -> None:
    """The same statements in a named graph stand where they stood, moved by what is before them."""
    end = layout.text.index("base <http://b/>\n") + len("base <http://b/>\n")
    trig = f"{layout.text[:end]}GRAPH e:g {{{layout.text[end:]}\n}} e:h {{ }}"
    shift = len("GRAPH e:g {")
    spans, before = find_spans(trig), find_spans(layout.text)
    assert [start - shift for start in spans.starts] == list(before.starts)
    assert [finish - shift for finish in spans.ends] == list(before.ends)
    quads = list(pyoxigraph.parse(trig.encode(), format=pyoxigraph.RdfFormat.TRIG))
    assert len(quads) == len(spans)


@pytest.mark.parametrize("number", ["1 ", "1.5", "1e5", '"1"', "<1>"])
def test_places_a_name_right_after_the_dot_of_a_statement(number: str) -> None:
    """The dot that ends a statement is no part of the name after it."""
    text = f"@prefix e: <http://e/> . e:a e:p {number}.e:b e:p 2 ."
    spans = find_spans(text)
    found = [text[start:end] for start, end in zip(spans.starts, spans.ends, strict=True)]
    assert found == [number.strip(), "2"]


@pytest.mark.parametrize("depth", [20_000])
@pytest.mark.parametrize(("opening", "closing"), [("( ", ") "), ("[ <p> ", "] ")], ids=["collections", "lists"])
def test_places_deep_nesting_is_walked_without_recursion(opening: str, closing: str, depth: int) -> None:
    """Brackets nested many thousand levels deep have places too."""
    text = f"<a> <p> {opening * depth}1 {closing * depth}."
    assert text[find_spans(text).starts[0] :][:1] in {"(", "1"}
    assert len(find_spans(text)) >= depth


def test_places_long_literals_take_memory_in_proportion() -> None:
    """A literal of many megabytes with escapes is one token."""
    text = '<a> <p> """' + 'x\\n"' * 2_000_000 + ' """ .'
    spans = find_spans(text)
    assert (spans.starts[0], spans.ends[0]) == (8, len(text) - 2)
