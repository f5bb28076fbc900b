import { createFileRoute } from '@tanstack/react-router'
import { DeletedPage } from '@/pages/history/DeletedPage'

export const Route = createFileRoute('/history/deleted')({ component: DeletedPage })
