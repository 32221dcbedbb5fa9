#!/usr/bin/env bash
# Package:   linkml-runtime 1.12.1 (PyPI; data of LinkML schemas), its tables with json-flattener 0.1.9
# Guess:     tsv_loader reads the values that tsv_dumper writes. A "|" in a value is no separator, because the dumper puts
#            a backslash before each of them.
# Behaviour: the loader does not know this escape. It splits a list at every "|", and leaves the backslash in the text. No
#            error or warning tells.
# Seen:      the two values "either|or" and "plain" come back as three: "either\", "or" and "plain". As the value of a slot
#            that is not multivalued, "either|or" comes back with a backslash in it.
# Matters:   quotations and titles change when a table is saved and loaded, and lists of them grow. The pieces are valid
#            strings, so validation passes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install linkml-runtime==1.12.1 json-flattener==0.1.9
cd "$folder"
cat >schema.yaml <<'YAML'
id: http://example.org/schema
name: quotations
prefixes:
  linkml: https://w3id.org/linkml/
imports:
  - linkml:types
classes:
  Collection:
    tree_root: true
    attributes:
      claims:
        range: Claim
        multivalued: true
        inlined_as_list: true
  Claim:
    attributes:
      title:
        range: string
      words:
        range: string
        multivalued: true
YAML
venv/bin/python - <<'PYTHON'
import sys

from linkml_runtime import SchemaView
from linkml_runtime.dumpers import tsv_dumper
from linkml_runtime.loaders import tsv_loader
from pydantic import BaseModel


class Claim(BaseModel):
    title: str
    words: list[str]


class Collection(BaseModel):
    claims: list[Claim]


view = SchemaView("schema.yaml")
# The words, what they come back as, and what the first comes back as in a slot for one value.
expected = [
    (["either|or", "plain"], ["either\\", "or", "plain"], "either\\|or"),
    (["one", "two"], ["one", "two"], "one"),
]
changed = False
for words, seen, title in expected:
    before = Collection(claims=[Claim(title=words[0], words=words)])
    tsv_dumper.dump(before, "claims.tsv", index_slot="claims", schemaview=view)
    after = tsv_loader.load("claims.tsv", target_class=Collection, index_slot="claims", schemaview=view)
    claim = after.claims[0]
    print(f"words {words} -> {claim.words}; title {words[0]!r} -> {claim.title!r}")
    changed = changed or claim.words != seen or claim.title != title
sys.exit(changed)
PYTHON
