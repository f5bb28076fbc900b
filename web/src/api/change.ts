import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useAttempts } from './attempt'
import { api, type Schemas } from './client'
import { isPast } from './past'

export type Operation = Schemas['Operation']
export type Changed = Schemas['Changed']
/** What nobody may have changed since it was read; who did is named in the refusal. */
export type Condition = Schemas['Condition']

function body(operations: Operation[], ifMatch: Condition[] | undefined) {
  return ifMatch && ifMatch.length > 0 ? { operations, if_match: ifMatch } : { operations }
}

/** Tries operations together, and returns the difference they would make and all that is wrong with them. */
export async function tryOut(operations: Operation[], signal?: AbortSignal, ifMatch?: Condition[]): Promise<Changed> {
  const { data } = await api.POST('/transactions', { body: { ...body(operations, ifMatch), dry_run: true }, ...(signal ? { signal } : {}) })
  return data as Changed
}

/** A change that is to be made: one version of operations, all or nothing. */
export interface Change {
  operations: Operation[]
  description?: string
  ifMatch?: Condition[] | undefined
}

/** Makes a change. One that is sent again has the key of the first time. */
export async function commit({ operations, description, ifMatch }: Change, key: string): Promise<Changed> {
  const { data } = await api.POST('/transactions', {
    params: { header: { 'Idempotency-Key': key } },
    body: { ...body(operations, ifMatch), ...(description ? { description } : {}) },
  })
  return data as Changed
}

/**
 * Commits a change, and has all that is shown of now asked for again. That is not waited for: whoever has committed
 * goes on at once, and may have left the page for another.
 */
export function useCommit() {
  const queries = useQueryClient()
  const attempts = useAttempts()
  return useMutation({
    mutationFn: (change: Change) => commit(change, attempts.keyOf(change)),
    onSuccess: () => {
      attempts.done()
      void queries.invalidateQueries({ predicate: query => query.queryKey[0] !== 'try' && !isPast(query.queryKey) })
    },
  })
}
