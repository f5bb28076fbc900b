import { Link, useRouterState } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { useState, useSyncExternalStore } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import { ContainerTree } from '@/containers/ContainerTree'
import { places } from './places'
import style from './Frame.module.css'

const narrow = '(max-width: 820px)'

function subscribe(listener: () => void): () => void {
  const query = matchMedia(narrow)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** Returns whether there is no room for the navigation beside the page. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(narrow).matches)
}

/** The ways to the places and through the containers: beside the page, or in a drawer where there is no room. */
export function Navigation({ open, onClose }: { open: boolean; onClose: () => void }) {
  if (!useNarrow()) return <div className={style.side}><Ways onGo={() => undefined} /></div>
  return (
    <ModalOverlay isOpen={open} onOpenChange={shown => !shown && onClose()} isDismissable className={style.overlay!}>
      <Modal className={style.drawer!}>
        <Dialog aria-label="Navigation" className={style.ways!}>
          <Ways onGo={onClose} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

const treeKey = 'clusto.tree'

function Ways({ onGo }: { onGo: () => void }) {
  const path = useRouterState({ select: state => state.location.pathname })
  const [tree, setTree] = useState(() => localStorage.getItem(treeKey) !== 'closed')
  const toggle = () => {
    localStorage.setItem(treeKey, tree ? 'closed' : 'open')
    setTree(!tree)
  }
  // A link in the tree leads away too; its buttons do not.
  const leave = (event: { target: EventTarget }) => (event.target as Element).closest('a') && onGo()
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events
    <div onClick={leave} className={style.waysIn}>
      <nav className={style.nav} aria-label="Pages">
        {places.map(({ to, text, icon: Icon }) => (
          <Link key={to} to={to} className={style.place!} data-here={to === '/' ? path === '/' : path.startsWith(to)}>
            <Icon aria-hidden /> {text}
          </Link>
        ))}
      </nav>
      <nav className={style.containers} aria-label="Containers">
        <button type="button" className={style.fold} aria-expanded={tree} onClick={toggle}><ChevronRight aria-hidden data-open={tree} /> Containers</button>
        {tree && <ContainerTree />}
      </nav>
    </div>
  )
}
