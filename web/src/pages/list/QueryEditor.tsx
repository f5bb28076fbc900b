import { useQuery } from '@tanstack/react-query'
import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { Play } from 'lucide-react'
import { Problem } from '@/api/problem'
import { read, useRead } from '@/api/read'
import { useAt } from '@/time/at'
import { Button, count } from '@/ui'
import { complete, mistakeAt, pointsBefore } from './filters'
import { useLater } from './later'
import style from './QueryEditor.module.css'

/** What comes behind a chosen candidate without a blank. */
const tight = new Set(['('])

/**
 * The line in which a query is written. It is checked while it is written, and says what may come next.
 * Enter shows what it finds.
 */
export function QueryEditor({ text, onChange, onApply }: { text: string; onChange: (text: string) => void; onApply: (text: string) => void }) {
  const input = useRef<HTMLTextAreaElement>(null)
  const [cursor, setCursor] = useState(0)
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const id = useId()
  const at = useAt()
  const settled = useLater(text, 250)
  const asked = { query: text, position: pointsBefore(text, cursor), ...(at ? { at } : {}) }
  const later = useLater(asked, 60)
  const completions = useQuery({ ...read('/query/completions', { query: later }), enabled: open, placeholderData: last => last })
  // Until the answer to what was typed last is there, the one before is narrowed by it.
  const current = !completions.isPlaceholderData && later.query === asked.query && later.position === asked.position
  const begun = current || !completions.data ? '' : [...text].slice(completions.data.from, asked.position).join('').toLowerCase()
  const check = useRead('/query/explain', { query: { query: settled } }, { enabled: settled.trim() !== '', keep: true })
  const fresh = settled === text && !check.isPlaceholderData
  const problem = fresh && check.error instanceof Problem ? check.error : undefined
  const mistake = problem?.body.thing === 'query' && problem.body.column ? mistakeAt(text, problem.body.column, problem.message) : undefined
  const candidates = (completions.data?.candidates ?? []).filter(candidate => candidate.text.toLowerCase().startsWith(begun))
  const shown = open && candidates.length > 0

  const choose = (index: number) => {
    const { from, to: end } = completions.data!
    const to = current ? end : asked.position
    const chosen = candidates[index]!
    const done = complete(text, from, to, chosen.text, !tight.has(chosen.text))
    onChange(done.text)
    setActive(-1)
    setCursor(done.cursor)
    requestAnimationFrame(() => {
      input.current?.focus()
      input.current?.setSelectionRange(done.cursor, done.cursor)
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (shown && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      const next = (active + step + candidates.length + (active < 0 && step < 0 ? 1 : 0)) % candidates.length
      setActive(next)
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' })
    } else if (shown && (event.key === 'Tab' && active >= 0 || event.key === 'Enter' && active >= 0)) {
      event.preventDefault()
      choose(active)
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      setOpen(false)
      onApply(text)
    } else if (event.key === 'Escape' && open) {
      event.stopPropagation()
      setOpen(false)
    } else if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault()
      setOpen(true)
    }
  }
  return (
    <div className={style.editor}>
      <div className={style.line} data-invalid={Boolean(problem) || undefined}>
        <div className={style.field}>
          <div className={style.mirror} aria-hidden>
            {mistake ? <>{text.slice(0, mistake.from)}<mark>{text.slice(mistake.from, mistake.to) || ' '}</mark>{text.slice(mistake.to)}</> : text}
            {'​'}
          </div>
          <textarea
            ref={input}
            className={style.input}
            aria-label="Query"
            aria-describedby={`${id}-says`}
            aria-autocomplete="list"
            aria-haspopup="listbox"
            aria-controls={shown ? `${id}-list` : undefined}
            aria-activedescendant={shown && active >= 0 ? `${id}-${active}` : undefined}
            aria-invalid={Boolean(problem)}
            placeholder="All things. Write a query, such as: type = server and rack = sv3-001"
            rows={1}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            value={text}
            onChange={event => {
              onChange(event.target.value)
              setCursor(event.target.selectionStart)
              setActive(-1)
              setOpen(true)
            }}
            onSelect={event => setCursor(event.currentTarget.selectionStart)}
            onBlur={() => setOpen(false)}
            onKeyDown={onKeyDown}
          />
        </div>
        <Button look="primary" small onPress={() => onApply(text)}><Play /> Show</Button>
      </div>
      {shown && (
        <div id={`${id}-list`} role="listbox" aria-label="What may come next" className={style.list}>
          {candidates.map((candidate, i) => (
            // The keyboard is the line's: the arrows choose there.
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
            <div
              key={candidate.text}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === active}
              className={style.option}
              onMouseDown={event => event.preventDefault()}
              onClick={() => choose(i)}
            >
              <span className="mono name">{candidate.text}</span>
              <span className="quiet">{candidate.about || candidate.kind}</span>
            </div>
          ))}
          {completions.data?.more && <div role="option" aria-disabled aria-selected={false} className={style.option}><span className="quiet">and more: write on</span></div>}
        </div>
      )}
      <p id={`${id}-says`} className={problem ? style.bad : style.says} role="status">
        {problem ? <>{problem.message}{problem.hint && <span className="quiet"> – {problem.hint}</span>}</> : text.trim() === '' ? 'Everything. Ctrl+Space says what may stand here.' : fresh && check.data ? `Finds ${count(check.data.rows, 'thing')}.` : ' '}
        {!problem && fresh && text.trim() !== '' && check.data?.warnings?.map(warning => <span key={warning.message} className={style.warning}>Column {warning.column}: {warning.message}</span>)}
      </p>
    </div>
  )
}
