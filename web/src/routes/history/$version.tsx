import { createFileRoute } from '@tanstack/react-router'
import { VersionPage } from '@/pages/history/VersionPage'

export const Route = createFileRoute('/history/$version')({ component: VersionPage })
