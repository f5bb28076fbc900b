import { createFileRoute } from '@tanstack/react-router'
import { colourSearch, type ColourBy } from '@/pages/racks/colours'
import { RackPage } from '@/pages/racks/RackPage'
import { known } from '@/time/known'

interface Search extends ColourBy {
  /** The device that is looked at. */
  device?: string
  /** Another rack, to move things between the two. */
  beside?: string
}

export const Route = createFileRoute('/racks/$name')({
  validateSearch: known((search: Record<string, unknown>): Search => ({
    ...colourSearch(search),
    ...(typeof search.device === 'string' || typeof search.device === 'number' ? { device: String(search.device) } : {}),
    ...(typeof search.beside === 'string' || typeof search.beside === 'number' ? { beside: String(search.beside) } : {}),
  })),
  component: RackPage,
})
