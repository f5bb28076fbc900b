import { useReadNow } from '@/api/read'
import { Button, formatTime, formatValue } from '@/ui'
import style from '../thing.module.css'

/** Says that somebody changed what is being edited, and asks whose is to count; undefined theirs: they changed something else of it. */
export function Overtaken({ name, was, theirs, onMine, onTheirs }: {
  name: string
  was?: unknown
  theirs?: { value: unknown } | undefined
  onMine?: () => void
  onTheirs?: () => void
}) {
  const { data } = useReadNow('/versions', { query: { about: [name], limit: 1 } })
  const last = data?.versions[0]
  const who = <><strong className="name">{last?.user || 'Somebody'}</strong></>
  const when = last?.time ? ` ${formatTime(last.time)}` : ''
  return (
    <div className={style.note} role="alert">
      {onTheirs ? (
        <>
          <p>
            {who} changed this{when}: <span className="mono name">{formatValue(was)}</span> → <span className="mono name">{theirs ? formatValue(theirs.value) : 'deleted'}</span>
            {last?.description && <span className="quiet name"> “{last.description}”</span>}
          </p>
          <div className={style.buttons}>
            <Button small onPress={onMine!}>Keep mine</Button>
            <Button small onPress={onTheirs}>Take theirs</Button>
          </div>
        </>
      ) : (
        <p>{who} changed something else of this thing{when}; what is edited here is as it was.</p>
      )}
    </div>
  )
}
