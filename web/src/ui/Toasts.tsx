import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { Text, UNSTABLE_Toast as Toast, UNSTABLE_ToastContent as ToastContent, UNSTABLE_ToastQueue as ToastQueue, UNSTABLE_ToastRegion as ToastRegion } from 'react-aria-components'
import { Button } from './Button'
import style from './Toasts.module.css'

interface Message {
  text: string
  version?: number
  undo?: () => void
}

const queue = new ToastQueue<Message>({ maxVisibleToasts: 3 })

/**
 * Says for some seconds that something was done; the version that it made leads to its page, where it can be undone,
 * unless undo does that at once.
 */
export function toast(text: string, version?: number, undo?: () => void): void {
  queue.add({ text, ...(version ? { version } : {}), ...(undo ? { undo } : {}) }, { timeout: undo ? 15_000 : 8000 })
}

/** Where the messages of toast appear; the frame has it. */
export function Toasts() {
  return (
    <ToastRegion queue={queue} className={style.region!}>
      {({ toast }) => (
        <Toast toast={toast} className={style.toast!}>
          <ToastContent>
            <Text slot="title">{toast.content.text}</Text>
            {toast.content.version && <Link to="/history/$version" params={{ version: String(toast.content.version) }}>{toast.content.undo ? 'Show' : 'Show or undo'}</Link>}
          </ToastContent>
          {toast.content.undo && (
            <Button
              small
              onPress={() => {
                toast.content.undo?.()
                queue.close(toast.key)
              }}
            >
              Undo
            </Button>
          )}
          <Button slot="close" look="plain" small aria-label="Close"><X /></Button>
        </Toast>
      )}
    </ToastRegion>
  )
}
