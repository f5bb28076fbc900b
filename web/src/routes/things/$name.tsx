import { createFileRoute } from '@tanstack/react-router'
import { ThingPage } from '@/pages/thing/ThingPage'
import { searchOf } from '@/pages/thing/address'

export const Route = createFileRoute('/things/$name')({ validateSearch: searchOf, component: ThingPage })
