import { useEffect, useRef } from 'react'
import { useLive } from '@/api/live'
import { useRead, type ReadParams } from '@/api/read'
import { useAt } from '@/time/at'

/**
 * Like useRead, for what takes the server long in a large inventory: it is asked for again when something
 * was changed, but not more often than once in so many ms. A query that is not enabled is left alone by live.ts.
 */
export function useCalmRead<P extends '/overview' | '/managers'>(path: P, params: ReadParams<P>, every: number) {
  const past = useAt() !== undefined
  const answer = useRead(path, params, { enabled: past, keep: true })
  const newest = useLive().changes[0]?.version
  const asked = useRef(0)
  const { refetch } = answer
  useEffect(() => {
    if (past) return
    const timer = setTimeout(() => {
      asked.current = Date.now()
      void refetch()
    }, Math.max(0, asked.current + every - Date.now()))
    return () => clearTimeout(timer)
    // A new version is why it is asked again, though what is asked does not name it.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [past, newest, every, refetch])
  return answer
}
