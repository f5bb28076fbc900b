import { createFileRoute } from '@tanstack/react-router'
import { TopologyPage } from '@/pages/topology/TopologyPage'

export const Route = createFileRoute('/topology/')({ component: TopologyPage })
