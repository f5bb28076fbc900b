import { createFileRoute } from '@tanstack/react-router'
import { ComparePage } from '@/pages/history/ComparePage'
import { compareSearch } from '@/pages/history/search'
import { known } from '@/time/known'

export const Route = createFileRoute('/history/compare')({ validateSearch: known(compareSearch), component: ComparePage })
