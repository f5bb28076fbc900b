import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, type Schemas } from './client'

export type Operation = Schemas['Operation']
export type Changed = Schemas['Changed']

/** Tries operations together, and returns the difference they would make and all that is wrong with them. */
export async function tryOut(operations: Operation[], signal?: AbortSignal): Promise<Changed> {
  const { data } = await api.POST('/transactions', { body: { operations, dry_run: true }, ...(signal ? { signal } : {}) })
  return data as Changed
}

/** Makes one version of operations, all or nothing. */
export async function commit(operations: Operation[], description: string): Promise<Changed> {
  const { data } = await api.POST('/transactions', {
    params: { header: { 'Idempotency-Key': crypto.randomUUID() } },
    body: { operations, ...(description ? { description } : {}) },
  })
  return data as Changed
}

/** Commits operations, and has all that is shown of now asked for again. */
export function useCommit() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ operations, description = '' }: { operations: Operation[]; description?: string }) => commit(operations, description),
    onSuccess: () => queries.invalidateQueries(),
  })
}
