import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { Button, ErrorNote, Page } from '@/ui'

/** In place of a page that went wrong; what is around it goes on. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const again = () => {
    reset()
    void router.invalidate()
  }
  return (
    <Page title="This page went wrong">
      <ErrorNote error={error} />
      <p><Button onPress={again}>Try again</Button></p>
    </Page>
  )
}
