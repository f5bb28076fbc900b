/** Returns an attribute's name as people write it: key.subkey, with its number if it has one. */
export function formatAttrName(attr: { key: string; number?: number | null; subkey?: string | null }): string {
  const number = attr.number === undefined || attr.number === null ? '' : `[${attr.number}]`
  return attr.key + number + (attr.subkey ? `.${attr.subkey}` : '')
}

/** Returns a value as people read it. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return 'none'
  return typeof value === 'object' ? JSON.stringify(value) : String(value as number | boolean)
}

/** Returns a count with its word: "1 server", "1,200 servers". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

const minute = 60
const day = 24 * 60 * minute

/** Returns how long ago a time was, or for older ones its date and time, in the zone of who reads it. */
export function formatTime(time: string | Date, now = new Date()): string {
  const then = typeof time === 'string' ? new Date(time) : time
  const seconds = Math.round((now.getTime() - then.getTime()) / 1000)
  if (seconds < 0 || seconds >= 7 * day) return then.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
  if (seconds < 5) return 'now'
  if (seconds < minute) return `${seconds} s ago`
  if (seconds < 60 * minute) return `${Math.floor(seconds / minute)} min ago`
  if (seconds < day) return `${Math.floor(seconds / (60 * minute))} h ago`
  return then.toLocaleString('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' })
}
