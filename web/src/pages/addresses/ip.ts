/** An address as a number, with its family. */
export interface Addr {
  family: 4 | 6
  n: bigint
}

/** A network: the addresses that have the first bits of n. */
export interface Prefix extends Addr {
  bits: number
}

/** Returns how many bits an address of a family has. */
export function width(family: 4 | 6): number {
  return family === 4 ? 32 : 128
}

/** Returns the address that a text is, or undefined. */
export function parseAddr(text: string): Addr | undefined {
  const trimmed = text.trim()
  return trimmed.includes(':') ? parse6(trimmed) : parse4(trimmed)
}

function parse4(text: string): Addr | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(part => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined
  return { family: 4, n: parts.reduce((n, part) => n * 256n + BigInt(part), 0n) }
}

function parse6(text: string): Addr | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map(half => (half === '' ? [] : half.split(':')))
  const given = groups.flat()
  if (!given.every(group => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined
  const missing = 8 - given.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const all = halves.length === 1 ? given : [...groups[0]!, ...Array<string>(missing).fill('0'), ...groups[1]!]
  return { family: 6, n: all.reduce((n, group) => n * 65536n + BigInt(`0x${group}`), 0n) }
}

/** Returns an address as people write it; IPv6 as RFC 5952 says. */
export function formatAddr({ family, n }: Addr): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map(shift => (n >> shift) & 255n).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((n >> BigInt(112 - 16 * i)) & 65535n).toString(16))
  let start = -1
  let length = 1
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && groups[end] === '0') end++
    if (end - i > length) [start, length] = [i, end - i]
    i = Math.max(i, end - 1)
  }
  if (start < 0) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

/** Returns the network that a text such as 10.0.0.0/8 is, with its own address, or undefined. */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', length = ''] = text.trim().split('/')
  const addr = parseAddr(address)
  if (!addr || !/^\d{1,3}$/.test(length) || Number(length) > width(addr.family)) return undefined
  return masked(addr, Number(length))
}

/** Returns the network of a length that an address is in. */
export function masked({ family, n }: Addr, bits: number): Prefix {
  const host = BigInt(width(family) - bits)
  return { family, n: (n >> host) << host, bits }
}

export function formatPrefix(prefix: Prefix): string {
  return `${formatAddr(prefix)}/${prefix.bits}`
}

/** Returns how many addresses a network has. */
export function size(prefix: Prefix): bigint {
  return 1n << BigInt(width(prefix.family) - prefix.bits)
}

/** Returns whether one network is a part of another, or the same. */
export function contains(outer: Prefix, inner: Prefix): boolean {
  return outer.family === inner.family && outer.bits <= inner.bits && masked(inner, outer.bits).n === outer.n
}

/** Orders networks by family and first address, the larger one first. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  if (a.family !== b.family) return a.family - b.family
  if (a.n !== b.n) return a.n < b.n ? -1 : 1
  return a.bits - b.bits
}

/** Returns the addresses from first up to, not including, end as few networks as there can be. */
export function asPrefixes(family: 4 | 6, first: bigint, end: bigint): Prefix[] {
  const found: Prefix[] = []
  while (first < end) {
    let host = 0
    while (host < width(family) && (first & ((1n << BigInt(host + 1)) - 1n)) === 0n && first + (1n << BigInt(host + 1)) <= end) host++
    found.push({ family, n: first, bits: width(family) - host })
    first += 1n << BigInt(host)
  }
  return found
}

/** Returns a number of addresses as people read it; more than a few millions as a power of two. */
export function formatCount(n: bigint | number): string {
  const whole = BigInt(n)
  if (whole < 10_000_000n) return whole.toLocaleString('en')
  let power = 0
  for (let left = whole; left > 1n; left >>= 1n) power++
  return whole === 1n << BigInt(power) ? `2^${power}` : `≈ 2^${power}`
}
