import { createFileRoute } from '@tanstack/react-router'
import { topologySearch } from '@/pages/topology/search'
import { TopologyPage } from '@/pages/topology/TopologyPage'
import { known } from '@/time/known'

export const Route = createFileRoute('/topology/')({ validateSearch: known(topologySearch), component: TopologyPage })
