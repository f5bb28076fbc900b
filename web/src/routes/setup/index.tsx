import { createFileRoute } from '@tanstack/react-router'
import { SetupPage } from '@/pages/setup/SetupPage'
import { stepOf, type Step } from '@/pages/setup/steps'
import { known } from '@/time/known'

interface Search {
  /** The step that is shown; without it the first that is to be done. */
  step?: Step
}

export const Route = createFileRoute('/setup/')({
  validateSearch: known((search: Record<string, unknown>): Search => {
    const step = stepOf(search.step)
    return step ? { step } : {}
  }),
  component: SetupPage,
})
