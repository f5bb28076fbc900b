import { getRouteApi, useNavigate } from '@tanstack/react-router'

const root = getRouteApi('__root__')

/** Returns the version or time that the page shows, undefined for now. It is "at" of the page's address. */
export function useAt(): string | undefined {
  return root.useSearch({ select: search => search.at })
}

/** Returns what goes to another version of the same page; undefined is now. */
export function useGoTo(): (at: string | undefined) => void {
  const navigate = useNavigate()
  return at => void navigate({ to: '.', search: previous => ({ ...previous, at }), replace: true })
}
