import { useQueryClient } from '@tanstack/react-query'
import { commit, useCommit, type Condition, type Operation } from '@/api/change'
import { toast } from '@/ui'

/** Returns what makes a small change at once, and says so with a way to undo it. */
export function useSave() {
  const queries = useQueryClient()
  const change = useCommit()
  const undo = (version: number) =>
    commit({ operations: [{ revert: { versions: [version] } }] }, crypto.randomUUID())
      .then(undone => toast(undone.version ? `Undone by version ${undone.version}.` : 'Nothing was different.', undone.version || undefined))
      .catch((err: unknown) => toast(`It cannot be undone by itself: ${err instanceof Error ? err.message : String(err)}`, version))
      .finally(() => void queries.invalidateQueries())
  const save = (operations: Operation[], ifMatch: Condition[], text: string, onDone: () => void) =>
    change.mutate({ operations, ifMatch }, {
      onSuccess: changed => {
        if (changed.version) toast(`${text}: version ${changed.version}.`, changed.version, () => void undo(changed.version))
        else toast('Nothing was different.')
        onDone()
      },
      onError: () => void queries.invalidateQueries(),
    })
  return { save, isPending: change.isPending, error: change.error, reset: change.reset }
}
