import type { Schemas } from '@/api/client'
import { formatCount } from './ip'
import { taken } from './tree'
import style from './Utilisation.module.css'

type Usage = Schemas['Usage']

/** How full a manager is, as a bar with its part in percent. */
export function Utilisation({ usage, wide }: { usage: Usage | undefined; wide?: boolean }) {
  if (!usage || usage.size <= 0) return <span className="quiet">–</span>
  const full = taken(usage)
  const used = Math.min(1, usage.used / usage.size)
  const tone = full >= 0.95 ? style.bad : full >= 0.8 ? style.warn : style.good
  const percent = `${(100 * full).toFixed(full > 0 && full < 0.1 ? 1 : 0)} %`
  return (
    <span className={wide ? `${style.whole} ${style.wide}` : style.whole} title={`${formatCount(usage.used)} used, ${formatCount(usage.reserved)} reserved, ${formatCount(usage.free)} free of ${formatCount(usage.size)}`}>
      <span className={style.bar} aria-hidden>
        <span className={tone} style={{ width: `${100 * used}%` }} />
        <span className={style.kept} style={{ width: `${100 * Math.max(0, full - used)}%` }} />
      </span>
      <span className={style.percent}>{percent}</span>
    </span>
  )
}
