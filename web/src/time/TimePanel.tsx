import { Link, useParams } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components'
import { useReadNow } from '@/api/read'
import { Button, ErrorNote, Field, Select, count } from '@/ui'
import { useAt, useGoTo } from './at'
import { parseTime } from './parse'
import { localTime, useShown, useStep, versionAt } from './shown'
import { heightOf, placeOf, stretches, versionOf, type Bucket, type Stretch } from './timeline'
import style from './Time.module.css'

/** How often another version is gone to while the slider is dragged, in ms. */
const pace = 200

/** The panel to choose a time with: the page below shows it at once. */
export function TimePanel({ onClose }: { onClose: () => void }) {
  const at = useAt()
  const goTo = useGoTo()
  const step = useStep()
  const { name } = useParams({ strict: false })
  const [stretch, setStretch] = useState<Stretch>('all')
  const [user, setUser] = useState('')
  const [about, setAbout] = useState(false)
  const since = stretches.find(one => one.id === stretch)!.since
  const line = useReadNow('/versions/timeline', {
    query: { buckets: 160, ...(since ? { since } : {}), ...(user ? { user } : {}), ...(about && name ? { about: [name] } : {}) },
  }, { keep: true })
  return (
    // Escape closes it from wherever in it the focus is.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section id="time" className={style.panel} aria-label="Time" onKeyDown={e => e.key === 'Escape' && onClose()}>
      <div className={style.tools}>
        <Button small isDisabled={at === undefined} onPress={() => goTo(undefined)}>Now</Button>
        <Button small aria-label="Previous change" onPress={() => void step('before')}><ChevronLeft /></Button>
        <Button small aria-label="Next change" isDisabled={at === undefined} onPress={() => void step('after')}><ChevronRight /></Button>
        <WhenField />
        <Select label="Stretch of time" quiet choices={stretches.map(({ id, text }) => ({ id, text }))} value={stretch} onChange={id => setStretch(id as Stretch)} />
        <UserFilter onChange={setUser} />
        {name !== undefined && <Button small look={about ? 'primary' : 'normal'} aria-pressed={about} onPress={() => setAbout(!about)}>Only this thing</Button>}
        <Button small look="plain" aria-label="Close" className={style.close!} onPress={onClose}><X /></Button>
      </div>
      {line.isError && <ErrorNote error={line.error} />}
      {line.data && <Line buckets={line.data.buckets} total={line.data.total} more={line.data.more ?? false} />}
      <Near user={user} about={about ? name : undefined} />
    </section>
  )
}

function UserFilter({ onChange }: { onChange: (user: string) => void }) {
  const [text, setText] = useState('')
  return (
    <form className={style.when} onSubmit={e => { e.preventDefault(); onChange(text.trim()) }}>
      <Field label="By" aria-label="Only changes by" placeholder="anybody" value={text} onChange={setText} onBlur={() => onChange(text.trim())} />
    </form>
  )
}

/** A field for a version, or a time in words. */
function WhenField() {
  const goTo = useGoTo()
  const [text, setText] = useState('')
  const [error, setError] = useState<string>()
  const go = async () => {
    const at = parseTime(text)
    if (at === null) return setError('Write 123, “yesterday 14:00”, “2 days ago” or 2026-11-20.')
    try {
      const version = at === undefined ? undefined : await versionAt(at)
      goTo(version && String(version.version))
      setError(undefined)
    } catch (err) {
      setError((err as Error).message)
    }
  }
  return (
    <form className={style.when} onSubmit={e => { e.preventDefault(); void go() }}>
      <Field label="Go to" placeholder="yesterday 14:00, 123" value={text} onChange={value => { setText(value); setError(undefined) }} error={error} />
    </form>
  )
}

