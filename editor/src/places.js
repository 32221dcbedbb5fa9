// Places in a query: the server counts lines and characters from 1, characters being code points; the editor counts
// UTF-16 code units from 0.

/** Return the offset of a line and column; the last place of the line where the column is beyond it. */
export function findOffset(text, line, column) {
  const lines = text.split("\n");
  const row = Math.min(Math.max(line, 1), lines.length) - 1;
  const before = lines.slice(0, row).reduce((sum, part) => sum + part.length + 1, 0);
  const within = [...lines[row]].slice(0, Math.max(column, 1) - 1).join("").length;
  return before + within;
}

/** Return where the word or sign at an offset ends: what a mark covers. */
export function findEnd(text, offset) {
  const word = /^(?:[\p{L}\p{N}_:.?$@-]+|<[^\s>]*>?|\S|\s*)/u.exec(text.slice(offset));
  return Math.min(text.length, offset + Math.max(1, word[0].length));
}
