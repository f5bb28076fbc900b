/** Returns whether the key of a query says that it is about the past: what is known of that stays so. */
export function isPast(key: readonly unknown[]): boolean {
  const params = key[1]
  return typeof params === 'object' && params !== null && 'query' in params && Boolean((params.query as { at?: string } | undefined)?.at)
}
