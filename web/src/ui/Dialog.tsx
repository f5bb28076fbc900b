import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { Button } from './Button'
import style from './Dialog.module.css'

export interface DialogProps {
  title: ReactNode
  open: boolean
  onClose: () => void
  /** A narrow one asks one thing; a wide one shows differences. */
  wide?: boolean
  children: ReactNode
  /** What stands below, at the right: the buttons. */
  actions?: ReactNode
}

/**
 * A window over the page. Escape closes it, and the focus goes back to where it was. Pressing beside it does not: what
 * is written in it, or shown this once, would be lost.
 */
export function Dialog({ title, open, onClose, wide, children, actions }: DialogProps) {
  return (
    <ModalOverlay isOpen={open} onOpenChange={shown => !shown && onClose()} className={style.overlay!}>
      <Modal className={wide ? `${style.modal} ${style.wide}` : style.modal!}>
        <AriaDialog className={style.dialog!}>
          <header className={style.head}>
            <Heading slot="title" level={2}>{title}</Heading>
            <Button look="plain" small aria-label="Close" onPress={onClose}><X /></Button>
          </header>
          <div className={style.body}>{children}</div>
          {actions && <footer className={style.actions}>{actions}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
