import type { Schemas } from '@/api/client'

type Step = Schemas['QueryStep']

/** Returns the conditions of a query that alone find nothing, as far as that is known. */
export function barren(step: Step): string[] {
  if (step.steps && step.steps.length > 0) return step.steps.filter(part => !part.without).flatMap(barren)
  const { query, ran } = step
  return query && ran && ran.entities === 0 && !ran.skipped ? [query] : []
}
