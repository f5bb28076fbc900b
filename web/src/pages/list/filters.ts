/** Returns a text as a value of a query: with quotes where it needs them. */
export function quoteValue(text: string): string {
  if (/^[\p{L}\p{N}\p{M}_./:#*@+][\p{L}\p{N}\p{M}_./:#*@+-]*$/u.test(text)) return text
  const escaped = text.replace(/[\\"]/g, c => `\\${c}`).replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')
  return `"${escaped}"`
}

/** Returns a query and a condition joined by and, with parentheses where they are needed. */
export function narrow(query: string, condition: string): string {
  const q = query.trim()
  if (q === '' || q === 'name exists') return condition
  return needsParentheses(q) ? `(${q}) and ${condition}` : `${q} and ${condition}`
}

// "or" binds less than "and"; in quotes it is only a word.
function needsParentheses(query: string): boolean {
  return /\bor\b|\|/i.test(query.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""'))
}

/** Returns a query that finds the same but for some things. */
export function without(query: string, names: readonly string[]): string {
  if (names.length === 0) return query
  return `(${query}) - name in (${names.map(quoteValue).join(', ')})`
}

/** Returns a text with what stands from one character to another, counted as code points, replaced, and where the cursor is then. */
export function complete(text: string, from: number, to: number, candidate: string, space: boolean): { text: string; cursor: number } {
  const points = [...text]
  const before = points.slice(0, from).join('')
  const after = points.slice(to).join('')
  const gap = space && !/^[\s,)]/.test(after) ? ' ' : ''
  return { text: before + candidate + gap + after, cursor: before.length + candidate.length + gap.length }
}

/** Returns how many code points stand before a place of a text that counts in UTF-16. */
export function pointsBefore(text: string, cursor: number): number {
  return [...text.slice(0, cursor)].length
}

/** Returns where in a query a mistake begins and ends, in UTF-16, from the column and the message of the server. */
export function mistakeAt(query: string, column: number, detail: string): { from: number; to: number } {
  const line = Number(/^line (\d+), column/.exec(detail)?.[1] ?? 1)
  const lines = query.split('\n')
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  const text = lines[line - 1] ?? ''
  const from = start + [...text].slice(0, column - 1).join('').length
  const rest = query.slice(from)
  const word = /^("[^"]*"?|'[^']*'?|[^\s(),]+|.)/s.exec(rest)?.[0] ?? ''
  return { from, to: from + word.length }
}
