/** Returns where the browser reaches this server, which is where others are likely to. */
export function thisHost(): string {
  return location.hostname === 'localhost' ? '127.0.0.1' : location.hostname
}

/** Returns the port of the first of addresses with ports, or another. */
export function portOf(listen: readonly string[] | undefined, otherwise: number): number {
  const port = Number(listen?.[0]?.split(':').at(-1))
  return port > 0 ? port : otherwise
}
