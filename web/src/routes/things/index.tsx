import { createFileRoute } from '@tanstack/react-router'
import { ListPage } from '@/pages/list/ListPage'
import { readSearch } from '@/pages/list/search'
import { known } from '@/time/known'

export const Route = createFileRoute('/things/')({ validateSearch: known(readSearch), component: ListPage })
