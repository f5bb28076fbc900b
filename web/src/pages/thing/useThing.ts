import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { Condition } from '@/api/change'
import type { Schemas } from '@/api/client'
import { useRead } from '@/api/read'
import type { ThingSearch } from './address'

const route = getRouteApi('/things/$name')

/** A thing as its page knows it. */
export type ThingData = Schemas['Entity']

/** Asks for a thing with what every part of its page needs. */
export function useThing(name: string) {
  return useRead('/entities/{name}', { path: { name }, query: { expand: ['attrs', 'merged', 'parents'], hidden: true } })
}

/** Returns what a change of a thing is to be refused for: that somebody else changed it since it was read. */
export function unchanged(thing: ThingData): Condition[] {
  return thing.etag ? [{ entity: thing.name, etag: thing.etag }] : []
}

/** Returns what the page's address says, and what changes that. */
export function useThingSearch(): [ThingSearch, (change: Partial<Record<keyof ThingSearch, unknown>>) => void] {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/things/$name' })
  const change = useCallback(
    (change: Partial<Record<keyof ThingSearch, unknown>>) =>
      void navigate({ search: previous => ({ ...previous, ...change }) as typeof previous, replace: true }),
    [navigate],
  )
  return [search, change]
}
