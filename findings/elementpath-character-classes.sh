#!/usr/bin/env bash
# Package:   elementpath 5.1.4 (XPath for Python)
# Guess:     matches() gives \w and \s the meaning of XML Schema, on which the regular expressions of XPath are built.
#            There \w is every character but punctuation, separators and control characters, so "+" (a symbol) belongs
#            to it and "_" (punctuation) does not; \s is space, tab, line feed and carriage return only.
# Behaviour: both classes have the meaning of Python's re module. The three answers below are the opposite of those of
#            XML Schema Part 2, appendix G, and no error or warning tells.
# Seen:      "a+b" is not matched by ^\w+$, "a_b" is, and a no-break space is matched by \s.
# Matters:   patterns that validated data with an XSD or SHACL tool accept and reject other strings here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install elementpath==5.1.4
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from xml.etree import ElementTree

import elementpath

root = ElementTree.XML("<root/>")
expected = {
    ("plus sign", r"matches('a+b', '^\w+$')"): False,
    ("low line", r"matches('a_b', '^\w+$')"): True,
    ("no-break space", "matches('a\u00a0b', '^a\\sb$')"): True,
}
changed = False
for (name, expression), seen in expected.items():
    result = elementpath.select(root, expression)
    print(f"{name}: {expression!a} -> {result}")
    changed = changed or result is not seen
sys.exit(changed)
PYTHON
