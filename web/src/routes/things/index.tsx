import { createFileRoute } from '@tanstack/react-router'
import { ListPage } from '@/pages/list/ListPage'
import { readSearch } from '@/pages/list/search'

export const Route = createFileRoute('/things/')({ validateSearch: readSearch, component: ListPage })
