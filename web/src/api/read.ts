import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import type { PathsWithMethod, SuccessResponse } from 'openapi-typescript-helpers'
import type { paths } from './schema_gen'
import { api } from './client'
import { useAt } from '@/time/at'

type GetPath = PathsWithMethod<paths, 'get'>
type Operation<P extends GetPath> = paths[P]['get']

/** The parameters of a request that reads, by where they are. */
export type ReadParams<P extends GetPath> =
  Operation<P> extends { parameters: infer T }
    ? { [K in 'path' | 'query' as K extends keyof T ? K : never]?: K extends keyof T ? T[K] : never }
    : object

/** What a request that reads is answered with. */
export type Read<P extends GetPath> =
  Operation<P> extends { responses: infer R extends Record<string | number, unknown> } ? SuccessResponse<R, 'application/json'> : never

/** Returns how TanStack Query asks for something, with "at" among the parameters if it has one. */
export function read<P extends GetPath>(path: P, params: ReadParams<P>) {
  return queryOptions({
    queryKey: [path, params],
    queryFn: async ({ signal }) => {
      // The types of the client cannot follow a path that is a type parameter.
      const get = api.GET as unknown as (path: string, init: object) => Promise<{ data: Read<P> }>
      return (await get(path, { params, signal })).data
    },
  })
}

/** How useRead asks, besides its parameters. */
export interface ReadOptions {
  /** Without it the question is not asked yet. */
  enabled?: boolean
  /** Shows the last answer while another is awaited; for searches and filters. */
  keep?: boolean
}

/**
 * Asks for something as of the version that the page shows. Answers of now are asked for again
 * when something was changed; those of the past never are.
 */
export function useRead<P extends GetPath>(path: P, params: ReadParams<P>, options: ReadOptions = {}) {
  const at = useAt()
  const query = 'query' in params ? (params.query as object) : {}
  return useQuery({
    ...read(path, (at ? { ...params, query: { ...query, at } } : params) as ReadParams<P>),
    enabled: options.enabled ?? true,
    ...(options.keep ? { placeholderData: keepPreviousData } : {}),
    ...(at ? { staleTime: Infinity } : {}),
  })
}

/** Like useRead, for what has no past: drivers, layouts, accounts, the state of the server. */
export function useReadNow<P extends GetPath>(path: P, params: ReadParams<P>, options: ReadOptions = {}) {
  return useQuery({
    ...read(path, params),
    enabled: options.enabled ?? true,
    ...(options.keep ? { placeholderData: keepPreviousData } : {}),
  })
}
