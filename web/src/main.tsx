import './style/base.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { newQueryClient } from './api/queries'
import { session } from './api/session'
import { applyTheme, storedTheme } from './frame/theme'
import { newRouter } from './router'

applyTheme(storedTheme())
const queries = newQueryClient()
void queries.prefetchQuery(session) // while the code of the page is loaded
const router = newRouter(queries)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
