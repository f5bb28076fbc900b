import { createFileRoute } from '@tanstack/react-router'
import { colourSearch, type ColourBy } from '@/pages/racks/colours'
import { RacksPage } from '@/pages/racks/RacksPage'
import { known } from '@/time/known'

interface Search extends ColourBy {
  /** The container whose racks are shown. */
  in?: string
  /** A part of the name of a rack, of what is in it, of its row or its layout. */
  find?: string
  /** How many units must be free. */
  free?: number
}

export const Route = createFileRoute('/racks/')({
  validateSearch: known((search: Record<string, unknown>): Search => ({
    ...colourSearch(search),
    ...(typeof search.in === 'string' || typeof search.in === 'number' ? { in: String(search.in) } : {}),
    ...(typeof search.find === 'string' || typeof search.find === 'number' ? { find: String(search.find) } : {}),
    ...(Number(search.free) > 0 ? { free: Number(search.free) } : {}),
  })),
  component: RacksPage,
})
