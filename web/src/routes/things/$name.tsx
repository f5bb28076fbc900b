import { createFileRoute } from '@tanstack/react-router'
import { ThingPage } from '@/pages/thing/ThingPage'

export const Route = createFileRoute('/things/$name')({ component: ThingPage })
