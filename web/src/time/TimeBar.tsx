import { History } from 'lucide-react'
import { Button } from '@/ui'
import { useLive } from '@/api/live'
import { useAt, useGoTo } from './at'
import { localTime, useShown } from './shown'
import style from './Time.module.css'

/** Says in the header what time is shown, and opens the panel to choose another. */
export function TimeChip({ open, onPress }: { open: boolean; onPress: () => void }) {
  const at = useAt()
  const shown = useShown()
  const { connected } = useLive()
  if (at === undefined) {
    return (
      <Button look="plain" className={style.chip!} aria-expanded={open} aria-controls="time" onPress={onPress}>
        <span className={style.dot} data-live={connected} aria-hidden /><span className="visually-hidden">Time: </span> now{' '}
        <span className={style.more}>{connected ? 'live' : 'not live'}</span>
      </Button>
    )
  }
  return (
    <Button look="plain" className={`${style.chip} ${style.pastChip}`} aria-expanded={open} aria-controls="time" onPress={onPress}>
      <History aria-hidden /> {shown.data ? `v${shown.data.version}` : at}
      {shown.data && <span className={style.more}>{localTime(shown.data.time)}{shown.data.user && <> · <span className="name">{shown.data.user}</span></>}</span>}
    </Button>
  )
}

/** Says below the header that the past is shown. */
export function PastStrip() {
  const at = useAt()
  const goTo = useGoTo()
  const shown = useShown()
  if (at === undefined) return null
  const version = shown.data
  return (
    <div className={style.strip} role="status">
      <p>
        <strong>The past.</strong>{' '}
        {version
          ? <>You look at version {version.version} of {localTime(version.time, true)}{version.user && <>, by <span className="name">{version.user}</span></>}. Nothing can be changed here.</>
          : shown.isError ? <span className="name">{shown.error.message}</span> : <>You look at {at}. Nothing can be changed here.</>}
      </p>
      <Button small onPress={() => goTo(undefined)}>Back to now</Button>
    </div>
  )
}
