import { createFileRoute } from '@tanstack/react-router'
import { ThingPage } from '@/pages/thing/ThingPage'
import { searchOf } from '@/pages/thing/address'
import { known } from '@/time/known'

export const Route = createFileRoute('/things/$name')({ validateSearch: known(searchOf), component: ThingPage })
