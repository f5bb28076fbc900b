import { createFileRoute } from '@tanstack/react-router'
import { ComparePage } from '@/pages/history/ComparePage'
import { compareSearch } from '@/pages/history/search'

export const Route = createFileRoute('/history/compare')({ validateSearch: compareSearch, component: ComparePage })
