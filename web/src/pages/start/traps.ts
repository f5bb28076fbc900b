import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { apiRoot, type Schemas } from '@/api/client'
import { read, useReadNow } from '@/api/read'
import { useVisible } from './visible'

export type TrapOutcome = Schemas['TrapOutcome']
export type TrapReport = Schemas['TrapReport']

const params = { query: { limit: 100 } }

/** How long the counts may lag behind while outcomes come, in ms. */
const patience = 2000

/** Returns what the trap daemon did, and hears of what it does for as long as the page is looked at. */
export function useTraps(enabled = true) {
  const report = useReadNow('/traps/recent', params, { enabled })
  const queries = useQueryClient()
  const visible = useVisible()
  const watch = enabled && visible && report.data?.on === true
  useEffect(() => {
    if (!watch) return
    const { queryKey } = read('/traps/recent', params)
    const source = new EventSource(`${apiRoot}/traps/watch`)
    let timer: ReturnType<typeof setTimeout> | undefined
    const countLater = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        void queries.invalidateQueries({ queryKey })
      }, patience)
    }
    source.addEventListener('outcome', event => {
      const outcome = JSON.parse((event as MessageEvent<string>).data) as TrapOutcome
      queries.setQueryData<TrapReport>(queryKey, old => old && { ...old, outcomes: withOutcome(old.outcomes, outcome) })
      countLater()
    })
    source.addEventListener('missed', countLater)
    return () => {
      source.close()
      clearTimeout(timer)
    }
  }, [watch, queries])
  return report
}

/** Returns the name of where something was dropped: what is dropped there again is the same outcome. */
export function placeOf(outcome: TrapOutcome): string {
  return outcome.outcome === 'dropped'
    ? `${outcome.source} ${outcome.port ?? 0} ${outcome.reason}`
    : `${outcome.at} ${outcome.mac ?? ''} ${outcome.entity ?? ''}`
}

/** Returns outcomes, the latest first, with a new one, which replaces what was dropped for the same reason at the same place. */
export function withOutcome(outcomes: readonly TrapOutcome[], outcome: TrapOutcome): TrapOutcome[] {
  if (outcome.outcome === 'unchanged') return [...outcomes]
  const place = placeOf(outcome)
  return [outcome, ...outcomes.filter(old => placeOf(old) !== place)].slice(0, params.query.limit)
}
