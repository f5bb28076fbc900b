import { Dialog } from '@/ui'
import { places } from './places'
import style from './KeysDialog.module.css'

const others: [string[], string][] = [
  [['Ctrl K', '/'], 'Find anything, do anything'],
  [['?'], 'This list'],
  [['Alt ↓', 'Alt ↑'], 'The page one change earlier, or later'],
  [['Esc'], 'Close what is open'],
  [['Tab', 'Shift Tab'], 'The next, or the previous, that can be used'],
]

/** The keys that work on every page. */
export function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const all: [string[], string][] = [...others, ...places.map((place): [string[], string] => [[`g ${place.key}`], `Go to ${place.text}`])]
  return (
    <Dialog title="Keys" open={open} onClose={onClose}>
      <dl className={style.keys}>
        {all.map(([keys, text]) => (
          <div key={text}>
            <dt>{keys.map(key => <span key={key}>{key.split(' ').map(part => <kbd key={part}>{part}</kbd>)}</span>)}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
