import { createFileRoute } from '@tanstack/react-router'
import { PoolsPage } from '@/pages/pools/PoolsPage'

export const Route = createFileRoute('/pools/')({ component: PoolsPage })
