/** A line of a text that was, is, or both. */
export interface DiffLine {
  change: 'added' | 'removed' | 'same'
  text: string
}

/** How many lines are compared one by one; of longer texts all is gone and all is new. */
const most = 2000

/** Returns what became of the lines of a text, by their longest common subsequence. */
export function diffLines(was: string, is: string): DiffLine[] {
  const a = was.split('\n'), b = is.split('\n')
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const same = (text: string): DiffLine => ({ change: 'same', text })
  return [
    ...a.slice(0, start).map(same),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(same),
  ]
}

function middle(a: string[], b: string[]): DiffLine[] {
  const removed = (text: string): DiffLine => ({ change: 'removed', text })
  const added = (text: string): DiffLine => ({ change: 'added', text })
  if (a.length === 0 || b.length === 0 || a.length + b.length > most) return [...a.map(removed), ...b.map(added)]
  const width = b.length + 1
  const lengths = new Uint16Array((a.length + 1) * width) // of the common subsequence of what follows
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * width + j
      lengths[at] = a[i] === b[j] ? lengths[at + width + 1]! + 1 : Math.max(lengths[at + width]!, lengths[at + 1]!)
    }
  }
  const lines: DiffLine[] = []
  let i = 0, j = 0
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ change: 'same', text: a[i]! })
      i++
      j++
    } else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) lines.push(removed(a[i++]!))
    else lines.push(added(b[j++]!))
  }
  return [...lines, ...a.slice(i).map(removed), ...b.slice(j).map(added)]
}

/** Leaves out lines that are the same, but for a few around those that are not. */
export function hunks(lines: readonly DiffLine[], around = 3): (DiffLine | { skipped: number })[] {
  const near = lines.map((_, i) => lines.slice(Math.max(0, i - around), i + around + 1).some(line => line.change !== 'same'))
  const shown: (DiffLine | { skipped: number })[] = []
  for (const [i, line] of lines.entries()) {
    const last = shown.at(-1)
    if (near[i]) shown.push(line)
    else if (last && 'skipped' in last) last.skipped++
    else shown.push({ skipped: 1 })
  }
  return shown
}
