import { createFileRoute } from '@tanstack/react-router'
import { VersionPage } from '@/pages/history/VersionPage'
import { readingSearch } from '@/pages/history/search'
import { known } from '@/time/known'

export const Route = createFileRoute('/history/$version')({ validateSearch: known(readingSearch), component: VersionPage })
