#!/usr/bin/env bash
# Package:   csvw 4.1.1 (PyPI; CSV on the Web)
# Guess:     to_json() identifies each row by its number in the file, with 1 for the header (Model for Tabular Data,
#            section 8; RFC 7111). A cell of several lines belongs to one row.
# Behaviour: the number in the URL is that of the line on which the row ends. Every line break inside a cell moves it by
#            one, for this row and all that follow. The member rownum counts rows.
# Seen:      of three rows, the first with a quotation of three lines, the URLs end with row=4, row=5 and row=6. They are
#            rows 2, 3 and 4 of the file. With the quotation on one line, the URLs are right.
# Matters:   rows that are cited by their URL are others, or do not exist, as soon as a text above has line breaks.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install csvw==4.1.1
cd "$folder"
cat >claims.csv-metadata.json <<'JSON'
{"@context": "http://www.w3.org/ns/csvw", "url": "claims.csv",
 "tableSchema": {"columns": [{"name": "id"}, {"name": "words"}]}}
JSON
venv/bin/python - <<'PYTHON'
import csv
import io
import sys
from pathlib import Path

from csvw import CSVW

changed = False
for words, seen in (("one line", [2, 3, 4]), ("three\nlines\nhere", [4, 5, 6])):
    text = f'id,words\na,"{words}"\nb,second\nc,third\n'
    Path("claims.csv").write_text(text)
    rows = CSVW("claims.csv-metadata.json").to_json()["tables"][0]["row"]
    numbers = [int(row["url"].rpartition("=")[2]) for row in rows]
    table = list(csv.reader(io.StringIO(text)))
    for row, number in zip(rows, numbers, strict=True):
        name = row["describes"][0]["id"]
        right = next(place for place, cells in enumerate(table, 1) if cells[0] == name)
        print(f"{words!r}: row {name} has rownum {row['rownum']} and row={number}; it is row {right} of the file")
    changed = changed or numbers != seen or [row["rownum"] for row in rows] != [1, 2, 3]
sys.exit(changed)
PYTHON
