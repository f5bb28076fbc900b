import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, type Schemas } from './client'

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

/** Makes one version of operations, all or nothing. */
export async function commit(operations: Operation[], description: string, ifMatch?: Condition[]): Promise<Changed> {
  const { data } = await api.POST('/transactions', {
    params: { header: { 'Idempotency-Key': crypto.randomUUID() } },
    body: { ...body(operations, ifMatch), ...(description ? { description } : {}) },
  })
  return data as Changed
}

/** Commits operations, and has all that is shown of now asked for again. */
export function useCommit() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ operations, description = '', ifMatch }: { operations: Operation[]; description?: string; ifMatch?: Condition[] | undefined }) =>
      commit(operations, description, ifMatch),
    onSuccess: () => queries.invalidateQueries(),
  })
}
