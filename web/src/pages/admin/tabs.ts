/** The parts of the administration, in their order. */
export const adminTabs = ['server', 'users', 'groups', 'permissions', 'may', 'tokens', 'drivers', 'layouts'] as const

export type AdminTab = (typeof adminTabs)[number]

/** Returns the part that an address names, if it is one. */
export function tabOf(text: unknown): AdminTab | undefined {
  return adminTabs.find(tab => tab === text)
}

/** Returns the rows in whose texts all words of a search are, in any case. */
export function search<T>(rows: readonly T[], words: string, textsOf: (row: T) => readonly (string | undefined)[]): T[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return rows.filter(row => {
    const text = textsOf(row).join('\n').toLowerCase()
    return wanted.every(word => text.includes(word))
  })
}
