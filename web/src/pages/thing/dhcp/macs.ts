import type { Attr } from '../attributes/provenance'

/** Returns the hardware addresses of a thing, each once, with where it has them. */
export function macsOf(attrs: readonly Attr[]): { mac: string; from: string }[] {
  const macs = new Map<string, string>()
  for (const { key, number, subkey, value } of attrs) {
    if (subkey !== 'mac' || typeof value !== 'string' || value === '') continue
    const from = key.startsWith('port-') ? `${key.slice('port-'.length)}/${number ?? '?'}` : key
    const known = macs.get(value)
    macs.set(value, known ? `${known}, ${from}` : from)
  }
  return [...macs].map(([mac, from]) => ({ mac, from })).sort((a, b) => Number(b.from.includes('/')) - Number(a.from.includes('/')))
}
