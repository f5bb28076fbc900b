import { createFileRoute } from '@tanstack/react-router'
import { HistoryPage } from '@/pages/history/HistoryPage'
import { logSearch } from '@/pages/history/search'
import { known } from '@/time/known'

export const Route = createFileRoute('/history/')({ validateSearch: known(logSearch), component: HistoryPage })
