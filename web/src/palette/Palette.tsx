import { useRouter } from '@tanstack/react-router'
import { LoaderCircle, Search } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent } from 'react'
import { Autocomplete, Dialog, Header, Input, Menu, MenuItem, MenuSection, Modal, ModalOverlay, SearchField } from 'react-aria-components'
import { places } from '@/frame/places'
import { useMayChange } from '@/api/may'
import { useAt } from '@/time/at'
import { ErrorNote, kindColor } from '@/ui'
import { entriesFor, type Deed, type Entry, type Group } from './entries'
import { recentThings } from './recent'
import { useFound } from './useFound'
import style from './Palette.module.css'

/** One field to find everything and to do everything; the rest of the frame does what is no page. */
export function Palette({ open, onClose, onDeed }: { open: boolean; onClose: () => void; onDeed: (deed: Deed) => void }) {
  return (
    <ModalOverlay isOpen={open} onOpenChange={shown => !shown && onClose()} isDismissable className={style.overlay!}>
      <Modal className={style.modal!}>
        <Dialog aria-label="Find anything" className={style.dialog!}>
          <Finder onClose={onClose} onDeed={onDeed} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Finder({ onClose, onDeed }: { onClose: () => void; onDeed: (deed: Deed) => void }) {
  const router = useRouter()
  const at = useAt()
  const mayChange = useMayChange()
  const [text, setText] = useState('')
  const [recent] = useState(recentThings)
  const found = useFound(text, true)
  const groups = entriesFor({ text, reading: found.reading, hits: found.hits, recent, places, mayChange })
  const entries = new Map(groups.flatMap(group => group.entries.map(entry => [entry.id, entry])))
  const act = (deed: Exclude<Deed, { kind: 'type' }>) => {
    onClose()
    if (deed.kind === 'go') router.history.push(withAt(deed.to, deed.at === undefined ? at : deed.at))
    else onDeed(deed)
  }
  const choose = ({ deed }: Entry) => (deed.kind === 'type' ? setText(deed.text) : act(deed))
  const [entered, setEntered] = useState(false)
  const moved = useRef(false)
  const pressed = (event: KeyboardEvent) => {
    const early = event.key === 'Enter' && found.waiting && !moved.current && !event.nativeEvent.isComposing
    setEntered(early)
    if (event.key !== 'Enter') moved.current = event.key === 'ArrowDown' || event.key === 'ArrowUp'
    if (!early) return
    event.preventDefault()
    event.stopPropagation()
  }
  // Who pressed Enter before the answer came means the first of what it has, not of what an earlier one had.
  const first = entered && !found.waiting ? groups[0]?.entries[0]?.deed : undefined
  const actFirst = useEffectEvent(act)
  useEffect(() => {
    if (first && first.kind !== 'type') actFirst(first)
  }, [first])
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField aria-label="Find anything" className={style.field!} autoFocus>
        {found.waiting ? <LoaderCircle aria-hidden className={style.turning} /> : <Search aria-hidden />}
        <Input className={style.input!} onKeyDownCapture={pressed} placeholder="A name, an address, a serial number, or “power cycle …”" maxLength={1000} spellCheck={false} />
        <button type="button" slot={null as never} className={style.close} aria-label="Close" onClick={onClose}>Esc</button>
      </SearchField>
      <div className={style.results}>
        {found.error !== null && <ErrorNote error={found.error} />}
        <Menu
          aria-label="What was found"
          items={groups}
          className={style.menu!}
          onAction={key => choose(entries.get(String(key))!)}
          renderEmptyState={() => <Nothing text={text} waiting={found.waiting} />}
        >
          {group => <Lines group={group} />}
        </Menu>
      </div>
      <footer className={style.foot}>
        <span><kbd>↑</kbd> <kbd>↓</kbd> choose</span>
        <span><kbd>Enter</kbd> open</span>
        <span className={style.hint}>show … at yesterday · explain dhcp … · rename … to … · revert last change</span>
      </footer>
    </Autocomplete>
  )
}

function Lines({ group }: { group: Group }) {
  return (
    <MenuSection id={group.id} className={style.section!}>
      <Header className={style.header!}>{group.title}</Header>
      {group.entries.map(entry => (
        <MenuItem key={entry.id} id={entry.id} textValue={entry.name ?? entry.text} className={style.entry!} data-danger={entry.danger}>
          {entry.type && <span className={style.dot} style={{ background: kindColor(entry.type) }} aria-hidden />}
          <span className={style.text}>
            {entry.name === entry.text ? <span className="name">{entry.text}</span> : <>{entry.text} {entry.name !== undefined && <strong className="name">{entry.name}</strong>}</>}
          </span>
          {entry.note && <span className={style.note}>{entry.note}</span>}
        </MenuItem>
      ))}
    </MenuSection>
  )
}

function Nothing({ text, waiting }: { text: string; waiting: boolean }) {
  if (waiting) return <p className={style.nothing}>Looking …</p>
  return <p className={style.nothing}>Nothing is called “<span className="name">{text.trim()}</span>”, or has it in an attribute.</p>
}

/** Returns an address of a page as of a version; null and undefined are now. */
function withAt(path: string, at: string | null | undefined): string {
  if (!at) return path
  return `${path}${path.includes('?') ? '&' : '?'}at=${encodeURIComponent(at)}`
}
