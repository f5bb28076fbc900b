/** Returns where to go after signing in: a path of these pages, or the first page for anything that leads elsewhere. */
export function localPath(to: unknown): string {
  // Browsers take a backslash for a slash, and leave out some control characters.
  // oxlint-disable-next-line no-control-regex
  if (typeof to !== 'string' || !/^\/(?![/\\])/.test(to) || /[\u0000-\u001f\\]/.test(to)) return '/'
  const url = new URL(to, 'http://here.invalid')
  if (url.origin !== 'http://here.invalid' || /^\/(sign-in|auth|api)(\/|$)/.test(url.pathname) || url.pathname.startsWith('//')) return '/'
  return url.pathname + url.search + url.hash
}
