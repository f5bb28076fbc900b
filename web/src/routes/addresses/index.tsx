import { createFileRoute } from '@tanstack/react-router'
import { AddressesPage } from '@/pages/addresses/AddressesPage'

export const Route = createFileRoute('/addresses/')({ component: AddressesPage })
