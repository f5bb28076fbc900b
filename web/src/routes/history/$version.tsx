import { createFileRoute } from '@tanstack/react-router'
import { VersionPage } from '@/pages/history/VersionPage'
import { readingSearch } from '@/pages/history/search'

export const Route = createFileRoute('/history/$version')({ validateSearch: readingSearch, component: VersionPage })
