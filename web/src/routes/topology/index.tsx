import { createFileRoute } from '@tanstack/react-router'
import { topologySearch } from '@/pages/topology/search'
import { TopologyPage } from '@/pages/topology/TopologyPage'

export const Route = createFileRoute('/topology/')({ validateSearch: topologySearch, component: TopologyPage })