/** The slider over all of the time, with how much was changed when. */
function Line({ buckets, total, more }: { buckets: readonly Bucket[]; total: number; more: boolean }) {
  const at = useAt()
  const shown = useShown()
  const goTo = useThrottled(useGoTo(), pace)
  const [dragged, setDragged] = useState<number>()
  const place = dragged ?? placeOf(buckets, at === undefined ? undefined : shown.data?.version)
  const most = Math.max(1, ...buckets.map(bucket => bucket.count))
  const go = (place: number, last: boolean) => {
    const version = versionOf(buckets, place)
    if (version !== null) goTo(version === undefined ? undefined : String(version), last)
  }
  const bucket = buckets[Math.min(place, buckets.length - 1)]
  return (
    <div className={style.line}>
      <Slider
        aria-label="Time"
        minValue={0}
        maxValue={buckets.length}
        value={place}
        onChange={value => { setDragged(value); go(value, false) }}
        onChangeEnd={value => { setDragged(undefined); go(value, true) }}
      >
        <SliderTrack className={style.track!}>
          <span className={style.bars} aria-hidden>
            {buckets.map((bucket, i) => (
              <span key={bucket.start} data-later={i > place} style={{ height: `${100 * heightOf(bucket.count, most)}%` }} title={`${count(bucket.count, 'change')}, until ${localTime(bucket.end)}`} />
            ))}
          </span>
          <SliderThumb className={style.thumb!} aria-label="Time" />
        </SliderTrack>
      </Slider>
      <p className={style.ends}>
        <span>{localTime(buckets[0]?.start)}</span>
        <span>
          {place >= buckets.length ? 'now' : bucket && `until ${localTime(bucket.end)}: ${count(bucket.count, 'change')}`}
          {` · ${more ? 'more than ' : ''}${count(total, 'change')} in all`}
        </span>
        <span>now</span>
      </p>
    </div>
  )
}

/** Calls a function at once and then at most so often, at the end always with what came last. */
function useThrottled(fn: (at: string | undefined) => void, ms: number): (at: string | undefined, last: boolean) => void {
  const state = useRef<{ timer: ReturnType<typeof setTimeout> | undefined; waiting: boolean; at: string | undefined }>({ timer: undefined, waiting: false, at: undefined })
  const latest = useRef(fn)
  useEffect(() => { latest.current = fn })
  useEffect(() => () => clearTimeout(state.current.timer), [])
  return (at, last) => {
    const s = state.current
    const run = () => {
      clearTimeout(s.timer)
      s.waiting = false
      latest.current(s.at)
      s.timer = setTimeout(() => { s.timer = undefined; if (s.waiting) run() }, ms)
    }
    s.at = at
    if (last || s.timer === undefined) run()
    else s.waiting = true
  }
}

/** The changes around the chosen one. */
function Near({ user, about }: { user: string; about: string | undefined }) {
  const at = useAt()
  const goTo = useGoTo()
  const shown = useShown()
  const here = at === undefined ? undefined : shown.data?.version
  const filter = { ...(user ? { user } : {}), ...(about ? { about: [about] } : {}) }
  const older = useReadNow('/versions', { query: { limit: 4, ...(here ? { at: String(here) } : {}), ...filter } }, { keep: true, enabled: at === undefined || here !== undefined })
  const newer = useReadNow('/versions', { query: { limit: 2, after: here ?? 0, oldest_first: true, ...filter } }, { keep: true, enabled: here !== undefined })
  const all = [...(here === undefined ? [] : (newer.data?.versions ?? []).toReversed()), ...(older.data?.versions ?? [])]
  return (
    <ol className={style.near} aria-label="Changes near it">
      {all.map(entry => (
        <li key={entry.version} data-here={entry.version === here}>
          <button type="button" className={style.version} onClick={() => goTo(String(entry.version))}>v{entry.version}</button>
          <span className={style.time}>{localTime(entry.time)}</span>
          <span className="name">{entry.user || 'somebody'}</span>
          <span className={`name ${style.what}`}>{entry.description || summary(entry)}</span>
          <Link to="/history/$version" params={{ version: String(entry.version) }} search={{}}>what</Link>
        </li>
      ))}
    </ol>
  )
}

function summary(entry: { made?: string[]; deleted?: string[]; changed?: string[]; renamed?: { from: string; to: string }[] }): string {
  const parts = [
    ['made', entry.made], ['deleted', entry.deleted], ['renamed', entry.renamed?.map(one => one.from)], ['changed', entry.changed],
  ] as const
  return parts.filter(([, names]) => names && names.length > 0).map(([what, names]) => `${what} ${names!.slice(0, 3).join(', ')}${names!.length > 3 ? ' …' : ''}`).join('; ')
}
