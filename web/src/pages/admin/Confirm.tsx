import type { ReactNode } from 'react'
import { Button, Dialog, ErrorNote } from '@/ui'

/** Asks before something is done that cannot be undone. */
export function Confirm({ title, verb, open, change, onConfirm, onClose, children }: {
  title: string
  verb: string
  open: boolean
  change: { isPending: boolean; error: unknown; reset: () => void }
  onConfirm: () => void
  onClose: () => void
  children: ReactNode
}) {
  const close = () => {
    change.reset()
    onClose()
  }
  return (
    <Dialog
      title={<span className="name">{title}</span>}
      open={open}
      onClose={close}
      actions={<><Button onPress={close}>Cancel</Button><Button look="danger" isDisabled={change.isPending} onPress={onConfirm}>{verb}</Button></>}
    >
      <p>{children}</p>
      {change.error !== null && <ErrorNote error={change.error} />}
    </Dialog>
  )
}
