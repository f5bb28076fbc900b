import { createFileRoute } from '@tanstack/react-router'
import { RacksPage } from '@/pages/racks/RacksPage'

export const Route = createFileRoute('/racks/')({ component: RacksPage })
