/** An IPv4 network as the guide makes a manager of it. */
export interface Prefix {
  base: string
  netmask: string
  bits: number
  /** The first address that a machine may have, and the last. */
  first: number
  last: number
}

/** Returns an address as a number, or undefined for what is none. */
export function numberOf(text: string): number | undefined {
  const parts = text.trim().split('.')
  if (parts.length !== 4 || !parts.every(part => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** Returns a number as an address. */
export function addressOf(number: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(number / 2 ** shift) % 256).join('.')
}

/** Returns the network that a text such as 192.168.20.0/22 is, or what is wrong with it. */
export function prefixOf(text: string): Prefix | string {
  const [address = '', length, ...more] = text.trim().split('/')
  const number = numberOf(address)
  if (number === undefined) return `"${address}" is not an IPv4 address. Write it like 192.168.20.0/22.`
  if (length === undefined || more.length > 0 || !/^\d{1,2}$/.test(length)) return 'Say how large the network is, like /22 behind the address.'
  const bits = Number(length)
  if (bits < 8 || bits > 30) return `A network of /${bits} is not one for servers: it is from /8 to /30.`
  const size = 2 ** (32 - bits)
  const base = number - (number % size)
  if (base !== number) return `${address} is in the middle of a network of /${bits}; it begins at ${addressOf(base)}.`
  return { base: addressOf(base), netmask: addressOf(2 ** 32 - size), bits, first: base + 1, last: base + size - 2 }
}

/** Returns what is wrong with an address as the gateway of a network, if anything is. */
export function gatewayError(text: string, prefix: Prefix): string | undefined {
  if (!text.trim()) return undefined
  const number = numberOf(text)
  if (number === undefined) return `"${text}" is not an IPv4 address.`
  return number < prefix.first || number > prefix.last
    ? `${text} is not one of the network, which has ${addressOf(prefix.first)} to ${addressOf(prefix.last)}.`
    : undefined
}

/** Returns what is wrong with a number of addresses to keep back, if anything is. */
export function reservedError(text: string, prefix: Prefix): string | undefined {
  if (!text.trim()) return undefined
  const n = Number(text)
  const most = prefix.last - prefix.first
  return !/^\d+$/.test(text.trim()) || n > most ? `Write a number from 0 to ${most}.` : undefined
}
