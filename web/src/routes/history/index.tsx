import { createFileRoute } from '@tanstack/react-router'
import { HistoryPage } from '@/pages/history/HistoryPage'
import { logSearch } from '@/pages/history/search'

export const Route = createFileRoute('/history/')({ validateSearch: logSearch, component: HistoryPage })
